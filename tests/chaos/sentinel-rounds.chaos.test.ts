/** One round of the long lane's twenty: `sentinel-rounds.long.test.ts` says what is claimed. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { chaosSeed } from './chaos-seed.ts';
import { reportSentinelRounds, runSentinelRounds } from './sentinel-rounds.ts';

const seed = chaosSeed();

test(`[I1] [I2] [I3] [H-19] a primary killed under load: nothing acknowledged is lost, seed ${seed}`, async () => {
  const report = await runSentinelRounds(['kill'], seed);
  reportSentinelRounds(report);
  expect(report.rounds.map(({ fault }) => fault)).toEqual(['kill']);
  expect(report.numAcknowledged).toBeGreaterThan(0);
});
