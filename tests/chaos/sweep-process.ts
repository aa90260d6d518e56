/** One retention sweep in a process of its own, to be killed: `node sweep-process.ts <redis> <archive> <keys> <clinic> <today>`. */
import { join } from 'node:path';
import {
  BoardArchive,
  BoardRegistry,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  openVault,
  RetentionSweep,
} from '@workflow-bolt/store';

const [redisUrl = '', archiveDir = '', keysDir = '', clinic = '', today = ''] = process.argv.slice(2);
const port = createRedisPort(fromUrl(redisUrl), 'sweep');
const objects = new FolderObjectStore(archiveDir);
const archive = new BoardArchive(objects);
const vault = openVault({ keys: join(keysDir, 'top-keys.json'), keyStore: join(keysDir, 'store') });
const registry = new BoardRegistry({ port, archive, vault });
await registry.start();
const sweep = new RetentionSweep(
  clinic,
  { flowHotDays: 30, flowDays: 90 },
  {
    ...{ port, archive, objects },
    stateOf: async (board) => (await registry.get(board)).state,
    record: async () => {},
    shredder: {
      shredPeriod: async (of, _class, period) => ({
        ...(await vault.destroyPeriod({ clinic: of, period }, { by: 'system', reason: 'retention' })),
      }),
    },
    now: () => Date.now(),
  },
);
process.stdout.write('begun\n');
const report = await sweep.run(today);
process.stdout.write(`${JSON.stringify(report)}\n`);
await registry.stop();
await port.close();
