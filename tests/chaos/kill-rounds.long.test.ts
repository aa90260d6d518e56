/**
 * The hypotheses of kill-rounds.chaos.test.ts, which kills ten times, over many more rounds: several clinics of their own
 * seed each, so that logs stay short enough to be compared as a whole after every round. BOLT_CHAOS_SEEDS names seeds to
 * run ("1,2,3"), BOLT_CHAOS_ROUNDS the rounds of each; by default five new seeds of 22 rounds, about seven minutes.
 */
import { expect, test } from 'vitest';
import { ChaosClinic } from './chaos-clinic.ts';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { type RoundResult, reportRounds, runRounds } from './kill-rounds.ts';

const numRounds = chaosRounds(22);
const seeds =
  process.env.BOLT_CHAOS_SEEDS?.split(',').map(Number) ?? [0, 1, 2, 3, 4].map((i) => chaosSeed() + i);

test.each(seeds)(`[I1] [I2] [I3] [I4] [I5] ${numRounds} kills under load, seed %i`, async (seed) => {
  await using clinic = await ChaosClinic.open({ seed });
  const results: RoundResult[] = await runRounds(clinic, numRounds, seed);
  reportRounds(clinic, results);
  expect(results.length).toBe(numRounds);
});
