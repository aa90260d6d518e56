import { expect, test } from 'vitest';
import { CliFailure } from './cli-failure.ts';
import { agoText, parseDuration } from './duration.ts';

test.each([
  ['250ms', 250],
  ['5s', 5_000],
  ['2m', 120_000],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['0s', '5', '', '1h', '-1s', '1.5s', '9999999s'])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(CliFailure);
});

test('an age is told in its largest whole unit', () => {
  const now = 1_773_151_200_000;
  expect([0, 999, 59_999, 60_000, 3_600_000, 172_800_000].map((ms) => agoText(now - ms, now))).toEqual([
    ...['0 s ago', '0 s ago', '59 s ago', '1 min ago', '1 h ago', '2 d ago'],
  ]);
  expect([agoText(null, now), agoText(now + 5, now)]).toEqual(['never', '0 s ago']);
});
