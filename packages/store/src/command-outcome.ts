/** Words of `commit` as outcomes a client understands (board-stream 3.11). */
import {
  type CommandEnvelope,
  type CommandOutcome,
  type Entity,
  type EntityId,
  type Fault,
  type ProblemCode,
  problems,
  type Refusal,
} from '@workflow-bolt/contracts';
import { targetOf } from '@workflow-bolt/domain';
import type { BoardReplica } from './board-replica.ts';
import type { CommitReply } from './generated/function-calls.generated.ts';
import { eventIds } from './plan-commit.ts';

type Reply<S extends CommitReply['status']> = Extract<CommitReply, { status: S }>;
/** Soon, but not at once: whoever waits for it is a person who has just clicked. */
const retrySoonMs = 250;
const retryLaterMs = 2_000;

export function holdOutcome(n: number, code: ProblemCode, expectedN: number | null = null): CommandOutcome {
  const isSoon = code === 'outcome_unknown' || code === 'sequence_gap' || code === 'deadline_exceeded';
  return { outcome: 'hold', n, code, retryAfterMs: isSoon ? retrySoonMs : retryLaterMs, expectedN };
}

/** A fault of Redis leaves a command held; a broken invariant is no outcome and is thrown on. */
export function faultOutcome(n: number, fault: Fault): CommandOutcome {
  if (fault.code === 'internal') throw fault;
  return holdOutcome(n, fault.code);
}

export function rejectedOutcome(n: number, refusal: Refusal): CommandOutcome {
  const { code, details = {} } = refusal;
  return { outcome: 'rejected', n, code, title: problems[code].title, details };
}

export function appliedOutcome(envelope: CommandEnvelope, seq: number, numEvents: number): CommandOutcome {
  return { outcome: 'applied', n: envelope.n, seq, eventIds: eventIds(envelope, numEvents) };
}

/** What the first sending got: a position, or the code of its refusal. */
export function duplicateOutcome(n: number, reply: Reply<'duplicate'>): CommandOutcome {
  const stored = JSON.parse(reply.outcome) as { code?: ProblemCode };
  return { outcome: 'duplicate', n, seq: reply.seq || null, code: stored.code ?? null };
}

function currentOf(
  replica: BoardReplica,
  id: EntityId | null,
): { id: EntityId; v: number; d: Entity } | null {
  const found = id && replica.state.get(id);
  return found ? { id, ...found } : null;
}

/** A refusal as its sender sees it: conflicts carry the present state and who made it so, if that is recent. */
export function refusedOutcome(
  replica: BoardReplica,
  envelope: CommandEnvelope,
  refusal: Refusal,
): CommandOutcome {
  if (refusal.code !== 'version_conflict' && refusal.code !== 'already_exists') {
    return rejectedOutcome(envelope.n, refusal);
  }
  const current = currentOf(replica, targetOf(envelope.command));
  const last = current && replica.ring.lastChangeOf(current.id);
  const { n } = envelope;
  return {
    outcome: 'conflict',
    n,
    code: refusal.code,
    current,
    by: last?.frame?.actor ?? null,
    at: last?.t ?? null,
  };
}

/** Replies that end a command without a decision of ours; null for those that need one. */
export function settledOutcome(n: number, reply: CommitReply): CommandOutcome | null {
  switch (reply.status) {
    case 'duplicate':
      return duplicateOutcome(n, reply);
    case 'mismatch':
      return rejectedOutcome(n, { code: 'idempotency_mismatch', details: { lastN: reply.lmid } });
    case 'expired':
      return rejectedOutcome(n, { code: 'outcome_expired', details: { lastN: reply.lmid } });
    case 'gap':
      return holdOutcome(n, 'sequence_gap', reply.expected);
    case 'late':
      return holdOutcome(n, 'deadline_exceeded');
    case 'archived':
      return rejectedOutcome(n, { code: 'board_archived' });
    case 'upgrade':
      return holdOutcome(n, 'upgrade_required');
    default:
      return null;
  }
}

export function isHold(outcome: CommandOutcome): boolean {
  return outcome.outcome === 'hold';
}
