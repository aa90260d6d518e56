import { describe, expect, it } from 'vitest';
import { instantOf, instantOfMinute, localDateOf, localMidnight, wallTimeOf } from './wall-clock.ts';

const CHICAGO = 'America/Chicago';
const iso = (ms: number) => new Date(ms).toISOString();
const wall = (hour: number, minute: number, [year, month, day]: readonly [number, number, number]) => ({
  year,
  month,
  day,
  hour,
  minute,
  second: 0,
});

describe('wall clock', () => {
  it('reads and makes ordinary times in summer and winter', () => {
    expect(iso(instantOf(wall(9, 30, [2026, 7, 1]), CHICAGO))).toBe('2026-07-01T14:30:00.000Z');
    expect(iso(instantOf(wall(9, 30, [2026, 1, 5]), CHICAGO))).toBe('2026-01-05T15:30:00.000Z');
    expect(wallTimeOf(Date.parse('2026-07-02T03:15:07.900Z'), CHICAGO)).toEqual({
      ...wall(22, 15, [2026, 7, 1]),
      second: 7,
    });
    expect(localDateOf(Date.parse('2026-07-02T03:15:00Z'), CHICAGO)).toBe('2026-07-01');
  });
  it('a repeated hour is its first occurrence; a missing hour lies after the gap', () => {
    expect(iso(instantOf(wall(1, 30, [2026, 11, 1]), CHICAGO))).toBe('2026-11-01T06:30:00.000Z');
    expect(iso(instantOf(wall(2, 30, [2026, 3, 8]), CHICAGO))).toBe('2026-03-08T08:30:00.000Z');
    expect(wallTimeOf(Date.parse('2026-03-08T08:30:00Z'), CHICAGO)).toEqual(wall(3, 30, [2026, 3, 8]));
  });
  it('days are 25 and 23 hours long on the changes, and minutes past midnight go on', () => {
    const length = (a: string, b: string) =>
      (localMidnight(b, CHICAGO) - localMidnight(a, CHICAGO)) / 3_600_000;
    expect(length('2026-11-01', '2026-11-02')).toBe(25);
    expect(length('2026-03-08', '2026-03-09')).toBe(23);
    expect(iso(instantOfMinute('2026-07-01', CHICAGO, 1450))).toBe('2026-07-02T05:10:00.000Z');
  });
  it('refuses what is no date', () => {
    for (const date of ['2026-02-30', '2026-13-01', 'today', '26-01-01']) {
      expect(() => localMidnight(date, CHICAGO)).toThrow(RangeError);
    }
  });
});
