import type { Beat } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { ehrParts, knownAccounts, wordsOfEhr } from './known-ehr.ts';

const now = 1_773_151_200_000;
type Ehr = NonNullable<Beat['ehr']>;
const account = '9f3c51d20b7e44aa';
const told: Ehr = {
  ...{ isOk: true, lastGoodAt: now - 3_000, detail: null, reads: 'closed', writes: 'closed', account },
  ...{ askedAt: now - 3_000, tookMs: 412, wroteAt: null, wroteMs: null },
};
const unasked: Ehr = { ...told, lastGoodAt: null, detail: 'not asked yet', askedAt: null, tookMs: null };
const beat = (node: string, ago: number, ehr: Ehr | null): Beat => ({
  ...{ node, role: 'worker', version: '1', at: now - ago, ehr },
});
const partsOf = (beats: readonly Beat[]) =>
  Object.fromEntries(ehrParts(knownAccounts(beats, now)).map(({ name: _, isOk: __, ...part }) => [_, part]));

test('a worker that never called, or called long ago, says nothing against the one that called last', () => {
  const old: Ehr = { ...told, isOk: false, detail: 'transport', lastGoodAt: null, askedAt: now - 900_000 };
  const beats = [beat('w1', 10, unasked), beat('w2', 20, old), beat('w3', 4_000, told)];
  for (const order of [beats, beats.toReversed()]) {
    const known = knownAccounts(order, now);
    expect(wordsOfEhr(known)).toEqual({
      ...{ isOk: true, lastGoodAt: now - 3_000, reads: 'closed', writes: 'closed' },
    });
    expect(partsOf(order)).toEqual({
      'ehr-reads': { state: 'up', latencyMs: 412, lastGoodAt: now - 3_000, detail: null },
      'ehr-writes': { state: 'up', latencyMs: null, lastGoodAt: null, detail: 'circuit closed' },
    });
  }
  const failed = { ...told, isOk: false, detail: 'service-down', askedAt: now - 100 };
  expect(partsOf([beat('w1', 10, told), beat('w2', 20, failed)])['ehr-reads']).toEqual({
    ...{ state: 'away', latencyMs: 412, lastGoodAt: now - 3_000, detail: 'service-down' },
  });
});

test('breakers are as whoever spoke last has them: a beat of before they closed holds nothing', () => {
  const before: Ehr = { ...told, reads: 'open', writes: 'open', askedAt: now - 100 };
  const closed = [beat('w1', 900, before), beat('w2', 10, told)];
  expect(wordsOfEhr(knownAccounts(closed, now))).toMatchObject({ isOk: true, reads: 'closed' });
  const opened = [beat('w1', 10, before), beat('w2', 900, told)];
  expect(wordsOfEhr(knownAccounts(opened, now))).toMatchObject({ isOk: false, reads: 'open' });
  expect(partsOf(opened)['ehr-reads']).toMatchObject({ state: 'away', detail: 'circuit open' });
});

test('two accounts are two EHRs: in each lane the worse one counts, whoever spoke last', () => {
  const other = { ...told, account: 'aa'.repeat(8), lastGoodAt: now - 60_000, wroteAt: now - 5, wroteMs: 7 };
  const ill = { ...other, isOk: false, reads: 'open', detail: 'transport' } as const;
  const held = { ...told, writes: 'forced_open' } as const;
  for (const ago of [5, 500]) {
    const beats = [beat('w1', 50, held), beat('w2', ago, ill)];
    expect(wordsOfEhr(knownAccounts(beats, now))).toEqual({
      ...{ isOk: false, lastGoodAt: now - 60_000, reads: 'open', writes: 'forced_open' },
    });
    expect(partsOf(beats)).toMatchObject({
      'ehr-reads': { state: 'away', detail: 'circuit open' },
      'ehr-writes': { state: 'held', detail: 'circuit forced_open' },
    });
  }
  expect(
    partsOf([beat('w1', 5, told), beat('w2', 5, { ...unasked, account: 'bb'.repeat(8) })]),
  ).toMatchObject({
    ...{ 'ehr-reads': { state: 'unknown' }, 'ehr-writes': { state: 'unknown' } },
  });
});

test('the dead tell nothing, and a process of an older version is understood', () => {
  const { askedAt: _, tookMs: __, wroteAt: ___, wroteMs: ____, account: _____, ...older } = told;
  expect(wordsOfEhr(knownAccounts([beat('w1', 15_001, told)], now))).toBeNull();
  expect(partsOf([beat('w1', 5, older)])['ehr-reads']).toMatchObject({ state: 'up', latencyMs: null });
  expect(partsOf([beat('w1', 5, { ...older, isOk: false, lastGoodAt: null })])['ehr-reads']).toMatchObject({
    state: 'away',
  });
  expect(partsOf([beat('w1', 5, { ...older, lastGoodAt: null })])['ehr-reads']).toMatchObject({
    state: 'unknown',
  });
});
