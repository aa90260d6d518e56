/** Tries the EHR when its breaker lets somebody try, so that recovery needs no user and no job. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Breaker, BreakerState } from '@workflow-bolt/contracts';
import type { EhrResult } from '@workflow-bolt/ehr';

export type HealthProbeParts = {
  /** The breaker, as last known. */
  state: () => BreakerState;
  /** Whether it is for a probe to try a half-open one; it always is unless given. */
  isDue?: () => boolean;
  refresh: () => Promise<void>;
  /** A cheap call that needs the account's credentials; passes gate and breaker like any other. */
  call: (signal: AbortSignal) => Promise<EhrResult<unknown>>;
  everyMs?: number;
  random?: () => number;
};

/** Twice as long as a write that waits is put off at most: what the clinic owes the EHR goes first. */
export const writesIdleMs = 30_000;

/**
 * Whether nobody tries the writing lane although it may be tried: nothing waits to be written, or nothing that may be
 * sent. A read in its place proves the way and the account; while reads fail themselves there is nothing to prove.
 */
export function isWritesTrialDue(
  { reads, writes }: { reads: Breaker; writes: Breaker },
  { now, idleMs = writesIdleMs }: { now: number; idleMs?: number },
): boolean {
  const isReading = reads.state === 'closed' || reads.state === 'forced_closed';
  if (!isReading || writes.state !== 'half_open' || writes.permits > 0) return false;
  return now - (writes.till ?? writes.since ?? now) >= idleMs;
}

const everyMsDefault = 1_000;
/** More than any permits there are. */
const callsMax = 5;

export class HealthProbe {
  readonly #parts: HealthProbeParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(parts: HealthProbeParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends a call under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Calls as long as the breaker is half open and the calls succeed. */
  async probe(): Promise<void> {
    if (this.#parts.isDue && !this.#parts.isDue()) return;
    for (let n = 0; n < callsMax && this.#parts.state() === 'half_open'; n += 1) {
      const result = await this.#parts.call(this.#stop.signal);
      await this.#parts.refresh();
      if (!result.ok) return;
    }
  }

  async #run(): Promise<void> {
    const { everyMs = everyMsDefault, random = Math.random } = this.#parts;
    while (!this.#stop.signal.aborted) {
      // Workers must not all ask in the same instant.
      const waitMs = everyMs * (0.5 + random());
      await sleep(waitMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
      if (!this.#stop.signal.aborted) await this.probe();
    }
  }
}
