/** Tries the EHR when its breaker lets somebody try, so that recovery needs no user and no job. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BreakerState } from '@workflow-bolt/contracts';
import type { EhrResult } from '@workflow-bolt/ehr';

export type HealthProbeParts = {
  /** The reading breaker, as last known. */
  state: () => BreakerState;
  refresh: () => Promise<void>;
  /** A cheap call that needs the account's credentials; passes gate and breaker like any other. */
  call: (signal: AbortSignal) => Promise<EhrResult<unknown>>;
  everyMs?: number;
  random?: () => number;
};

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
