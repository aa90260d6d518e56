import type { KeysResponse } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { countUnderFormer, renderKeys } from './render-keys.ts';

const at = Date.parse('2026-11-02T10:00:00Z');
const keys: KeysResponse = {
  kind: 'local-file',
  top: [{ purpose: 'phi', kid: 'phi-0c1d2e3f40', state: 'active', createdAt: at }],
  clinics: [
    {
      ...{ clinic: 'north', numFormerWraps: 1 },
      keys: [
        { kid: 'ck2', isNewest: true, numSealed: 2 },
        { kid: 'ck1', isNewest: false, numSealed: 3 },
      ],
      months: [
        { period: '2026-09', isDestroyed: true, keys: [] },
        {
          ...{ period: '2026-11', isDestroyed: false },
          keys: [
            { kid: 'rk2', isNewest: true, numSealed: 40 },
            { kid: 'rk1', isNewest: false, numSealed: 0 },
          ],
        },
      ],
    },
  ],
};

test('[H-05] what is left under former keys is counted over clinics, months and top keys', () => {
  expect(countUnderFormer(keys)).toBe(4);
  const [north] = keys.clinics;
  const done = north && { ...north, numFormerWraps: 0, keys: north.keys.slice(0, 1) };
  expect(countUnderFormer({ ...keys, clinics: done ? [done] : [] })).toBe(0);
});

test('each key stands in a line, with its state in words', () => {
  expect(renderKeys(keys).split('\n')).toEqual([
    '! 4 still under former keys: a rotation is on its way',
    '',
    'TOP KEY  ID              STATE   MADE',
    'phi      phi-0c1d2e3f40  active  2026-11-02',
    '',
    'CLINIC  MONTH    KEY  STATE      SEALS',
    'north   -        ck2  in use     2      1 still wrapped by a former top key',
    'north   -        ck1  former     3',
    'north   2026-09  -    destroyed  0',
    'north   2026-11  rk2  in use     40',
    'north   2026-11  rk1  former     0',
  ]);
});
