/**
 * Gate and breaker of the EHR account, shared by all workers through Redis: one round trip before a call, none that
 * the call waits for after it. While Redis is away each worker goes on alone and slower; it never goes on unguarded.
 */
import { randomUUID } from 'node:crypto';
import type { EhrLane } from '@workflow-bolt/contracts';
import {
  BreakerOpen,
  breakerVerdict,
  type CallClock,
  type CallGaps,
  type CallGuard,
  type CallPermit,
  createLocalGuard,
  type EhrFailure,
  type EhrOperation,
  GateFull,
  isEhrWrite,
  systemClock,
  throttleWaitMs,
} from '@workflow-bolt/ehr';
import type { EhrLink, TurnAsk } from '@workflow-bolt/store';
import type { LinkWatch } from './link-watch.ts';

export type SharedGuardParts = {
  link: Pick<EhrLink, 'take' | 'end' | 'leave'>;
  watch: Pick<LinkWatch, 'denies' | 'note'>;
  gaps: CallGaps<EhrOperation>;
  /** A call ends within so many ms, so that a permit not reported by then is given back. */
  callMsMax: number;
  clock?: CallClock;
  onEvent?: (event: GuardEvent) => void;
};
/** For counting. `late`: a turn came back too late to be used. `away`: Redis did not answer. */
export type GuardEvent = {
  kind: 'granted' | 'denied' | 'full' | 'late' | 'away';
  lane: EhrLane;
  waitedMs: number;
};

/**
 * A turn is counted from Redis's moment of granting. One that took longer to arrive than this would be sent too close
 * to the next one: the margin of the gaps is 250 ms, and a call's own way to the vendor needs some of it.
 */
const lateMsMax = 150;
const lateTurnsMax = 20;
/** A process that stood still gives its permit back this much after the call's own deadline. */
const leaseSpareMs = 5_000;

export const laneOf = (operation: EhrOperation): EhrLane => (isEhrWrite(operation) ? 'writes' : 'reads');

type Wish = {
  operation: EhrOperation;
  lane: EhrLane;
  kind: TurnAsk['kind'];
  signal: AbortSignal | undefined;
};
type Told = { permit: string; gen: number; failure: EhrFailure | 'not-sent' | null; tookMs: number };

export class SharedGuard {
  readonly #parts: SharedGuardParts;
  readonly #clock: CallClock;
  /** Only while Redis is away: born with the loss, so that its first calls keep their distance. */
  #local: CallGuard<EhrOperation> | null = null;
  #awayAt = Number.NEGATIVE_INFINITY;
  readonly #reports = new Set<Promise<unknown>>();

  constructor(parts: SharedGuardParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /**
   * The guard for calls that somebody waits for, or for those that nobody does. With a lane, every call counts for that
   * one, also a read that is sent to try the writing lane.
   */
  for(kind: TurnAsk['kind'], lane?: EhrLane): CallGuard<EhrOperation> {
    return {
      acquire: (operation, signal) =>
        this.#acquire({ operation, lane: lane ?? laneOf(operation), kind, signal }),
    };
  }

  /** Waits for reports that are under way. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#reports);
  }

  async #acquire(wish: Wish): Promise<CallPermit> {
    const startedAt = this.#clock.now();
    for (let late = 0; late < lateTurnsMax; late += 1) {
      const permit = randomUUID();
      const turn = await this.#waitForTurn(wish, permit);
      if (turn === 'away') return this.#acquireAlone(wish, startedAt);
      const lateMs = this.#clock.now() - turn.askedAt;
      if (lateMs <= lateMsMax) {
        this.#tell('granted', wish, startedAt);
        return this.#permit(wish, permit, turn.gen);
      }
      this.#tell('late', wish, startedAt);
      this.#report(wish, { permit, gen: turn.gen, failure: notSent, tookMs: 0 });
    }
    throw new GateFull(`No turn for ${wish.operation} arrived in time.`);
  }

  /** Asks until the turn has come. Throws BreakerOpen, GateFull or the signal's reason. */
  async #waitForTurn(wish: Wish, permit: string): Promise<'away' | { gen: number; askedAt: number }> {
    let isInLine = false;
    try {
      for (;;) {
        wish.signal?.throwIfAborted();
        const askedAt = this.#clock.now();
        const reply = await this.#ask(wish, permit);
        if (reply === 'away') return reply;
        isInLine = reply.status === 'wait';
        if (reply.status === 'granted') return { gen: reply.gen, askedAt };
        if (reply.status === 'full') throw this.#refuse('full', wish, new GateFull('Too many wait.'));
        if (reply.status === 'denied')
          throw this.#refuse('denied', wish, new BreakerOpen(reply.state, reply.retryMs));
        await this.#clock.sleep(reply.ms, wish.signal);
      }
    } finally {
      if (isInLine) void this.#parts.link.leave(wish.operation, permit).catch(() => undefined);
    }
  }

