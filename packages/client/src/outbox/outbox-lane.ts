/**
 * The outbox of one person on one board, as a value; every step on it is a pure function, run inside one
 * storage transaction (`outbox-storage.ts`).
 *
 * An item is *queued* until the server gave its final outcome, then *applied* and kept until the server says
 * that it is durable, or moved to *attention*, where a person decides. Nothing else ever removes one: a
 * refused connection, an ended session or an overloaded server only hold the line.
 *
 * Order is the order of the list; `n` follows it. `isUnknown` means: sent, and no answer came, so the server
 * may have done it. Such an item keeps its `(clientId, n)` for ever, because only under them can a repeat be
 * recognised. When it has to leave the line, the items behind it go on under a fresh `clientId`.
 */
import type { Actor, Command, Entity, EntityId, ProblemCode } from '@workflow-bolt/contracts';
import { targetOf } from '@workflow-bolt/domain';

export type AttentionProblem = {
  kind: 'conflict' | 'rejected' | 'confirm' | 'other-actor';
  code: ProblemCode | null;
  title: string;
  details: Record<string, unknown>;
  /** For a conflict: what the board says now, who changed it and when. */
  current: { id: string; v: number; d: Entity } | null;
  by: Actor | null;
  at: number | null;
};

export type OutboxItem = {
  /** Local and lasting; `(clientId, n)` is the identity on the wire. */
  id: string;
  clientId: string;
  n: number;
  command: Command;
  expectedVersion: number | null;
  /** The earlier item on the same entity that the person already saw as done. */
  after: string | null;
  /** Entities the prediction said it would change. */
  touches: EntityId[];
  actorId: string;
  /** Workstation clock, for display and for the age guard. */
  at: number;
  /** Server time when the person acted, for the overlay. */
  shownAt: number;
  /** The clinic's local day when the person acted. */
  madeOn: string | null;
  state: 'queued' | 'applied' | 'attention';
  isSent: boolean;
  isUnknown: boolean;
  seq: number | null;
  epoch: string | null;
  problem: AttentionProblem | null;
};

export type OutboxLane = { clientId: string; nextN: number; items: readonly OutboxItem[] };

export type NewItem = Pick<
  OutboxItem,
  'id' | 'command' | 'expectedVersion' | 'touches' | 'actorId' | 'at' | 'shownAt' | 'madeOn'
>;

export const emptyLane = (clientId: string): OutboxLane => ({ clientId, nextN: 1, items: [] });

/** More unsent work than this means that something is wrong; the next step is refused loudly. */
export const laneItemsMax = 500;

/** Appends with the next `n`. The caller has checked `laneItemsMax`. */
export function appendItem(lane: OutboxLane, item: NewItem): OutboxLane {
  const target = targetOf(item.command);
  const earlier = lane.items.findLast((it) => it.state === 'queued' && targetOf(it.command) === target);
  const fresh: OutboxItem = {
    ...item,
    clientId: lane.clientId,
    n: lane.nextN,
    after: target === null ? null : (earlier?.id ?? null),
    state: 'queued',
    isSent: false,
    isUnknown: false,
    seq: null,
    epoch: null,
    problem: null,
  };
  return { ...lane, nextN: lane.nextN + 1, items: [...lane.items, fresh] };
}

/** Changes one item. */
export function withItem(lane: OutboxLane, id: string, change: Partial<OutboxItem>): OutboxLane {
  return { ...lane, items: lane.items.map((item) => (item.id === id ? { ...item, ...change } : item)) };
}

/**
 * Takes an item out of the line (cancelled, or put before a person) and closes the hole it leaves in the
 * numbering, so that the server does not wait for an `n` that never comes.
 */
export function leaveLine(lane: OutboxLane, id: string, freshClientId: string): OutboxLane {
  const leaving = lane.items.find((item) => item.id === id);
  const rest: OutboxLane = { ...lane, items: lane.items.filter((item) => item.id !== id) };
  if (leaving?.state !== 'queued' || leaving.clientId !== lane.clientId) return rest;
  const behind = behindOf(lane, leaving);
  if (leaving.isUnknown || behind.some((item) => item.isUnknown))
    return moveToIdentity(rest, behind, freshClientId);
  return renumber(rest, behind, leaving.n);
}

function behindOf(lane: OutboxLane, leaving: OutboxItem): OutboxItem[] {
  return lane.items.filter(
    (item) => item.state === 'queued' && item.clientId === leaving.clientId && item.n > leaving.n,
  );
}

/** Gives the items consecutive numbers from `fromN`, in their order. Only for items the server has not seen. */
export function renumber(lane: OutboxLane, items: readonly OutboxItem[], fromN: number): OutboxLane {
  const numbers = new Map(items.map((item, index) => [item.id, fromN + index]));
  return {
    ...lane,
    nextN: fromN + items.length,
    items: lane.items.map((item) => ({ ...item, n: numbers.get(item.id) ?? item.n })),
  };
}

/** The items go on as 1, 2, 3 … of another client; a late copy of the old request finds a gap and does nothing. */
export function moveToIdentity(lane: OutboxLane, items: readonly OutboxItem[], clientId: string): OutboxLane {
  const moving = new Set(items.map((item) => item.id));
  const moved = lane.items.map((item) =>
    moving.has(item.id) ? { ...item, clientId, isSent: false, isUnknown: false } : item,
  );
  return renumber({ ...lane, clientId, items: moved }, items, 1);
}

export const queuedItems = (lane: OutboxLane): OutboxItem[] =>
  lane.items.filter((item) => item.state === 'queued');
