/**
 * Hypothesis (issue 4, "must be seen to hold" 4; redis.md level L6): with Sentinel, a replica and commits confirmed by
 * WAIT, losing the primary costs a pause and nothing else.
 *
 * Fault: the primary killed (SIGKILL), and the primary cut off from everyone (fault proxy: silence, no reset), each ten
 * times in an order of the seed, under load from workstations and from browsers with an outbox.
 *
 * The old primary stays away until every server says that the system is read-only: the promoted one is alone then, and
 * nothing may be acknowledged. Then it comes back as a replica.
 *
 * What users see: 503 with Retry-After, a board that says it is not live, their steps entering by themselves.
 *
 * Held against the new primary's log after every round: every acknowledged command has exactly one effect at the place
 * that was answered, every step of an outbox is there once, every screen shows the log. Times are printed, not judged.
 */
import 'fake-indexeddb/auto';
import { createRng } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { chaosRounds, chaosSeed } from './chaos-seed.ts';
import { type SentinelFault, sentinelFaults } from './sentinel-faults.ts';
import { reportSentinelRounds, runSentinelRounds } from './sentinel-rounds.ts';

const seed = chaosSeed();
const numEach = chaosRounds(10);

test(`[I1] [I2] [I3] [H-19] ${numEach} primaries killed and ${numEach} cut off under load: nothing acknowledged is lost, seed ${seed}`, async () => {
  const each = Array.from({ length: numEach }, (): readonly SentinelFault[] => sentinelFaults).flat();
  const report = await runSentinelRounds(createRng(seed).shuffle([...each]), seed);
  reportSentinelRounds(report);
  expect(report.rounds.length).toBe(2 * numEach);
  expect(report.numAcknowledged).toBeGreaterThanOrEqual(2 * numEach);
  // Without refusals in between the faults would have hit nobody.
  expect([...report.holds.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(numEach);
});
