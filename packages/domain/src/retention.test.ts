import type { KeptDay, LegalHold } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock } from './board-player.ts';
import { anonymousDay, smallestGroup } from './deidentify.ts';
import { actOnHold, decidePurgeRequest, purgeTooEarly } from './legal-hold.ts';
import { dayMetrics } from './metrics.ts';
import { type DayFacts, dateAfter, daysBetween, monthsToShred, planRetention } from './retention.ts';

const date = '2026-03-02';
const kept = (state: KeptDay['state'], on = date): KeptDay => ({
  date: on,
  state,
  object: `boards/${on}`,
  metricsObject: `metrics/${on}`,
  sha256: '0'.repeat(64),
  bytes: 1,
  epoch: '1',
  seq: 1,
  chain: '1',
  isClosed: true,
  archivedAt: 1,
  coldAt: null,
  purgedAt: null,
});
const hold = (state: LegalHold['state'], from = date, to = date): LegalHold => ({
  id: 'h1',
  class: 'flow',
  from,
  to,
  state,
  requested: { by: 'mina', at: 1, reason: 'litigation/7' },
  approved: null,
  liftRequested: null,
  lifted: null,
  gone: [],
});
const live = (isClosed: boolean): DayFacts => ({ date, isLive: true, isClosed, kept: null });
const away = (state: KeptDay['state'], on = date): DayFacts => ({
  date: on,
  isLive: false,
  isClosed: true,
  kept: kept(state, on),
});
const rules = { flowHotDays: 30, flowDays: 90, holds: [], requests: [] };
const stepAt = (facts: DayFacts, age: number, more: Partial<Parameters<typeof planRetention>[1]> = {}) =>
  planRetention([facts], { ...rules, ...more }, dateAfter(date, age)).steps[0]?.kind ?? null;

describe('the plan', () => {
  it('counts calendar days, also over a change of clocks and a leap day', () => {
    expect(daysBetween('2026-03-01', '2026-04-01')).toBe(31);
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
    expect(dateAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysBetween('2026-03-02', '2026-03-01')).toBe(-1);
  });

  it.each([
    ['a closed day within its week of reopening', live(true), 7, null],
    ['a closed day after it', live(true), 8, 'archive'],
    ['a day nobody closed, before its hot time is over', live(false), 29, null],
    ['a day nobody closed, after it', live(false), 30, 'archive'],
    ['an archived day that is still hot', away('archived'), 29, null],
    ['an archived day', away('archived'), 30, 'cool'],
    ['a cold day', away('cold'), 89, null],
    ['a cold day whose time has passed', away('cold'), 90, 'purge'],
    ['a deletion that was begun', away('purging'), 1, 'purge'],
    ['what is gone', away('purged'), 4_000, null],
  ] as const)('%s', (_about, facts, age, step) => {
    expect(stepAt(facts, age)).toBe(step);
  });

  it('[abuse] a hold keeps the day from its approval to its second lifting, and stops nothing else', () => {
    const by = (state: LegalHold['state']) => stepAt(away('cold'), 400, { holds: [hold(state)] });
    expect(
      ['requested', 'active', 'lifting', 'lifted', 'withdrawn'].map((each) => by(each as 'active')),
    ).toEqual(['purge', null, null, 'purge', 'purge']);
    expect(stepAt(away('archived'), 400, { holds: [hold('active')] })).toBe('cool');
    const other = { ...hold('active'), class: 'messages' as const };
    expect(stepAt(away('cold'), 400, { holds: [other] })).toBe('purge');
    const edges = [hold('active', '2026-02-01', date), hold('active', date, '2026-04-01')];
    expect(edges.map((each) => stepAt(away('cold'), 400, { holds: [each] }))).toEqual([null, null]);
    expect(stepAt(away('cold'), 400, { holds: [hold('active', '2026-03-03', '2026-03-04')] })).toBe('purge');
  });

  it('names the days that a hold keeps', () => {
    const plan = planRetention([away('cold')], { ...rules, holds: [hold('active')] }, dateAfter(date, 90));
    expect(plan).toEqual({ steps: [], held: [{ date, holdId: 'h1' }] });
  });

  it('[abuse] an early deletion counts only once a second person approved it', () => {
    const request = {
      id: 'p1',
      class: 'flow',
      from: date,
      to: date,
      requested: hold('active').requested,
    } as const;
    const by = (state: 'requested' | 'approved' | 'refused') =>
      stepAt(away('cold'), 40, { requests: [{ ...request, state, decided: null }] });
    expect([by('requested'), by('approved'), by('refused')]).toEqual([null, 'purge', null]);
  });

  it('a month is destroyed when it is over, old enough, empty and free of holds', () => {
    const month = [away('purged', '2026-03-02'), away('purged', '2026-03-31')];
    const at = (today: string, facts = month, more = {}) =>
      monthsToShred(facts, { ...rules, ...more }, today);
    expect(at('2026-06-28')).toEqual([]);
    expect(at('2026-06-29')).toEqual(['2026-03']);
    expect(at('2026-06-29', [...month, away('cold', '2026-03-15')])).toEqual([]);
    expect(at('2026-06-29', month, { holds: [hold('active', '2026-03-30', '2026-04-02')] })).toEqual([]);
    expect(at('2027-06-29', [away('purged', '2026-12-31')])).toEqual(['2026-12']);
  });
});

