import type { RuleMutation } from '@workflow-bolt/client';
import { describe, expect, test } from 'vitest';
import { firstCatch, runSeeds, seedRange, sometimes } from './run-seeds.ts';

const replay = process.env.FUZZ_SEED;
const mutations: RuleMutation[] = [
  'ignore-gap',
  'ignore-epoch',
  'apply-duplicates',
  'commit-partial-snapshot',
  'ignore-digest',
  'ignore-chain',
  'accept-stale-snapshot',
  'skip-deletes',
  'advance-without-proof',
  'trust-unanchored',
];

describe('[I2, I3, I10] the stream protocol under a hostile network', () => {
  test.runIf(replay !== undefined)('the seed of FUZZ_SEED holds', () => {
    expect(() => runSeeds([Number(replay)])).not.toThrow();
  });

  test.runIf(replay === undefined)(
    '2,000 seeds: always a prefix of a history, live only while live, equal to the log after healing',
    { timeout: 120_000 },
    () => {
      const counts = runSeeds(seedRange(1, 2_000));
      expect(sometimes.filter((what) => !counts.has(what))).toEqual([]);
    },
  );

  describe.runIf(replay === undefined)('a rule with one check missing is caught', () => {
    test.each(mutations)('%s', { timeout: 120_000 }, (mutation) => {
      expect(firstCatch(mutation, 4_000)).not.toBeNull();
    });
  });
});
