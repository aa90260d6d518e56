/**
 * Hypothesis: renewing keys may end anywhere. Fault: SIGKILL at random moments, nothing repaired in between. Nobody sees
 * anything: every patient stays readable for a process that starts then. Recovery: the next sweep finishes it.
 */
import { expect, test } from 'vitest';
import { Random } from '../stream-fuzz/random.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { KeeperStage } from './keeper-stage.ts';
import { killRotations } from './kill-rotation.ts';

test('[crypto] [H-05] [H-23] killed while keys of every level are renewed: nothing is unreadable, and it finishes', async () => {
  await using stage = await KeeperStage.start();
  const { kills, unreadable, after } = await killRotations(stage, new Random(chaosSeed()), chaosRounds(3));
  expect(unreadable).toEqual([]);
  expect(kills).toBeGreaterThan(0);
  // One clinic key and one for each of two months, and no former one is left.
  expect(after).toEqual({ used: [1, 1, 1], kept: 3 });
});
