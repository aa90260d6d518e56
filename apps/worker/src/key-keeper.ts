/** Renews and sweeps keys once a day, and soon after a start: what a killed sweep left is then finished. */
import { keepAllKeys, type Vault } from '@workflow-bolt/store';
import type { Logger } from 'pino';

const everyMs = 86_400_000;
/** Not in the first minute: a start has more urgent work, and a crash loop must not sweep. */
const firstMs = 120_000;

export class KeyKeeper {
  readonly #vault: Vault;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(vault: Vault, log: Logger) {
    this.#vault = vault;
    this.#log = log;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#round(), firstMs).unref();
  }

  /** Ends between two keys; the next process goes on from there. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  /** One round, now. Never throws: keys that cannot be kept today are kept tomorrow, and the log says so. */
  async keep(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (const done of await keepAllKeys(this.#vault.hierarchy, { signal }))
        this.#log.info({ ...done, sweep: { ...done.sweep } }, 'keys kept');
    } catch (error) {
      if (!signal.aborted) this.#log.warn({ errorName: (error as Error).name }, 'keys were not kept');
    }
  }

  #round(): void {
    this.#running = this.keep();
    this.#timer = setTimeout(() => this.#round(), everyMs).unref();
  }
}
