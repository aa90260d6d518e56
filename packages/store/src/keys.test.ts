import { expect, test } from 'vitest';
import { boardKeyRows, boardKeys, boardTag } from './keys.ts';

const board = { clinic: 'north', date: '2026-11-23' };

test('all keys of a board share its hash tag, and all are in the table', () => {
  const keys = boardKeys(board);
  const names = [keys.meta, keys.ent, keys.log, keys.aud, keys.out, keys.pres, keys.tabs, keys.channel];
  const tag = '{b:north:20261123}';
  for (const name of [...names, keys.idem('client-a')]) expect(name.match(/\{[^}]*\}/)?.[0]).toBe(tag);
  const rows = [...names, keys.idem('<clientId>'.replace(/[<>]/g, '_'))].map((name) =>
    name.replace(tag, 'T'),
  );
  expect(rows.map((name) => name.replace('_clientId_', '<clientId>')).sort()).toEqual(
    boardKeyRows.map((row) => row.name).sort(),
  );
});

test.each([
  [{ clinic: 'north}x', date: '2026-11-23' }],
  [{ clinic: 'a:b', date: '2026-11-23' }],
  [{ clinic: '', date: '2026-11-23' }],
  [{ clinic: 'North', date: '2026-11-23' }],
  [{ clinic: 'north', date: '20261123' }],
])('an id that would break a key never reaches one: %j', (bad) => {
  expect(() => boardTag(bad)).toThrow(RangeError);
});

test('a client id that would break a key never reaches one', () => {
  for (const bad of ['short', 'with}brace', 'with:colon', '', 'x'.repeat(65)]) {
    expect(() => boardKeys(board).idem(bad)).toThrow(RangeError);
  }
});
