/** How the server's outcomes change a lane. */
import { type CommandOutcome, type ProblemCode, problems } from '@workflow-bolt/contracts';
import { targetOf } from '@workflow-bolt/domain';
import {
  type AttentionProblem,
  leaveLine,
  moveToIdentity,
  type OutboxItem,
  type OutboxLane,
  queuedItems,
  renumber,
  withItem,
} from './outbox-lane.ts';

/** What the present board says of a step whose predecessor failed. */
export type Revalidation = { ok: true; version: number | null } | { ok: false; code: ProblemCode };

export type SettleContext = {
  epoch: string | null;
  revalidate: (item: OutboxItem) => Revalidation;
  freshClientId: () => string;
  /** The request as a whole was turned away: an earlier sending of an item may still have been carried out. */
  isUnseen?: boolean;
};

export type Settled = { id: string; outcome: CommandOutcome };
export type SettleResult = { lane: OutboxLane; settled: Settled[]; hold: HoldOutcome | null };
export type HoldOutcome = Extract<CommandOutcome, { outcome: 'hold' }>;

/**
 * Outcomes answer the sent items in order and may stop early, at a hold. `sent` are the items as they were
 * before this sending.
 */
export function settleLane(
  lane: OutboxLane,
  sent: readonly OutboxItem[],
  outcomes: readonly CommandOutcome[],
  context: SettleContext,
): SettleResult {
  let current = restoreKnowledge(lane, sent);
  const settled: Settled[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const item = current.items.find((it) => it.id === sent[index]?.id);
    if (!item) continue;
    if (outcome.outcome === 'hold')
      return { lane: holdAt(current, item, outcome, context), settled, hold: outcome };
    const step = settleOne(current, item, outcome, context);
    current = step.lane;
    if (step.isSettled) settled.push({ id: item.id, outcome });
  }
  return { lane: current, settled, hold: null };
}

/** This sending is answered, so what is unknown now is what was unknown before it. */
export function restoreKnowledge(lane: OutboxLane, sent: readonly OutboxItem[]): OutboxLane {
  return sent.reduce((next, { id, isUnknown }) => withItem(next, id, { isUnknown }), lane);
}

type FinalOutcome = Exclude<CommandOutcome, HoldOutcome>;

function settleOne(
  lane: OutboxLane,
  item: OutboxItem,
  outcome: FinalOutcome,
  context: SettleContext,
): { lane: OutboxLane; isSettled: boolean } {
  const code = 'code' in outcome ? outcome.code : null;
  if (code === null)
    return { lane: applied(lane, item, 'seq' in outcome ? outcome.seq : null, context), isSettled: true };
  if (code === 'idempotency_mismatch') {
    // Another history used these numbers (a restored profile): nothing was done, go on under a fresh identity.
    const open = queuedItems(lane).filter((it) => it.clientId === item.clientId);
    return { lane: moveToIdentity(lane, open, context.freshClientId()), isSettled: false };
  }
  return { lane: refused(lane, item, problemOf(outcome, code), context), isSettled: true };
}

/** The items that were based on this one now name the version it made. */
function applied(
  lane: OutboxLane,
  item: OutboxItem,
  seq: number | null,
  { epoch }: SettleContext,
): OutboxLane {
  const target = targetOf(item.command);
  const version =
    seq !== null && target !== null && item.touches.includes(target) ? seq : item.expectedVersion;
  const items = lane.items.map((it) => {
    if (it.id === item.id) return { ...it, state: 'applied' as const, isUnknown: false, seq, epoch };
    if (it.after !== item.id || it.state !== 'queued') return it;
    return { ...it, expectedVersion: it.expectedVersion === null ? null : version };
  });
  return { ...lane, items };
}

function problemOf(outcome: FinalOutcome, code: ProblemCode): AttentionProblem {
  const isConflict = outcome.outcome === 'conflict';
  return {
    kind: isConflict ? 'conflict' : 'rejected',
    code,
    title: outcome.outcome === 'rejected' ? outcome.title : problems[code].title,
    details: outcome.outcome === 'rejected' ? outcome.details : {},
    current: isConflict ? (outcome.current as AttentionProblem['current']) : null,
    by: isConflict ? outcome.by : null,
    at: isConflict ? outcome.at : null,
  };
}

/** The item goes before a person, unless what it asked for is already so; those based on it are looked at again. */
function refused(
  lane: OutboxLane,
  item: OutboxItem,
  problem: AttentionProblem,
  context: SettleContext,
): OutboxLane {
  const isDone =
    problem.code === 'nothing_to_change' || isOwnVisit(item, problem) || isAlreadyThere(item, context);
  const rest = { ...lane, items: lane.items.filter((it) => it.id !== item.id) };
  const isUnknown = context.isUnseen === true && item.isUnknown;
  const kept: OutboxItem = { ...item, state: 'attention', isUnknown, problem };
  return revalidateAfter(isDone ? rest : { ...rest, items: [...rest.items, kept] }, item, context);
}