describe('two people', () => {
  const by = (who: string) => ({ by: who, at: 2, reason: 'litigation/7' });

  it('[abuse] place a hold and lift it: who asks never also approves', () => {
    const placed = actOnHold(hold('requested'), 'approve', by('ada'));
    expect(placed).toMatchObject({ ok: true, value: { state: 'active', approved: { by: 'ada' } } });
    expect(actOnHold(hold('requested'), 'approve', by('mina'))).toEqual({
      ok: false,
      refusal: { code: 'second_person_required' },
    });
    if (!placed.ok) return;
    const lifting = actOnHold(placed.value, 'request-lift', by('mina'));
    if (!lifting.ok) throw new Error('refused');
    expect(actOnHold(lifting.value, 'lift', by('mina'))).toMatchObject({ ok: false });
    expect(actOnHold(lifting.value, 'lift', by('ada'))).toMatchObject({
      ok: true,
      value: { state: 'lifted', lifted: { by: 'ada' } },
    });
    expect(actOnHold(lifting.value, 'keep', by('ada'))).toMatchObject({
      ok: true,
      value: { state: 'active', liftRequested: null },
    });
  });

  it.each([
    ['approve', 'active'],
    ['withdraw', 'active'],
    ['request-lift', 'requested'],
    ['lift', 'active'],
    ['keep', 'active'],
    ['approve', 'lifted'],
    ['request-lift', 'lifted'],
  ] as const)('[abuse] refuse to %s a hold that is %s', (act, state) => {
    expect(actOnHold(hold(state), act, by('ada'))).toEqual({
      ok: false,
      refusal: { code: 'record_state', details: { state } },
    });
  });

  it('[abuse] approve an early deletion once; its own author may only refuse it', () => {
    const { requested } = hold('requested');
    const request = {
      ...{ id: 'p1', class: 'flow' as const, from: date, to: date },
      ...{ state: 'requested' as const, requested, decided: null },
    };
    expect(decidePurgeRequest(request, true, by('mina'))).toMatchObject({ ok: false });
    expect(decidePurgeRequest(request, false, by('mina'))).toMatchObject({ ok: true });
    const approved = decidePurgeRequest(request, true, by('ada'));
    expect(approved).toMatchObject({ ok: true, value: { state: 'approved' } });
    if (approved.ok)
      expect(decidePurgeRequest(approved.value, false, by('ada'))).toMatchObject({ ok: false });
  });

  it('[abuse] nothing is deleted before the floor of its class', () => {
    expect(purgeTooEarly(date, dateAfter(date, 29), 30)).toEqual({
      code: 'purge_too_early',
      details: { floorDays: 30, ageDays: 29 },
    });
    expect(purgeTooEarly(date, dateAfter(date, 30), 30)).toBeNull();
  });
});

describe('numbers without anyone in them', () => {
  function dayWith(noShows: number, left: number): BoardPlayer {
    const player = new BoardPlayer();
    for (let i = 0; i < noShows; i++) player.book(`n${i}`, '09:00');
    for (let i = 0; i < left; i++) player.book(`l${i}`, '09:00');
    player.now = clock('10:00');
    for (let i = 0; i < noShows; i++) player.move('front-desk', `n${i}`, 'no-show');
    for (let i = 0; i < left; i++) {
      player.move('front-desk', `l${i}`, 'arrived');
      player.wait(12);
      player.move('front-desk', `l${i}`, 'left', undefined, { reason: 'waited too long' });
    }
    return player;
  }
  const numbersOf = (player: BoardPlayer) => anonymousDay(dayMetrics(player.visits(), player.now));

  it('[privacy] keep what eleven people share, and no group of ten', () => {
    expect(smallestGroup).toBe(11);
    expect(numbersOf(dayWith(11, 0))).toMatchObject({ total: 11, counts: { 'no-show': 11 } });
    expect(numbersOf(dayWith(10, 0))).toMatchObject({ total: null, counts: {} });
  });

  it('[privacy] hide the total when it would give away a count that is left out', () => {
    expect(numbersOf(dayWith(11, 3))).toMatchObject({ total: null, counts: { 'no-show': 11 } });
    expect(numbersOf(dayWith(11, 11))).toMatchObject({ total: 22, noShowPercent: 50 });
  });

  it('[privacy] hide a share whose other side is small', () => {
    expect(numbersOf(dayWith(12, 2)).noShowPercent).toBeNull();
    expect(numbersOf(dayWith(0, 12)).lwbsPercent).toBeNull();
  });

  it('[privacy] hold no id, no name and no time of day', () => {
    const text = JSON.stringify(numbersOf(dayWith(12, 12)));
    expect(text).not.toMatch(/Patient|n1|l1|17[0-9]{11}/);
  });
});
