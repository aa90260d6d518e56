import type { CommandOutcome } from '@workflow-bolt/contracts';
import { expect, test } from 'vitest';
import { takeBatch } from './next-batch.ts';
import { appendItem, emptyLane, type NewItem, type OutboxLane, withItem } from './outbox-lane.ts';
import { resubmitRetained, settleLane } from './settle-lane.ts';

const context = {
  epoch: 'b',
  revalidate: () => ({ ok: true, version: null }) as const,
  freshClientId: () => 'fresh',
};

function item(id: string, expectedVersion: number | null, more: Partial<NewItem> = {}): NewItem {
  const command = { type: 'setNote', visitId: 'w1', note: id } as const;
  const shown = { actorId: 'dana', at: 0, shownAt: 0, madeOn: null };
  return { id, command, expectedVersion, touches: ['v:w1'], ...shown, ...more };
}

/** `first` was answered with 101, and only then `second` was made upon it and answered with 102. */
function retained(): OutboxLane {
  const applied = (lane: OutboxLane, id: string, seq: number) =>
    withItem(lane, id, { state: 'applied', isSent: true, seq, epoch: 'a' });
  const one = applied(appendItem(emptyLane('client'), item('first', null)), 'first', 101);
  return applied(appendItem(one, item('second', 101)), 'second', 102);
}

const sendAll = (lane: OutboxLane, outcomes: CommandOutcome[]) => {
  const { lane: sent, batch } = takeBatch(lane);
  return { batch, ...settleLane(sent, batch, outcomes, context) };
};

test('steps acknowledged by a lost history, the later made upon the earlier, both enter the new one', () => {
  const first = sendAll(resubmitRetained(retained()), [{ outcome: 'applied', n: 1, seq: 96, eventIds: [] }]);
  expect(first.batch.map(({ id }) => id)).toEqual(['first']);
  const { batch } = takeBatch(first.lane);
  expect(batch).toMatchObject([{ id: 'second', n: 2, expectedVersion: 96 }]);
});

test('a history that still knows them is asked with the same version, so that it recognises them', () => {
  const first = sendAll(resubmitRetained(retained()), [{ outcome: 'duplicate', n: 1, seq: 101, code: null }]);
  expect(takeBatch(first.lane).batch).toMatchObject([{ id: 'second', n: 2, expectedVersion: 101 }]);
});

test("a version that someone else's lost step made is still a conflict", () => {
  const lane = resubmitRetained(withItem(retained(), 'second', { expectedVersion: 100 }));
  const { batch } = takeBatch(lane);
  expect(batch).toMatchObject([
    { id: 'first', expectedVersion: null },
    { id: 'second', expectedVersion: 100, after: null },
  ]);
});

test('[I1] a walk-in who is there already came with an earlier sending: nothing is put before a person', () => {
  const command = { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Ann Lee' } as const;
  const lane = appendItem(emptyLane('client'), item('first', null, { command }));
  const there = {
    outcome: 'conflict',
    n: 1,
    code: 'already_exists',
    current: null,
    by: null,
    at: null,
  } as const;
  expect(sendAll(lane, [there])).toMatchObject({
    lane: { items: [] },
    settled: [{ id: 'first' }],
    hold: null,
  });
  const note = appendItem(emptyLane('client'), item('note', null));
  const conflict = { ...there, code: 'version_conflict' } as const;
  expect(sendAll(note, [conflict]).lane.items).toMatchObject([{ id: 'note', state: 'attention' }]);
});
