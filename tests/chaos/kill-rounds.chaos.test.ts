/**
 * Hypothesis (I1-I5, visit-flow scenario 23): a process that dies under load costs a delay and nothing else. No
 * acknowledged command is lost or doubled, no screen shows anything but a prefix of the log, rooms stay exclusive.
 *
 * Fault: SIGKILL of Redis (append-only file, fsync always), of one of two API servers behind one address, or of the
 * worker, while six workstations and the schedule synchronisation write; down for up to half a second.
 *
 * What users see: a step takes up to a second longer, screens say that they are catching up, then go on.
 *
 * Recovery bound: every screen live and equal to the log within 2 s of the killed part's first answer.
 */
import { expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { reportRounds, runRounds, victims } from './kill-rounds.ts';

const seed = chaosSeed();
const numRounds = chaosRounds(10);

test(`[I1] [I2] [I3] [I4] [I5] [H-19] ${numRounds} kills of Redis, servers and worker under load, seed ${seed}`, async () => {
  await using clinic = await ChaosClinic.open({ seed });
  const results = await runRounds(clinic, numRounds, seed);
  reportRounds(clinic, results);
  const { numApplied, numRefused } = clinic.replay;
  expect(new Set(results.map(({ victim }) => victim))).toEqual(new Set(victims));
  // The load was real: enough took effect, and enough collided.
  expect(numApplied).toBeGreaterThan(numRounds * 10);
  expect(numRefused).toBeGreaterThan(numRounds);
});
