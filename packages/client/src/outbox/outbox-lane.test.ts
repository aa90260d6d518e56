import type { CommandOutcome } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardLane, outboxAgeMaxMs } from './guard-lane.ts';
import { takeBatch } from './next-batch.ts';
import {
  appendItem,
  emptyLane,
  leaveLine,
  type NewItem,
  type OutboxLane,
  queuedItems,
  withItem,
} from './outbox-lane.ts';
import { dropDurable, type Revalidation, resubmitRetained, settleLane } from './settle-lane.ts';

const item = (id: string, visitId: string, more: Partial<NewItem> = {}): NewItem => ({
  id,
  command: { type: 'setPinned', visitId, isPinned: true },
  expectedVersion: 7,
  touches: [`v:${visitId}`],
  actorId: 'dana',
  at: 1_000,
  shownAt: 1_000,
  madeOn: '2026-03-02',
  ...more,
});
const laneOf = (...items: NewItem[]): OutboxLane => items.reduce(appendItem, emptyLane('client-a'));
const context = (revalidate: () => Revalidation = () => ({ ok: true, version: 30 })) => {
  let fresh = 0;
  return { epoch: 'e1', revalidate, freshClientId: () => `fresh-${++fresh}` };
};
const send = (lane: OutboxLane, outcomes: CommandOutcome[], ctx = context()) => {
  const { lane: sent, batch } = takeBatch(lane);
  return { batch, ...settleLane(sent, batch, outcomes, ctx) };
};
const applied = (n: number, seq: number): CommandOutcome => ({ outcome: 'applied', n, seq, eventIds: [] });
const rejected = (n: number, code = 'move_not_allowed' as const): CommandOutcome => ({
  ...{ outcome: 'rejected', n, code, title: 'No.', details: { allowed: [] } },
});
const hold = (n: number, more: object = {}): CommandOutcome => ({
  ...{ outcome: 'hold', n, code: 'store_unavailable', retryAfterMs: 0, expectedN: null },
  ...more,
});
const shape = (lane: OutboxLane) =>
  lane.items.map(
    (it) => `${it.id} ${it.state} ${it.clientId}:${it.n} ${it.expectedVersion}${it.isUnknown ? ' ?' : ''}`,
  );

