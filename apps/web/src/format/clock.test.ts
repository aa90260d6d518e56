import { expect, test } from 'vitest';
import { ageInYears, birthDate, boardDay, clockMoment, clockTime } from './clock.ts';

test('shows the clinic wall clock, also across the end of summer time', () => {
  const zone = 'America/Chicago';
  expect(clockTime(zone, Date.UTC(2026, 10, 1, 6, 30))).toBe('1:30 AM');
  expect(clockTime(zone, Date.UTC(2026, 10, 1, 7, 30))).toBe('1:30 AM');
  expect(clockTime(zone, Date.UTC(2026, 10, 1, 8, 30))).toBe('2:30 AM');
  expect(clockMoment(zone, Date.UTC(2026, 10, 1, 4, 30)).replaceAll(/\s/g, ' ')).toBe(
    'Oct 31, 2026, 11:30 PM',
  );
});

test('calendar dates keep their day whatever the zone of the workstation', () => {
  expect(birthDate('1981-03-04')).toBe('Mar 4, 1981');
  expect(boardDay('2026-11-23')).toBe('Mon, Nov 23');
});

test('an age counts completed years', () => {
  expect(ageInYears('1981-11-24', '2026-11-23')).toBe(44);
  expect(ageInYears('1981-11-23', '2026-11-23')).toBe(45);
});
