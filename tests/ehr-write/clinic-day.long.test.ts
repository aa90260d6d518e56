import { describe, it } from 'vitest';
import { expectDayHolds } from './day-holds.ts';

describe('[I6] days written back through faults and a second user', () => {
  it('60 seeds of 20 visits', { timeout: 900_000 }, async () => {
    for (let seed = 100; seed < 160; seed += 1) await expectDayHolds(seed, 20);
  });
});
