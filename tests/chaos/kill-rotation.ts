/** Kills key rotation at random moments and judges what is left. */
import { join } from 'node:path';
import {
  clinicKeysInUse,
  FolderObjectStore,
  LocalKeyFile,
  retentionKeysInUse,
  scopesOf,
  Vault,
} from '@workflow-bolt/store';
import type { Random } from '../stream-fuzz/random.ts';
import { clinic, type KeeperStage } from './keeper-stage.ts';
import { runToKill } from './killed-process.ts';

/** Two months, two blocks of data keys each. */
const dates = ['2026-05-11', '2026-06-12'];
const visitsPerDay = 66;
const hourMs = 3_600_000;

/** Of each level: the keys under which anything still stands, and the keys that exist. */
async function keysLeft(stage: KeeperStage): Promise<{ used: number[]; kept: number }> {
  const provider = await LocalKeyFile.open(join(stage.keysDir, 'top-keys.json'));
  const store = new FolderObjectStore(join(stage.keysDir, 'store'));
  const { hierarchy } = new Vault({ provider, store });
  const used = [(await clinicKeysInUse(hierarchy, clinic)).size];
  for (const scope of await scopesOf(hierarchy, clinic))
    used.push((await retentionKeysInUse(hierarchy, scope)).size);
  let kept = 0;
  for await (const name of store.list(`clinics/${clinic}/`))
    if (/(?:clinic|retention)-key\//.test(name)) kept += 1;
  return { used, kept };
}

export type RotationVerdict = {
  kills: number;
  /** Found after each kill, with its round. */
  unreadable: string[];
  after: Awaited<ReturnType<typeof keysLeft>>;
};

/** So many rotations, each killed somewhere; between them nothing is repaired. The last one is left to finish. */
export async function killRotations(
  stage: KeeperStage,
  random: Random,
  rounds: number,
): Promise<RotationVerdict> {
  for (const date of dates) await stage.writeVisits(date, visitsPerDay);
  const run = (round: number, mode: 'rotate' | 'keep', killAfterMs: number | null) =>
    // Each round is an hour later: keys of the one before are old enough to be removed.
    runToKill('rotate-process.ts', [stage.keysDir, String(round * hourMs), mode], killAfterMs);
  const { ms: wholeMs } = await run(0, 'rotate', null);
  const unreadable: string[] = [];
  let kills = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const mode = random.chance(0.7) ? 'rotate' : 'keep';
    const { isKilled } = await run(round, mode, random.int(0, Math.ceil(wholeMs * 0.9)));
    if (isKilled) kills += 1;
    unreadable.push(...(await stage.unreadable()).map((lost) => `round ${round}: ${lost}`));
  }
  await run(rounds + 1, 'keep', null);
  unreadable.push(...(await stage.unreadable()).map((lost) => `in the end: ${lost}`));
  return { kills, unreadable, after: await keysLeft(stage) };
}
