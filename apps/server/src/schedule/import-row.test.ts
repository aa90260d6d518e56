import { describe, expect, test } from 'vitest';
import { columnsOf } from './import-columns.ts';
import { readDate, readTime } from './import-row.ts';

describe('times', () => {
  test.each([
    ['9:30', '09:30'],
    ['09:30:00', '09:30'],
    ['9:30 AM', '09:30'],
    ['12:00 am', '00:00'],
    ['12:15 p.m.', '12:15'],
    ['1:05PM', '13:05'],
    ['23:59', '23:59'],
  ])('%s is %s', (text, expected) => {
    expect(readTime(text)).toBe(expected);
  });
  test.each(['24:00', '9:60', '13:00 PM', '0:30 AM', 'noon', '930', ''])('%s is refused', (text) => {
    expect(() => readTime(text)).toThrow('HH:MM');
  });
});

describe('dates', () => {
  test.each([
    ['2026-03-02', '2026-03-02'],
    ['3/2/2026', '2026-03-02'],
    ['03/02/2026', '2026-03-02'],
    ['02/29/2024', '2024-02-29'],
  ])('%s is %s', (text, expected) => {
    expect(readDate(text)).toBe(expected);
  });
  test.each(['2026-02-30', '02/29/2023', '13/01/2026', '03/02/26', '2.3.2026', 'today', ''])(
    '%s is refused',
    (text) => {
      expect(() => readDate(text)).toThrow();
    },
  );
});

describe('headers', () => {
  test('words are read without case, blanks and punctuation', () => {
    expect(columnsOf(['Patient Name', 'D.O.B.', 'Start Time', 'Room'])).toEqual([
      'name',
      'dob',
      'time',
      null,
    ]);
  });
  test('a row of data is no header', () => {
    expect(columnsOf(['2026-03-02', '09:30', 'Scheduled', 'Name Example'])).toBeNull();
    expect(columnsOf(['Name', 'Status'])).toBeNull();
  });
});
