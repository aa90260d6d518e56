import { expect, test } from 'vitest';
import { dataAge, plural, shortDuration, spokenDuration } from './duration.ts';

test('durations are whole minutes, never negative', () => {
  expect([-5_000, 59_999, 12 * 60_000, 65 * 60_000].map(shortDuration)).toEqual([
    '0 min',
    '0 min',
    '12 min',
    '1 h 05',
  ]);
  expect(spokenDuration(61 * 60_000)).toBe('1 hour 1 minute');
  expect([3_400, 119_000, 120_000].map(dataAge)).toEqual(['3 s', '119 s', '2 min']);
  expect([plural(1, 'step'), plural(3, 'step')]).toEqual(['1 step', '3 steps']);
});
