import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarDate, compareWrittenTimes, detailTime, listTime, tebraUtcText } from './written-time.ts';

const instant = (iso: string, text: string) => ({ kind: 'instant', at: Date.parse(iso), text });

describe('bounds as the filter wants them', () => {
  test.each([
    ['2026-03-09T00:00:00Z', '3/9/2026 12:00:00 AM'],
    ['2026-03-09T12:00:00Z', '3/9/2026 12:00:00 PM'],
    ['2026-11-01T01:05:09Z', '11/1/2026 1:05:09 AM'],
    ['2026-12-31T23:59:59Z', '12/31/2026 11:59:59 PM'],
  ])('%s is %s', (iso, text) => {
    expect(tebraUtcText(Date.parse(iso))).toBe(text);
  });

  test('what is written is read back to the second', () => {
    const second = fc.integer({ min: Date.UTC(1900, 0) / 1_000, max: Date.UTC(2199, 0) / 1_000 });
    fc.assert(
      fc.property(second, (seconds) => {
        const text = tebraUtcText(seconds * 1_000);
        expect(listTime(text)).toEqual({ kind: 'instant', at: seconds * 1_000, text });
      }),
    );
  });

  test('a time beyond the calendar is refused', () => {
    expect(() => tebraUtcText(8.64e15)).toThrow(RangeError);
    expect(() => tebraUtcText(Number.NaN)).toThrow(RangeError);
  });
});

describe('times of the list are UTC, whatever zone this process runs in', () => {
  test.each([
    ['1/5/2026 8:00:00 AM', '2026-01-05T08:00:00Z'],
    ['1/5/2026 12:30:00 AM', '2026-01-05T00:30:00Z'],
    ['01/05/2026 12:30 PM', '2026-01-05T12:30:00Z'],
    ['1/5/2026 20:15:00', '2026-01-05T20:15:00Z'],
    ['2026-01-05T08:00:00', '2026-01-05T08:00:00Z'],
    ['2026-01-05 08:00', '2026-01-05T08:00:00Z'],
    ['2026-01-05T08:00:00Z', '2026-01-05T08:00:00Z'],
    ['2026-01-05T08:00:00-06:00', '2026-01-05T14:00:00Z'],
    ['2026-03-08T02:30:00', '2026-03-08T02:30:00Z'],
  ])('%s', (text, iso) => {
    expect(listTime(text)).toEqual(instant(iso, text));
  });

  test.each(['1/5/2026', '2026-01-05'])('%s has no time and is no instant', (text) => {
    expect(listTime(text)).toEqual({ kind: 'unknown-zone', text });
  });

  test.each([
    '13/1/2026 8:00:00 AM',
    '2/29/2026 8:00:00 AM',
    '1/5/2026 13:00:00 PM',
    '1/5/2026 25:00:00',
    'soon',
    '1/5/26 8:00:00 AM',
    '2026-13-01T00:00:00Z',
  ])('%s is unreadable', (text) => {
    expect(listTime(text)).toEqual({ kind: 'unreadable', text });
  });

  test('absent stays absent', () => {
    expect(listTime(null)).toBeNull();
    expect(detailTime(null)).toBeNull();
  });
});

describe('times of the single call are instants only when they say so', () => {
  test.each([
    ['2026-01-05T14:20:00Z', instant('2026-01-05T14:20:00Z', '2026-01-05T14:20:00Z')],
    ['2026-01-05T14:20:00.000Z', instant('2026-01-05T14:20:00Z', '2026-01-05T14:20:00.000Z')],
    ['2026-01-05T14:17:42.017', { kind: 'unknown-zone', text: '2026-01-05T14:17:42.017' }],
    ['1/5/2026 2:20:00 PM', { kind: 'unknown-zone', text: '1/5/2026 2:20:00 PM' }],
    ['yesterday', { kind: 'unreadable', text: 'yesterday' }],
  ])('%s', (text, expected) => {
    expect(detailTime(text)).toEqual(expected);
  });
});

describe('a date of birth is a calendar date, never an instant', () => {
  test.each([
    ['2/29/1984', '1984-02-29'],
    ['2/29/1984 12:00:00 AM', '1984-02-29'],
    ['1984-02-29', '1984-02-29'],
    ['1984-02-29T00:00:00', '1984-02-29'],
    ['1984-02-29T00:00:00Z', '1984-02-29'],
    ['1984-02-29T00:00:00-08:00', '1984-02-29'],
    ['1984-02-29T23:59:59.999+14:00', '1984-02-29'],
    ['12/31/1899', '1899-12-31'],
    ['2/29/1985', null],
    ['1/1/0001', null],
    ['1/1/1753 12:00:00 AM', null],
    ['29/2/1984', null],
    ['2/29/84', null],
    ['', null],
    [null, null],
  ])('%s is %s', (raw, expected) => {
    expect(calendarDate(raw)).toBe(expected);
  });
});

describe('ordering written times', () => {
  test.each([
    ['1/4/2026 8:23:00 AM', '1/5/2026 8:55:00 AM', -1],
    ['1/5/2026 8:55:00 AM', '1/4/2026 8:23:00 PM', 1],
    ['1/5/2026', '2026-01-05', 0],
    ['1/5/2026', '1/5/2026 12:00:01 AM', -1],
    ['1/5/2026', null, null],
    ['then', '1/5/2026', null],
  ])('%s and %s', (left, right, expected) => {
    expect(compareWrittenTimes(left, right)).toBe(expected);
  });
});
