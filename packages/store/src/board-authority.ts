/**
 * Makes commands true on one board: decide on memory, commit under the versions that the decision read, and
 * when one of them has changed meanwhile, catch up and decide again.
 */
import { randomBytes } from 'node:crypto';
import type { CommandEnvelope, CommandOutcome, EntityId, Fault } from '@workflow-bolt/contracts';
import type { AuditMark } from './audit-trail.ts';
import { emptyPosition } from './board-log.ts';
import type { BoardReplica } from './board-replica.ts';
import {
  appliedOutcome,
  faultOutcome,
  holdOutcome,
  isHold,
  refusedOutcome,
  settledOutcome,
} from './command-outcome.ts';
import { type CommitGuard, GuardBroken } from './commit-guard.ts';
import type { CommitSender } from './commit-sender.ts';
import type { FunctionCall } from './function-call.ts';
import { type CommitReply, commitCall } from './generated/function-calls.generated.ts';
import { type Plan, planCommit, type Submitter } from './plan-commit.ts';
import type { RedisClock } from './redis-clock.ts';
import { faultOf, isFunctionMissing } from './redis-failure.ts';
import { commandTimeoutMs } from './redis-options.ts';
import type { BatchReply, Doorbell } from './redis-port.ts';
import { type SealedPlan, sealPlan, withPlainHash, writtenBy } from './seal-plan.ts';

/** Each lost round means another commit won; eight in a row is a storm, and the sender should wait. */
const triesMax = 8;
/** Commands decided together before the first is known to hold. */
const pipelineMax = 50;

export type AuthorityParts = {
  replica: BoardReplica;
  sender: CommitSender;
  clock: RedisClock;
  doorbell: Doorbell;
  /** Called with each position of ours that Redis has made durable. */
  onDurable: (seq: number) => void;
  /** Called when the function library is missing, so that it can be loaded again. */
  onFunctionMissing: () => void;
  /** Called after a commit of ours that changed who a patient is. */
  onPatients: () => void;
};
export type SubmitOptions = {
  /** Epoch ms on Redis's clock after which the command must not run; default one command timeout from now. */
  deadlineMs?: number;
  /** What else the command is given on; null or absent where nothing else can change. */
  guard?: CommitGuard | null;
  /** By which request, for the record. */
  mark?: AuditMark;
};

type Sealing = { ok: true; plans: SealedPlan[] } | { ok: false; fault: Fault };

export class BoardAuthority {
  readonly #parts: AuthorityParts;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  /** Carries out one command. Throws GuardBroken and Fault `internal` only; every other trouble is an outcome. */
  async submit(
    envelope: CommandEnvelope,
    by: Submitter,
    options: SubmitOptions = {},
  ): Promise<CommandOutcome> {
    for (let tries = 0; tries < triesMax; tries++) {
      const plan = this.#plan(envelope, by);
      const sealing = await this.#seal([plan]);
      if (!sealing.ok) return this.#failed(envelope.n, sealing.fault);
      const [sealed = null] = sealing.plans;
      const [reply] = await this.#send(sealing.plans, options);
      const outcome = sealed && (await this.#settle(sealed, reply, options));
      if (outcome) return outcome;
    }
    return holdOutcome(envelope.n, 'too_many_requests');
  }

  /**
   * Carries out commands in order and stops at the first that is held; outcomes end there. Commands that touch
   * different entities travel together.
   */
  async submitMany(
    envelopes: readonly CommandEnvelope[],
    by: Submitter,
    options: SubmitOptions = {},
  ): Promise<CommandOutcome[]> {
    const outcomes: CommandOutcome[] = [];
    while (outcomes.length < envelopes.length) {
      const planned = this.#planTogether(envelopes.slice(outcomes.length), by);
      const sealing = await this.#seal(planned);
      if (!sealing.ok) return [...outcomes, this.#failed(planned[0]?.envelope.n ?? 0, sealing.fault)];
      const { plans } = sealing;
      const replies = await this.#send(plans, options);
      for (const [i, plan] of plans.entries()) {
        const outcome = await this.#settle(plan, replies[i], options);
        const final = outcome ?? (await this.submit(plan.envelope, by, options));
        outcomes.push(final);
        if (isHold(final)) return outcomes;
        // The rest of the batch met a gap behind the one that was decided again.
        if (!outcome) break;
      }
    }
    return outcomes;
  }

  #plan(envelope: CommandEnvelope, by: Submitter): Plan {
    const { replica, clock } = this.#parts;
    const { board, state, position: at } = replica;
    return planCommit({ board, state, at, envelope, now: clock.now() }, by);
  }

  /** Plans from the front on as long as none depends on what an earlier one of them writes. */
  #planTogether(envelopes: readonly CommandEnvelope[], by: Submitter): Plan[] {
    const written = new Set<EntityId>();
    const plans: Plan[] = [];
    for (const envelope of envelopes.slice(0, pipelineMax)) {
      const plan = this.#plan(envelope, by);
      if (plan.preconditions.some(([id]) => written.has(id))) break;
      plans.push(plan);
      for (const id of plan.applied?.changes.keys() ?? []) written.add(id);
    }
    return plans;
  }

