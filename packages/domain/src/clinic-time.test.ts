import { describe, expect, it } from 'vitest';
import { dayBounds, instantOf, localDate, localTime, minutes, minutesBetween } from './clinic-time.ts';

describe('[V30] clinic-local time', () => {
  it('takes the date from the clinic, not from UTC', () => {
    const evening = Date.parse('2026-01-15T00:30:00Z');
    expect([localDate('America/Chicago', evening), localTime('America/Chicago', evening)]).toEqual([
      '2026-01-14',
      '18:30',
    ]);
  });

  it('knows days of 23 and 25 hours', () => {
    const hours = (date: string) => {
      const { startMs, endMs } = dayBounds('America/Chicago', date);
      return (endMs - startMs) / 3_600_000;
    };
    expect([hours('2026-03-08'), hours('2026-03-09'), hours('2026-11-01')]).toEqual([23, 24, 25]);
  });

  it('resolves wall times around a change of clocks', () => {
    expect(localTime('America/Chicago', instantOf('America/Chicago', '2026-03-08', '02:30'))).toBe('03:30');
    expect(instantOf('America/Chicago', '2026-11-01', '01:30')).toBe(Date.parse('2026-11-01T06:30:00Z'));
  });

  it('counts whole minutes towards zero', () => {
    expect([
      minutesBetween(0, 119_999),
      minutesBetween(119_999, 0),
      minutesBetween(0, 30_000),
      minutes(2),
    ]).toEqual([1, -1, 0, 120_000]);
  });
});
