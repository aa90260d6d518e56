/**
 * Hypothesis: sealing the record may end anywhere. Fault: SIGKILL at random moments while entries go on arriving. Nobody
 * sees anything: what is sealed verifies after each kill and goes on from what was signed before. Recovery: the next
 * sealer goes on; every entry is sealed once.
 */
import { expect, test } from 'vitest';
import { Random } from '../stream-fuzz/random.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { KeeperStage } from './keeper-stage.ts';
import { killSealings } from './kill-sealing.ts';

test('[audit] [I5] [H-07] killed while the record is sealed and trimmed: it verifies each time, and every entry is there once', async () => {
  await using stage = await KeeperStage.start();
  const verdict = await killSealings(stage, new Random(chaosSeed()), chaosRounds(3));
  expect(verdict.missing).toEqual([]);
  expect(verdict.gaps).toBe(0);
  expect(verdict.checks.every((exitCode) => exitCode === 0)).toBe(true);
  expect(verdict.commits[1]).toBe(verdict.commits[0]);
  expect(verdict.kills).toBeGreaterThan(0);
});
