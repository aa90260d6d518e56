import type { Beat } from '@workflow-bolt/contracts';
import { sealLateMs } from '@workflow-bolt/store';
import { describe, expect, test } from 'vitest';
import { jobLateMs, rosterLateMs, toldByWorkers } from './told-by-workers.ts';

const now = 1_773_151_200_000;
const worker = (more: Partial<Beat> = {}): Beat => ({
  ...{ node: 'w1', role: 'worker', version: '1', at: now - 1_000, ehr: null, ...more },
});
const ehr = (more: Partial<NonNullable<Beat['ehr']>> = {}): Beat['ehr'] => ({
  ...{ isOk: true, lastGoodAt: now - 9_000, detail: null, reads: 'closed', writes: 'closed', ...more },
});
const told = (beats: readonly Beat[], hasEhr = true, hasRoster = false) =>
  Object.fromEntries(
    toldByWorkers(beats, now, { hasEhr, hasRoster }).map(({ name, state }) => [name, state]),
  );

test('[H-19] without a beat the worker is away and nothing else is known; a silent one does not count', () => {
  const unknown = { jobs: 'unknown', record: 'unknown', 'ehr-reads': 'unknown', 'ehr-writes': 'unknown' };
  expect(told([])).toEqual({ worker: 'away', ...unknown });
  const silent = worker({ at: now - 15_001, ehr: ehr(), lag: { jobs: 1, jobsMs: 1 } });
  expect(told([silent])).toEqual({ worker: 'away', ...unknown });
  expect(toldByWorkers([silent], now, { hasEhr: true, hasRoster: true })[0]?.lastGoodAt).toBe(now - 15_001);
});

test('a server that beats is no worker, and where no clinic has an EHR none is missed', () => {
  expect(told([{ ...worker(), role: 'server' }], false)).toEqual({
    ...{ worker: 'away', jobs: 'unknown', record: 'unknown' },
  });
  expect(told([worker()], false)).toEqual({ worker: 'up', jobs: 'unknown', record: 'unknown' });
});

test.each([
  ['up', jobLateMs],
  ['late', jobLateMs + 1],
])('jobs are %s when the oldest has waited %d ms', (state, jobsMs) => {
  expect(told([worker({ lag: { jobs: 1, jobsMs } })]).jobs).toBe(state);
});

describe('[H-06] sealing of the record', () => {
  const record = (lastGoodAt: number | null, lastFailedAt: number | null, node = 'w1') =>
    worker({ node, record: { lastGoodAt, lastFailedAt } });

  test.each([
    ['unknown', record(null, null)],
    ['up', record(now - sealLateMs, null)],
    ['late', record(now - sealLateMs - 1, null)],
    ['away', record(now - 2_000, now - 1_000)],
    ['up', record(now - 1_000, now - 2_000)],
    ['away', record(null, now)],
  ])('is %s', (state, beat) => {
    expect(told([beat]).record).toBe(state);
  });

  test('one worker that succeeds hides no other that fails', () => {
    expect(told([record(now, null), record(now - 5_000, now - 1_000, 'w2')]).record).toBe('away');
    expect(told([record(null, null), record(now, null, 'w2')]).record).toBe('up');
  });
});

describe('[H-06] the witness of the record', () => {
  const witness = (lastGoodAt: number | null, isLate: boolean, node = 'w1') =>
    worker({ node, record: { lastGoodAt: now, lastFailedAt: null, witness: { lastGoodAt, isLate } } });

  test.each([
    ['unknown', witness(null, false)],
    ['up', witness(now - 60_000, false)],
    ['late', witness(now - 60_000, true)],
    ['late', witness(null, true)],
  ])('is %s', (state, beat) => {
    expect(told([beat]).witness).toBe(state);
  });

  test('is missed only where there is one, and one log that is confirmed hides no other that is not', () => {
    expect(told([worker({ record: { lastGoodAt: now, lastFailedAt: null } })])).not.toHaveProperty('witness');
    expect(told([witness(now, false), witness(now, true, 'w2')]).witness).toBe('late');
  });
});

describe('[H-03] the downtime roster', () => {
  const roster = (lastGoodAt: number | null, lastFailedAt: number | null, node = 'w1') =>
    worker({ node, roster: { lastGoodAt, lastFailedAt } });

  test.each([
    ['unknown', roster(null, null)],
    ['unknown', worker()],
    ['up', roster(now - rosterLateMs, null)],
    ['late', roster(now - rosterLateMs - 1, null)],
    ['away', roster(now - 2_000, now - 1_000)],
    ['up', roster(now - 1_000, now - 2_000)],
    ['away', roster(null, now)],
  ])('is %s', (state, beat) => {
    expect(told([beat], false, true).roster).toBe(state);
    expect(told([beat], false).roster).toBeUndefined();
  });

  test('a worker that has read the newest note outdoes one that has not yet', () => {
    expect(told([roster(now - 9_000, now - 8_000), roster(now, now - 8_000, 'w2')], false, true).roster).toBe(
      'up',
    );
  });
});

describe('the EHR', () => {
  const lanes = (more: Partial<NonNullable<Beat['ehr']>>) => {
    const found = told([worker({ ehr: ehr(more) })]);
    return [found['ehr-reads'], found['ehr-writes']];
  };

  test.each([
    [{}, ['up', 'up']],
    [{ isOk: false }, ['away', 'up']],
    [{ isOk: true, lastGoodAt: null }, ['unknown', 'unknown']],
    [{ isOk: false, lastGoodAt: null }, ['away', 'up']],
    [{ isOk: false, reads: 'open' }, ['away', 'up']],
    [{ reads: 'half_open' }, ['away', 'up']],
    [{ isOk: false, reads: 'forced_open' }, ['held', 'up']],
    [{ reads: 'forced_closed' }, ['up', 'up']],
    [{ writes: 'open' }, ['up', 'away']],
    [{ writes: 'forced_open' }, ['up', 'held']],
  ] as const)('%j is %j', (more, expected) => {
    expect(lanes(more)).toEqual(expected);
  });
});