describe('a batch', () => {
  test('takes up to 50 in order and marks them as unknown', () => {
    const lane = laneOf(...Array.from({ length: 60 }, (_, i) => item(`i${i}`, `v${i}`)));
    const { lane: sent, batch } = takeBatch(lane);
    expect(batch.map((it) => it.n)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(queuedItems(sent).filter((it) => it.isUnknown)).toHaveLength(50);
  });

  test('ends before a step that must name the version an unanswered one makes', () => {
    const lane = laneOf(item('a', 'v1'), item('b', 'v2'), item('c', 'v1'), item('d', 'v3'));
    expect(takeBatch(lane).batch.map((it) => it.id)).toEqual(['a', 'b']);
  });

  test('does not end before a step that names none', () => {
    const lane = laneOf(item('a', 'v1'), item('c', 'v1', { expectedVersion: null }));
    expect(takeBatch(lane).batch.map((it) => it.id)).toEqual(['a', 'c']);
  });
});

describe('outcomes', () => {
  test('applied and duplicate are kept until durable; a step upon one names the version it made', () => {
    const lane = laneOf(item('a', 'v1'), item('b', 'v2'), item('c', 'v1'));
    const step = send(lane, [applied(1, 20), { outcome: 'duplicate', n: 2, seq: 9, code: null }]);
    expect(shape(step.lane)).toEqual([
      'a applied client-a:1 7',
      'b applied client-a:2 7',
      'c queued client-a:3 20',
    ]);
    expect(step.settled.map(({ id, outcome }) => [id, outcome.outcome])).toEqual([
      ['a', 'applied'],
      ['b', 'duplicate'],
    ]);
    const durable = dropDurable(step.lane, { epoch: 'e1', durableSeq: 19 });
    expect(shape(durable)).toEqual(['a applied client-a:1 7', 'c queued client-a:3 20']);
    expect(shape(dropDurable(durable, { epoch: 'e2', durableSeq: 99 }))).toEqual(shape(durable));
  });

  test('a step that did not change the version of its target leaves it as it was', () => {
    const lane = laneOf(item('a', 'v1', { touches: ['p:v1'] }), item('b', 'v1'));
    expect(shape(send(lane, [applied(1, 20)]).lane)).toContain('b queued client-a:2 7');
  });

  test.each<[string, CommandOutcome]>([
    ['hold of the store', hold(1)],
    ['hold of an overloaded server', hold(1, { code: 'too_many_requests', retryAfterMs: 500 })],
  ])('%s never deletes', (_name, outcome) => {
    const lane = laneOf(item('a', 'v1'), item('b', 'v2'));
    const step = send(lane, [outcome]);
    expect([shape(step.lane), step.settled, step.hold]).toEqual([
      ['a queued client-a:1 7', 'b queued client-a:2 7'],
      [],
      outcome,
    ]);
  });

  test('an unknown outcome stays unknown until the server says', () => {
    const step = send(laneOf(item('a', 'v1')), [hold(1, { code: 'outcome_unknown' })]);
    expect(shape(step.lane)).toEqual(['a queued client-a:1 7 ?']);
    expect(shape(send(step.lane, [hold(1)]).lane)).toEqual(['a queued client-a:1 7 ?']);
    expect(shape(send(step.lane, [applied(1, 5)]).lane)).toEqual(['a applied client-a:1 7']);
  });

  test('a conflict goes before a person; steps on other entities proceed', () => {
    const lane = laneOf(item('a', 'v1'), item('b', 'v2'));
    const current = { id: 'v:v1', v: 30, d: { type: 'sync' } as never };
    const conflict: CommandOutcome = {
      outcome: 'conflict',
      n: 1,
      code: 'version_conflict',
      current,
      by: null,
      at: 5,
    };
    const step = send(lane, [conflict, applied(2, 21)]);
    expect(shape(step.lane)).toEqual(['b applied client-a:2 7', 'a attention client-a:1 7']);
    expect(step.lane.items[1]?.problem).toMatchObject({
      kind: 'conflict',
      code: 'version_conflict',
      current,
      at: 5,
    });
  });

  test('a step upon a failed one is looked at again: it goes on upon the present version …', () => {
    const step = send(laneOf(item('a', 'v1'), item('c', 'v1')), [rejected(1)]);
    expect(shape(step.lane)).toEqual(['c queued client-a:2 30', 'a attention client-a:1 7']);
  });

  test('… or goes before a person too, and leaves no hole in the numbers', () => {
    const lane = laneOf(item('a', 'v1'), item('c', 'v1'), item('d', 'v2'));
    const step = send(
      lane,
      [rejected(1)],
      context(() => ({ ok: false, code: 'visit_closed' })),
    );
    expect(shape(step.lane)).toEqual([
      'd queued client-a:2 7',
      'a attention client-a:1 7',
      'c attention client-a:2 7',
    ]);
  });

  test('what is already so is no problem', () => {
    const answer = context(() => ({ ok: false, code: 'nothing_to_change' }));
    expect(
      send(laneOf(item('a', 'v1')), [rejected(1, 'nothing_to_change' as never)], answer).lane.items,
    ).toEqual([]);
    const conflict: CommandOutcome = {
      outcome: 'conflict',
      n: 1,
      code: 'version_conflict',
      current: null,
      by: null,
      at: null,
    };
    expect(send(laneOf(item('a', 'v1')), [conflict], answer).lane.items).toEqual([]);
  });

  test('numbers that another history used are not used again: the line goes on under a fresh identity', () => {
    const step = send(laneOf(item('a', 'v1'), item('b', 'v2')), [
      rejected(1, 'idempotency_mismatch' as never),
    ]);
    expect([shape(step.lane), step.settled]).toEqual([['a queued fresh-1:1 7', 'b queued fresh-1:2 7'], []]);
  });
});

describe('sequence_gap', () => {
  const gap = (n: number, expectedN: number) => hold(n, { code: 'sequence_gap', expectedN });

  test('what the server has lost is sent again under its old number', () => {
    const first = send(laneOf(item('a', 'v1'), item('b', 'v2')), [applied(1, 20), applied(2, 21)]).lane;
    const step = send(appendItem(first, item('c', 'v3')), [gap(3, 2)]);
    expect(shape(step.lane)).toEqual([
      'a applied client-a:1 7',
      'b queued client-a:2 7',
      'c queued client-a:3 7',
    ]);
  });

  test('a hole is closed by renumbering when no answer is outstanding', () => {
    const lane = withItem(laneOf(item('a', 'v1'), item('b', 'v2')), 'a', { n: 5 });
    const step = send(withItem({ ...lane, nextN: 7 }, 'b', { n: 6 }), [gap(5, 3)]);
    expect([shape(step.lane), step.lane.nextN]).toEqual([
      ['a queued client-a:3 7', 'b queued client-a:4 7'],
      5,
    ]);
  });

  test('and by a fresh identity when one is, so that a late copy does nothing', () => {
    const lane = withItem(laneOf(item('a', 'v1')), 'a', { n: 5, isSent: true, isUnknown: true });
    expect(shape(send(lane, [gap(5, 3)]).lane)).toEqual(['a queued fresh-1:1 7']);
  });
});

describe('guards', () => {
  const guard = { actorId: 'dana', wallMs: 2_000, today: '2026-03-02', freshClientId: () => 'fresh' };
  const guarded = (lane: OutboxLane, more: Partial<typeof guard>) =>
    shape(guardLane(lane, { ...guard, ...more }));

  test('a step of someone else is set aside, and the numbers close up', () => {
    const lane = laneOf(item('a', 'v1', { actorId: 'marc' }), item('b', 'v2'));
    expect(guarded(lane, {})).toEqual(['b queued client-a:1 7', 'a attention client-a:1 7']);
  });

  test('four hours are sent, a moment more is asked about', () => {
    const lane = laneOf(item('a', 'v1'));
    expect(guarded(lane, { wallMs: 1_000 + outboxAgeMaxMs })).toEqual(['a queued client-a:1 7']);
    expect(guarded(lane, { wallMs: 1_001 + outboxAgeMaxMs })).toEqual(['a attention client-a:1 7']);
  });

  test('a step of another clinic day is asked about', () => {
    expect(guarded(laneOf(item('a', 'v1')), { today: '2026-03-03' })).toEqual(['a attention client-a:1 7']);
  });

  test('one whose outcome is unknown keeps its number; the others go on under a fresh identity', () => {
    const lane = laneOf(item('a', 'v1'), item('b', 'v2', { at: 1_000 + outboxAgeMaxMs }));
    const unknown = withItem(lane, 'a', { isSent: true, isUnknown: true });
    expect(guarded(unknown, { wallMs: 1_001 + outboxAgeMaxMs })).toEqual([
      'b queued fresh:1 7',
      'a attention client-a:1 7 ?',
    ]);
  });
});

test('a retained step goes out again under its old number after the history was replaced', () => {
  const lane = send(laneOf(item('a', 'v1')), [applied(1, 20)]).lane;
  expect(shape(resubmitRetained(lane))).toEqual(['a queued client-a:1 7']);
});

test('[I1] whatever leaves the line, the numbers of an identity stay 1, 2, 3 … in order', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), visit: fc.nat(3) }),
    fc.record({ do: fc.constant('leave' as const), at: fc.nat(9) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let lane = emptyLane('client-a');
      for (const [i, it] of steps.entries()) {
        const leaving = it.do === 'leave' ? queuedItems(lane)[it.at] : undefined;
        if (it.do === 'append') lane = appendItem(lane, item(`i${i}`, `v${it.visit}`));
        else if (leaving) lane = leaveLine(lane, leaving.id, 'fresh');
      }
      expect(queuedItems(lane).map((it) => it.n)).toEqual(queuedItems(lane).map((_, index) => index + 1));
      expect(lane.nextN).toBe(queuedItems(lane).length + 1);
    }),
  );
});
