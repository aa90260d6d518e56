import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clinicDay, localDate, nextDate, scheduleWindow } from './clinic-day.ts';

const HOUR = 3_600_000;

describe('a clinic day is local midnight to local midnight', () => {
  test.each([
    ['America/Chicago', '2026-07-06', '2026-07-06T05:00:00Z', 24],
    ['America/Chicago', '2026-03-08', '2026-03-08T06:00:00Z', 23],
    ['America/Chicago', '2026-11-01', '2026-11-01T05:00:00Z', 25],
    ['America/Phoenix', '2026-11-01', '2026-11-01T07:00:00Z', 24],
    ['Pacific/Auckland', '2026-04-05', '2026-04-04T11:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00Z', 24.5],
    // The clocks skip midnight itself: the day begins at 01:00.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', 23],
  ])('%s on %s', (zone, date, start, hours) => {
    const day = clinicDay(zone, date);
    expect(new Date(day.startAt).toISOString()).toBe(start.replace('Z', '.000Z'));
    expect((day.endAt - day.startAt) / HOUR).toBe(hours);
  });

  test('the question to the EHR is one hour wider on both sides', () => {
    const day = clinicDay('America/Chicago', '2026-11-01');
    expect(scheduleWindow('America/Chicago', '2026-11-01')).toEqual({
      startAt: day.startAt - HOUR,
      endAt: day.endAt + HOUR,
    });
  });

  test('an unknown zone and a date that does not exist are refused', () => {
    expect(() => clinicDay('America/Atlantis', '2026-01-01')).toThrow(RangeError);
    expect(() => clinicDay('America/Chicago', '2026-02-29')).toThrow(RangeError);
    expect(() => nextDate('2026-13-01')).toThrow(RangeError);
  });
});

const zones = fc.constantFrom(
  'America/Chicago',
  'America/New_York',
  'America/Los_Angeles',
  'America/Phoenix',
  'America/Santiago',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Pacific/Apia',
  'UTC',
);
const instants = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2035, 0) });

describe('days tile time', () => {
  test('every instant lies in the day of its local date and in no neighbour', () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const date = localDate(zone, at);
        const day = clinicDay(zone, date);
        expect(at >= day.startAt && at < day.endAt).toBe(true);
        expect(clinicDay(zone, nextDate(date)).startAt).toBe(day.endAt);
        expect(localDate(zone, day.startAt)).toBe(date);
        expect(localDate(zone, day.endAt - 1)).toBe(date);
      }),
      { numRuns: 300 },
    );
  });
});
