/**
 * Renews keys in a process of its own, to be killed: `node rotate-process.ts <keys> <later ms> <rotate|keep>`.
 * `rotate` makes a new key on every level and sweeps; `keep` is what a worker does after a start: it only finishes.
 */
import { join } from 'node:path';
import {
  clinicsWithKeys,
  FolderObjectStore,
  keepAllKeys,
  LocalKeyFile,
  rotateClinicKey,
  rotateRetentionKey,
  scopesOf,
  Vault,
} from '@workflow-bolt/store';

const [keysDir = '', laterMs = '0', mode = 'keep'] = process.argv.slice(2);
const provider = await LocalKeyFile.open(join(keysDir, 'top-keys.json'));
const store = new FolderObjectStore(join(keysDir, 'store'));
const { hierarchy } = new Vault({ provider, store, now: () => Date.now() + Number(laterMs) });
process.stdout.write('begun\n');
if (mode === 'rotate') {
  await provider.rotate('phi');
  for (const clinic of await clinicsWithKeys(hierarchy)) {
    await rotateClinicKey(hierarchy, clinic);
    for (const scope of await scopesOf(hierarchy, clinic)) await rotateRetentionKey(hierarchy, scope);
  }
}
await keepAllKeys(hierarchy);
