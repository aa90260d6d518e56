import {
  type DependencyName,
  type DependencyState,
  dependencyNames,
  dependencyStates,
  systemReasonCodes,
  systemReasons,
  systemStates,
} from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { deriveSystemState, describeSystem, withoutStore } from './system-state.ts';

type Condition = DependencyState['state'];
const part = (name: DependencyName, state: Condition): DependencyState => ({
  ...{ name, state, isOk: state === 'up', latencyMs: null, lastGoodAt: null, detail: null },
});
const parts = (more: Partial<Record<DependencyName, Condition>> = {}): DependencyState[] =>
  dependencyNames.map((name) => part(name, more[name] ?? 'up'));
const derive = (more: Partial<Record<DependencyName, Condition>>) => deriveSystemState(parts(more));

test('all parts up is live, and so is a part that this installation does not have', () => {
  expect(derive({})).toEqual({ state: 'live', reasons: [] });
  expect(deriveSystemState([part('redis', 'up'), part('functions', 'up')])).toEqual({
    state: 'live',
    reasons: [],
  });
});

test.each([
  [{ redis: 'away' }, 'down', ['store-away']],
  [{ redis: 'unknown' }, 'down', ['store-away']],
  [{ redis: 'refusing' }, 'read-only', ['store-refusing']],
  [{ functions: 'away' }, 'down', ['functions-missing']],
  [{ copies: 'away' }, 'read-only', ['copies-missing']],
  [{ worker: 'away' }, 'degraded', ['worker-away']],
  [{ jobs: 'late' }, 'degraded', ['jobs-late']],
  [{ 'ehr-reads': 'away' }, 'degraded', ['ehr-away']],
  [{ 'ehr-reads': 'held' }, 'degraded', ['ehr-held']],
  [{ 'ehr-reads': 'unknown' }, 'degraded', ['ehr-unknown']],
  [{ 'ehr-writes': 'away' }, 'degraded', ['ehr-writes-away']],
  [{ 'ehr-writes': 'held' }, 'degraded', ['ehr-writes-held']],
  [{ record: 'late' }, 'degraded', ['record-late']],
  [{ witness: 'late' }, 'degraded', ['witness-late']],
  [{ keys: 'away' }, 'degraded', ['keys-away']],
  [{ archive: 'away' }, 'degraded', ['archive-away']],
  [{ roster: 'late' }, 'degraded', ['roster-late']],
  [{ roster: 'away' }, 'degraded', ['roster-late']],
] as const)('[H-19] %j is %s because of %j', (more, state, reasons) => {
  expect(derive(more)).toEqual({ state, reasons });
});

test('what is not known yet is no reason, but for the store and the EHR', () => {
  expect(derive({ record: 'unknown', keys: 'unknown', archive: 'unknown', jobs: 'unknown' })).toEqual({
    state: 'live',
    reasons: [],
  });
});

describe('causes', () => {
  test('with the store away nobody is blamed whom one could only hear of through it', () => {
    const more = { functions: 'away', roster: 'late' } as const;
    const away = { worker: 'away', 'ehr-reads': 'away', record: 'late', ...more } as const;
    expect(derive({ redis: 'away', ...away })).toEqual({ state: 'down', reasons: ['store-away'] });
    // A store that answers and takes nothing still tells what was said before.
    expect(derive({ redis: 'refusing', worker: 'away' })).toEqual({
      state: 'read-only',
      reasons: ['store-refusing', 'worker-away'],
    });
  });

  test('keys and archive are asked without the store, and are told beside it', () => {
    expect(derive({ redis: 'away', keys: 'away' })).toEqual({
      state: 'down',
      reasons: ['store-away', 'keys-away'],
    });
  });

  test('without a worker the EHR is not blamed for silence', () => {
    const silent = { worker: 'away', 'ehr-reads': 'unknown', 'ehr-writes': 'away', record: 'late' } as const;
    expect(derive({ ...silent, roster: 'late' })).toEqual({ state: 'degraded', reasons: ['worker-away'] });
  });
});

test('a board that the store has not confirmed is down, whatever else is so', () => {
  expect(withoutStore({ state: 'live', reasons: [] })).toEqual({ state: 'down', reasons: ['store-away'] });
  expect(withoutStore({ state: 'degraded', reasons: ['keys-away'] })).toEqual({
    state: 'down',
    reasons: ['store-away', 'keys-away'],
  });
});

/** A generator of its own (no floor below has one): every subset would be 6^10. */
function* drawn(count: number): Generator<DependencyState[]> {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let i = 0; i < count; i += 1)
    yield dependencyNames.map((name) => part(name, dependencyStates[next(dependencyStates.length)] ?? 'up'));
}

test('of 2,000 drawn systems: the state is that of the worst reason, and reasons stand worst first', () => {
  for (const drawnParts of drawn(2_000)) {
    const { state, reasons } = deriveSystemState(drawnParts);
    const ranks = reasons.map((code) => systemStates.indexOf(systemReasons[code].state));
    expect(systemStates.indexOf(state)).toBe(Math.max(0, ...ranks));
    expect(reasons).toEqual(systemReasonCodes.filter((code) => reasons.includes(code)));
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
  }
});

test('the words come from the one table', () => {
  expect(describeSystem({ state: 'degraded', reasons: ['keys-away'] })).toEqual({
    state: 'degraded',
    word: 'Degraded',
    meaning: 'The board works; something behind it does not.',
    reasons: [{ code: 'keys-away', text: systemReasons['keys-away'].text }],
  });
});
