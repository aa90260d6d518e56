import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameValue } from './same-value.ts';

describe('equality of plain data', () => {
  it('is that of JSON with sorted keys', () => {
    const sorted = (_: string, value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    const plain = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(isSameValue(a, b)).toBe(JSON.stringify(a, sorted) === JSON.stringify(b, sorted));
        expect(isSameValue(a, structuredClone(a))).toBe(true);
      }),
    );
  });

  it('an absent field equals one that is undefined, on either side; null does not', () => {
    expect(isSameValue({ a: 1 }, { a: 1, b: undefined })).toBe(true);
    expect(isSameValue({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(isSameValue({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(isSameValue({ a: 1, b: null }, { a: 1 })).toBe(false);
  });

  it('what every object inherits is no field of it', () => {
    const bare = JSON.parse('{"__proto__":{}}') as unknown;
    for (const named of [{ toString: 1 }, { constructor: 1 }, { valueOf: [] }, bare]) {
      expect(isSameValue({}, named)).toBe(false);
      expect(isSameValue(named, {})).toBe(false);
      expect(isSameValue(named, structuredClone(named))).toBe(true);
    }
  });

  it('a list is no record, and longer is not the same', () => {
    expect(isSameValue([], {})).toBe(false);
    expect(isSameValue([1], { 0: 1 })).toBe(false);
    expect(isSameValue({ 0: 1 }, [1])).toBe(false);
    expect(isSameValue([1], [1, 2])).toBe(false);
    expect(isSameValue([1, 2], [1])).toBe(false);
  });
});
