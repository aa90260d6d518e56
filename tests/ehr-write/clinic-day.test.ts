import { describe, expect, it } from 'vitest';
import { expectDayHolds } from './day-holds.ts';

describe('[I6] a day written back through faults and a second user', () => {
  it.each([1, 2, 3])('seed %i: the EHR equals the board, or a card says why not', async (seed) => {
    const { updates } = await expectDayHolds(seed, 8);
    expect(updates).toBeGreaterThan(8);
  });
});