  /**
   * Seals plans. Keys for records that have none yet are kept before they are used; mostly there are enough, and nobody
   * waits. Others take keys while we wait, so it is asked again, and nothing lies between the last answer and the use.
   */
  async #seal(plans: readonly Plan[]): Promise<Sealing> {
    const { codec } = this.#parts.replica;
    const ids = writtenBy(plans);
    try {
      for (let making = codec.reserve(ids); making !== null; making = codec.reserve(ids)) await making;
    } catch (error) {
      return { ok: false, fault: faultOf(error) };
    }
    return { ok: true, plans: plans.map((plan) => sealPlan(plan, codec)) };
  }

  /** Sends what was decided; the replica knows it meanwhile, should the doorbell ring before the reply is here. */
  async #send(plans: readonly SealedPlan[], options: SubmitOptions): Promise<BatchReply<CommitReply>[]> {
    const { replica, sender } = this.#parts;
    for (const { frameText, applied } of plans) if (applied) replica.expect(frameText, applied);
    try {
      return await sender.send(plans.map((plan) => this.#call(plan, options)));
    } finally {
      for (const { frameText } of plans) replica.forget(frameText);
    }
  }

  #call(plan: SealedPlan, options: SubmitOptions): FunctionCall<CommitReply> {
    const { replica, clock, doorbell } = this.#parts;
    const { keys } = replica;
    const { envelope, at: position } = plan;
    const isNew = position.epoch === emptyPosition.epoch;
    return commitCall(
      { ...keys, idem: keys.idem(envelope.clientId), guards: options.guard?.keys ?? [] },
      {
        doorbell,
        channel: keys.channel,
        deadlineMs: options.deadlineMs ?? clock.now() + commandTimeoutMs,
        n: envelope.n,
        paramHash: plan.paramHash,
        epoch: isNew ? '' : position.epoch,
        // Read only where the board is new; random bytes cost a tenth of a commit.
        newEpoch: isNew ? randomBytes(16).toString('hex') : '',
        seqSeen: position.seq,
        chainSeen: isNew ? '' : position.chain,
        code: plan.code,
        outcome: plan.outcome,
        frame: plan.frameText,
        audit: plan.audit,
        ids: plan.preconditions.map(([id]) => id),
        versions: plan.preconditions.map(([, v]) => String(v)),
        writes: plan.writes,
        intents: [],
        seen: options.guard?.seen ?? [],
      },
    );
  }

  /** The outcome, or null when the board moved on and the command must be decided again. */
  async #settle(
    plan: SealedPlan,
    reply: BatchReply<CommitReply> | undefined,
    { guard }: SubmitOptions,
  ): Promise<CommandOutcome | null> {
    const { n } = plan.envelope;
    if (!reply?.ok) {
      const fault = faultOf(reply?.error ?? new Error('no reply'));
      if (fault.code === 'outcome_unknown') guard?.spend();
      return this.#failed(n, fault);
    }
    if (reply.reply.status === 'unguarded') {
      // What came before it in the request is true and must be told; this one is asked for again, and judged anew.
      if (guard?.isSpent) return holdOutcome(n, 'outcome_unknown');
      throw new GuardBroken();
    }
    const isOther = reply.reply.status === 'mismatch';
    const settled = settledOutcome(n, isOther ? await this.#mismatched(plan, reply.reply) : reply.reply);
    if (settled || reply.reply.status === 'committed' || reply.reply.status === 'refused') guard?.spend();
    if (settled) return settled;
    if (reply.reply.status === 'committed') return this.#committed(plan, reply.reply);
    if (reply.reply.status === 'refused' && plan.refusal) {
      return refusedOutcome(this.#parts.replica, plan.envelope, plan.refusal);
    }
    try {
      await this.#parts.replica.catchUp();
      return null;
    } catch (error) {
      return this.#failed(n, faultOf(error), 'store_unavailable');
    }
  }

  /** A command first sent before boards were sealed is known by its unkeyed hash; asking by it changes nothing. */
  async #mismatched(plan: SealedPlan, reply: CommitReply): Promise<CommitReply> {
    const before = withPlainHash(plan);
    if (before.paramHash === plan.paramHash) return reply;
    const [again] = await this.#parts.sender.send([this.#call(before, {})]);
    return again?.ok && again.reply.status === 'duplicate' ? again.reply : reply;
  }

  async #committed(
    plan: SealedPlan,
    reply: Extract<CommitReply, { status: 'committed' }>,
  ): Promise<CommandOutcome | null> {
    if (!plan.applied) return null;
    const { frame, changes } = plan.applied;
    const { frameText } = plan;
    const { epoch, seq, chain, id, t } = reply;
    // A failure to follow does not undo the commit; the position check repairs this copy.
    await this.#parts.replica
      .take({ epoch, seq, chain, id, t }, frameText, { frame, changes })
      .catch(() => {});
    this.#parts.onDurable(seq);
    if ([...changes.keys()].some((id) => id.startsWith('p:'))) this.#parts.onPatients();
    return appliedOutcome(plan.envelope, seq, frame.events.length);
  }

  #failed(n: number, fault: Fault, code = fault.code): CommandOutcome {
    if (isFunctionMissing(fault.cause)) this.#parts.onFunctionMissing();
    return fault.code === 'internal' ? faultOutcome(n, fault) : holdOutcome(n, code);
  }
}
