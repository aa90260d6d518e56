import { expect } from 'vitest';
import { type DayResult, playDay } from './clinic-day.ts';

/** Plays a seed's day and holds it to what write-back promises. */
export async function expectDayHolds(seed: number, visits: number): Promise<DayResult> {
  const day = await playDay(seed, visits);
  expect(day.visits, `seed ${seed}`).toHaveLength(visits);
  for (const [name, result] of Object.entries(day.assertions))
    expect(result, `seed ${seed}: ${name}`).toMatchObject({ ok: true, violations: [] });
  const wrong = day.visits.filter(({ shown, wished, held }) =>
    shown === 'in-sync' ? held !== wished : shown !== 'conflict' && shown !== 'failed',
  );
  expect(wrong, `seed ${seed}`).toEqual([]);
  return day;
}
