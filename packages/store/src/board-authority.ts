/**
 * Makes commands true on one board: decide on memory, commit under the versions that the decision read, and
 * when one of them has changed meanwhile, catch up and decide again.
 */
import { randomBytes } from 'node:crypto';
import type { CommandEnvelope, CommandOutcome, EntityId, Fault } from '@workflow-bolt/contracts';
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
import type { CommitSender } from './commit-sender.ts';
import type { FunctionCall } from './function-call.ts';
import { type CommitReply, commitCall } from './generated/function-calls.generated.ts';
import { type Plan, planCommit, type Submitter } from './plan-commit.ts';
import type { RedisClock } from './redis-clock.ts';
import { faultOf, isFunctionMissing } from './redis-failure.ts';
import { commandTimeoutMs } from './redis-options.ts';
import type { BatchReply, Doorbell } from './redis-port.ts';

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
};
export type SubmitOptions = {
  /** Epoch ms on Redis's clock after which the command must not run; default one command timeout from now. */
  deadlineMs?: number;
};

export class BoardAuthority {
  readonly #parts: AuthorityParts;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
  }

  /** Carries out one command. Throws Fault `internal` only; every other trouble is an outcome. */
  async submit(
    envelope: CommandEnvelope,
    by: Submitter,
    options: SubmitOptions = {},
  ): Promise<CommandOutcome> {
    for (let tries = 0; tries < triesMax; tries++) {
      const plan = this.#plan(envelope, by);
      const [reply] = await this.#send([plan], options);
      const outcome = await this.#settle(plan, reply);
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
      const plans = this.#planTogether(envelopes.slice(outcomes.length), by);
      const replies = await this.#send(plans, options);
      for (const [i, plan] of plans.entries()) {
        const outcome = await this.#settle(plan, replies[i]);
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
    return planCommit({ board: replica.board, state: replica.state, envelope, now: clock.now() }, by);
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

  /** Sends what was decided; the replica knows it meanwhile, should the doorbell ring before the reply is here. */
  async #send(plans: readonly Plan[], options: SubmitOptions): Promise<BatchReply<CommitReply>[]> {
    const { replica, sender } = this.#parts;
    const applied = plans.flatMap((plan) => plan.applied ?? []);
    for (const one of applied) replica.expect(one.frameText, one);
    try {
      return await sender.send(plans.map((plan) => this.#call(plan, options)));
    } finally {
      for (const one of applied) replica.forget(one.frameText);
    }
  }

  #call(plan: Plan, options: SubmitOptions): FunctionCall<CommitReply> {
    const { replica, clock, doorbell } = this.#parts;
    const { keys, position } = replica;
    const { applied, envelope } = plan;
    const isNew = position.epoch === emptyPosition.epoch;
    return commitCall(
      { ...keys, idem: keys.idem(envelope.clientId) },
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
        frame: applied?.frameText ?? '',
        audit: plan.audit,
        ids: plan.preconditions.map(([id]) => id),
        versions: plan.preconditions.map(([, v]) => String(v)),
        writes: [...(applied?.changes ?? [])].map(
          ([id, d]) => [id, d === null ? '' : JSON.stringify(d)] as const,
        ),
        intents: [],
      },
    );
  }

  /** The outcome, or null when the board moved on and the command must be decided again. */
  async #settle(plan: Plan, reply: BatchReply<CommitReply> | undefined): Promise<CommandOutcome | null> {
    const { n } = plan.envelope;
    if (!reply?.ok) return this.#failed(n, faultOf(reply?.error ?? new Error('no reply')));
    const settled = settledOutcome(n, reply.reply);
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

  async #committed(
    plan: Plan,
    reply: Extract<CommitReply, { status: 'committed' }>,
  ): Promise<CommandOutcome | null> {
    if (!plan.applied) return null;
    const { frame, frameText, changes } = plan.applied;
    const { epoch, seq, chain, id, t } = reply;
    // A failure to follow does not undo the commit; the position check repairs this copy.
    await this.#parts.replica
      .take({ epoch, seq, chain, id, t }, frameText, { frame, changes })
      .catch(() => {});
    this.#parts.onDurable(seq);
    return appliedOutcome(plan.envelope, seq, frame.events.length);
  }

  #failed(n: number, fault: Fault, code = fault.code): CommandOutcome {
    if (isFunctionMissing(fault.cause)) this.#parts.onFunctionMissing();
    return fault.code === 'internal' ? faultOutcome(n, fault) : holdOutcome(n, code);
  }
}
