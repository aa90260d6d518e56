import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDeeperThan } from './json-depth.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('it agrees with a count over the parsed value, for any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 6 }), (value, max) => {
      expect(isDeeperThan(bytes(JSON.stringify(value)), max)).toBe(depthOf(value) > max);
    }),
  );
});

test.each([
  ['brackets in a string', '"[[[[["', 0, false],
  ['an escaped quote', '["\\"]]]["]', 1, false],
  ['an escaped backslash before the end', '["\\\\",[1]]', 1, true],
  ['an open string', '["[[[', 1, false],
  ['siblings', '[[],[],[]]', 2, false],
  ['at the limit', '[[1]]', 2, false],
  ['beyond it', '[[[1]]]', 2, true],
])('%s', (_name, text, max, expected) => {
  expect(isDeeperThan(bytes(text), max)).toBe(expected);
});
