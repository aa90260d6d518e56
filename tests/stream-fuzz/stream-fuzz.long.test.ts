import { expect, test } from 'vitest';
import { runSeeds, seedRange, sometimes } from './run-seeds.ts';

test('[I2, I3, I10] 10,000 further seeds of the stream fuzz hold', () => {
  const counts = runSeeds(seedRange(100_001, 10_000));
  expect(sometimes.filter((what) => !counts.has(what))).toEqual([]);
});
