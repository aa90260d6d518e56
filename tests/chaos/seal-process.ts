/** Seals a clinic's record in a process of its own, to be killed: `node seal-process.ts <redis> <archive> <keys> <clinic>`. */
import { join } from 'node:path';
import {
  AuditSealer,
  AuditSigner,
  auditLogOf,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  LocalKeyFile,
} from '@workflow-bolt/store';

const [redisUrl = '', archiveDir = '', keysDir = '', clinic = ''] = process.argv.slice(2);
const keys = await LocalKeyFile.open(join(keysDir, 'top-keys.json'));
const port = createRedisPort(fromUrl(redisUrl), 'seal');
await port.connect();
const sealer = new AuditSealer(auditLogOf(clinic), {
  ...{ port, keys, archive: new FolderObjectStore(archiveDir), signer: new AuditSigner(keys) },
  ...{ installation: 'audit.example.org', batchMax: 40 },
  // Redis forgets at once what is sealed and archived: a kill falls before, within and behind that too.
  hotMs: 0,
});
process.stdout.write('begun\n');
await sealer.sealAll();
await port.close();