/** Ids of new visits are made up at random here: one that is there already is of an earlier sending under other numbers. */
function isOwnVisit({ command }: OutboxItem, { code }: AttentionProblem): boolean {
  return command.type === 'createVisit' && code === 'already_exists';
}

function isAlreadyThere(item: OutboxItem, context: SettleContext): boolean {
  const answer = context.revalidate(item);
  return !answer.ok && answer.code === 'nothing_to_change';
}

function revalidateAfter(lane: OutboxLane, failed: OutboxItem, context: SettleContext): OutboxLane {
  const next = lane.items.find((it) => it.state === 'queued' && it.after === failed.id);
  if (!next) return lane;
  // Already on its way: its own outcome follows.
  if (next.isSent) return withItem(lane, next.id, { after: null });
  const answer = context.revalidate(next);
  if (answer.ok) {
    const expectedVersion = next.expectedVersion === null ? null : answer.version;
    return withItem(lane, next.id, { after: null, expectedVersion });
  }
  const problem = problemOf(
    { outcome: 'rejected', n: next.n, code: answer.code, title: problems[answer.code].title, details: {} },
    answer.code,
  );
  return refused(leaveLine(lane, next.id, context.freshClientId()), next, problem, context);
}

/**
 * The server expects another number: it has lost some of ours (a failover without its tail), or we have left
 * a hole. Applied items it no longer knows go back into the line; everything from there is renumbered when
 * no answer is outstanding, and moves to a fresh identity when one is.
 */
function holdAt(lane: OutboxLane, at: OutboxItem, hold: HoldOutcome, context: SettleContext): OutboxLane {
  const { expectedN } = hold;
  if (hold.code === 'outcome_unknown') return withItem(lane, at.id, { isUnknown: true });
  if (hold.code !== 'sequence_gap' || expectedN === null) return lane;
  const isOpen = (it: OutboxItem) =>
    it.clientId === at.clientId && (it.state === 'queued' || (it.state === 'applied' && it.n >= expectedN));
  const open = lane.items.filter(isOpen);
  const reopened = reopen(lane, (it) => open.includes(it));
  const items = reopened.items.filter((it) => open.some((o) => o.id === it.id));
  const isContiguous = items.every((it, index) => it.n === expectedN + index);
  if (isContiguous) return reopened;
  const isSafe = at.clientId === lane.clientId && items.every((it) => !it.isUnknown && it.n >= expectedN);
  return isSafe
    ? renumber(reopened, items, expectedN)
    : moveToIdentity(reopened, items, context.freshClientId());
}

/**
 * The server's history is not the one that answered us: every retained item is sent again under its old
 * number. A server that still knows it answers `duplicate`; one that lost it applies it again, under its
 * precondition.
 */
export function resubmitRetained(lane: OutboxLane): OutboxLane {
  return reopen(lane, (item) => item.state === 'applied');
}

/**
 * Puts items back into the line. A step that named the version an earlier one of them made is tied to that one
 * again: carried out anew, it makes another version, and the step must not fail for that.
 */
function reopen(lane: OutboxLane, isMeant: (item: OutboxItem) => boolean): OutboxLane {
  const tied = lane.items.map((item) => ({ ...item, after: item.after ?? makerOf(lane, item)?.id ?? null }));
  const items = tied.map((item, at) => {
    const former = lane.items[at];
    return former && isMeant(former) ? { ...item, state: 'queued' as const, seq: null, epoch: null } : item;
  });
  return { ...lane, items };
}

/** The earlier step of this lane whose outcome made the version that this item expects. */
function makerOf(lane: OutboxLane, item: OutboxItem): OutboxItem | undefined {
  const target = targetOf(item.command);
  if (target === null || item.expectedVersion === null) return undefined;
  return lane.items.find(
    ({ id, state, seq, touches }) =>
      id !== item.id && state === 'applied' && seq === item.expectedVersion && touches.includes(target),
  );
}

/** Drops applied items that are durable, or whose outcome had no position. */
export function dropDurable(lane: OutboxLane, position: { epoch: string; durableSeq: number }): OutboxLane {
  const isDurable = (item: OutboxItem) =>
    item.state === 'applied' &&
    (item.seq === null || (item.epoch === position.epoch && item.seq <= position.durableSeq));
  return lane.items.some(isDurable) ? { ...lane, items: lane.items.filter((it) => !isDurable(it)) } : lane;
}