  async #ask({ operation, lane, kind }: Wish, permit: string) {
    const { link, gaps, watch, callMsMax } = this.#parts;
    const gapMs = gaps.gapMs(operation);
    try {
      const reply = await link.take({
        ...{ operation, lane, permit, kind, gapMs, isLive: gaps.isLive(operation) },
        // Others may have called alone until Redis came back: one gap belongs to them.
        busyMs: Math.max(0, this.#awayAt + gapMs - this.#clock.now()),
        leaseMs: callMsMax + leaseSpareMs,
      });
      this.#local = null;
      if (reply.status === 'denied' || reply.status === 'granted') watch.note(lane, reply.state);
      return reply;
    } catch {
      this.#awayAt = this.#clock.now();
      return 'away';
    }
  }

  /** What was last known of the breaker still holds: a loss of Redis opens no closed door. */
  async #acquireAlone(wish: Wish, startedAt: number): Promise<CallPermit> {
    this.#tell('away', wish, startedAt);
    const denied = this.#parts.watch.denies(wish.lane);
    if (denied) throw this.#refuse('denied', wish, new BreakerOpen(denied.state, denied.retryMs));
    this.#local ??= createLocalGuard({ gapMs: this.#parts.gaps.gapMs, laneOf, clock: this.#clock });
    const permit = await this.#local.acquire(wish.operation, wish.signal);
    return {
      report: (failure, tookMs) => {
        this.#awayAt = this.#clock.now();
        permit.report(failure, tookMs);
      },
    };
  }

  #permit(wish: Wish, permit: string, gen: number): CallPermit {
    return { report: (failure, tookMs) => this.#report(wish, { permit, gen, failure, tookMs }) };
  }

  #report({ operation, lane }: Wish, { permit, gen, failure, tookMs }: Told): void {
    const outcome = failure === 'not-sent' ? 'ignored' : breakerVerdict(failure);
    const report = {
      operation,
      lane,
      permit,
      gen,
      outcome,
      tookMs,
      deferMs: this.#deferMs(operation, failure),
    };
    const work = this.#parts.link
      .end(report)
      .then((reply) => this.#parts.watch.note(lane, reply.state))
      // A report that is lost is one observation less; a permit that was meant is given back by time.
      .catch(() => undefined)
      .finally(() => this.#reports.delete(work));
    this.#reports.add(work);
  }

  #deferMs(operation: EhrOperation, failure: EhrFailure | 'not-sent' | null): number {
    if (failure === null || failure === 'not-sent' || failure.kind !== 'throttled') return 0;
    return throttleWaitMs(failure.intervalMs, this.#parts.gaps.gapMs(operation));
  }

  #refuse<Reason extends Error>(kind: 'denied' | 'full', wish: Wish, reason: Reason): Reason {
    this.#tell(kind, wish, this.#clock.now());
    return reason;
  }

  #tell(kind: GuardEvent['kind'], { lane }: Wish, startedAt: number): void {
    this.#parts.onEvent?.({ kind, lane, waitedMs: this.#clock.now() - startedAt });
  }
}

const notSent = 'not-sent';
