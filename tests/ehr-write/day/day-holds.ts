import { expect } from 'vitest';
import { type DayRecord, playDay } from './clinic-day.ts';
import { violationsOf } from './judge-day.ts';

/** Plays a seed's day and expects nothing to be wrong with it. */
export async function expectDayHolds(seed: number, visits: number): Promise<DayRecord> {
  const day = await playDay(seed, visits);
  expect(violationsOf(day), `seed ${seed}`).toEqual({});
  return day;
}
