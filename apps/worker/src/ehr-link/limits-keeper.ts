/**
 * Asks the vendor for the account's limits: at the start, now and then, and when the EHR answers again. Until it has
 * told them the published ones hold.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EhrResult, EhrThrottle } from '@workflow-bolt/ehr';

export type LimitsKeeperParts = {
  /** Passes gate and breaker like any other call. */
  ask: (signal: AbortSignal) => Promise<EhrResult<readonly EhrThrottle[]>>;
  learn: (throttles: readonly EhrThrottle[]) => void;
  timing?: { everyMs: number; retryMs: number };
};

/** Limits are part of a contract: they change by the day, not by the minute. */
const everyMs = 21_600_000;
const retryMs = 300_000;
/** Several workers start at once, and the call has the longest gap of all. */
const patienceMs = 60_000;

export class LimitsKeeper {
  readonly #parts: LimitsKeeperParts;
  readonly #stop = new AbortController();
  #waiting = new AbortController();
  #running: Promise<void> | null = null;

  constructor(parts: LimitsKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Asks again now, unless it is asking. */
  hurry(): void {
    this.#waiting.abort();
  }

  /** Ends a question under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#waiting.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const timing = this.#parts.timing ?? { everyMs, retryMs };
    while (!this.#stop.signal.aborted) {
      const isTold = await this.#askOnce();
      if (this.#stop.signal.aborted) return;
      this.#waiting = new AbortController();
      const { signal } = this.#waiting;
      await sleep(isTold ? timing.everyMs : timing.retryMs, undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  async #askOnce(): Promise<boolean> {
    const told = await this.#parts.ask(AbortSignal.any([this.#stop.signal, AbortSignal.timeout(patienceMs)]));
    if (told.ok) this.#parts.learn(told.value);
    return told.ok;
  }
}
