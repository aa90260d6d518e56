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
import { awaitUntil } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { checkSchedule, mustAgree } from './check-day.ts';
import { type RoundResult, runRound, victims, victimsOf } from './kill-rounds.ts';

const seed = chaosSeed();
const numRounds = chaosRounds(20);

test(`[I1] [I2] [I3] [I4] [I5] ${numRounds} kills of Redis, servers and worker under load, seed ${seed}`, async () => {
  await using clinic = await ChaosClinic.open({ seed });
  const truth = clinic.truth();
  const results: RoundResult[] = [];
  for (const [i, victim] of victimsOf(clinic.rng, numRounds).entries()) {
    const result = await runRound(clinic, truth, victim).catch((error: Error) => {
      throw new Error(`round ${i + 1} (${victim}), seed ${seed}: ${error.message}`, { cause: error });
    });
    results.push(result);
  }
  report(clinic, results);
  await clinic.requestSync();
  await awaitUntil('the schedule is whole', async () => {
    await truth.catchUp(clinic.replay);
    mustAgree('the schedule', checkSchedule(clinic, truth));
    return true;
  });
  const { numApplied, numRefused } = clinic.replay;
  expect(new Set(results.map(({ victim }) => victim))).toEqual(new Set(victims));
  // The load was real: enough took effect, and enough collided.
  expect(numApplied).toBeGreaterThan(numRounds * 10);
  expect(numRefused).toBeGreaterThan(numRounds);
});

function report(clinic: ChaosClinic, results: readonly RoundResult[]): void {
  for (const victim of victims) {
    const times = results.filter((one) => one.victim === victim).map(({ recoveryMs }) => recoveryMs);
    console.log(`${victim}: ${times.length} kills, equal after ${times.sort((a, b) => a - b).join(', ')} ms`);
  }
  const { numApplied, numRefused } = clinic.replay;
  const numCommands = results.reduce((sum, one) => sum + one.numCommands, 0);
  const holds = Map.groupBy(
    clinic.workstations.flatMap(({ client }) => [...client.holds]),
    ([code]) => code,
  );
  const held = [...holds].map(([code, all]) => `${code} ${all.reduce((sum, [, n]) => sum + n, 0)}`);
  console.log(
    `${numCommands} commands: ${numApplied} applied, ${numRefused} refused; held: ${held.join(', ')}`,
  );
}
