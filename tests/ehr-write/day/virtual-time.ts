/** Time that passes only while everybody sleeps: a working day in a second, and the same one in every run. */
import { setImmediate as turn } from 'node:timers/promises';

type Sleeper = { at: number; n: number; wake: () => void };

export class VirtualTime {
  #now: number;
  #count = 0;
  #outside = 0;
  readonly #sleepers: Sleeper[] = [];
  #onInside: (() => void) | null = null;

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  /** Epoch ms. */
  get now(): number {
    return this.#now;
  }

  /** Resolves when that many ms have passed here; rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + Math.max(0, ms), n: ++this.#count, wake: resolve };
      const later = this.#sleepers.findIndex(({ at }) => at > sleeper.at);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
      signal?.addEventListener('abort', () => {
        const at = this.#sleepers.indexOf(sleeper);
        if (at >= 0) this.#sleepers.splice(at, 1);
        reject(signal.reason);
      });
    });
  }

  /** Real work, such as an exchange with another server: no time passes here meanwhile. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#outside += 1;
    try {
      return await work();
    } finally {
      this.#outside -= 1;
      if (this.#outside === 0) this.#onInside?.();
    }
  }

  /** Lets time pass until the work is done. Throws when everybody waits for somebody who never comes. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    for (await this.#calm(); !isOver; await this.#calm()) {
      const next = this.#sleepers.shift();
      if (!next) throw new Error('Everybody waits, and nobody sleeps.');
      this.#now = next.at;
      next.wake();
    }
    return work;
  }

  /** Resolves when nobody can do anything without time passing. */
  async #calm(): Promise<void> {
    do {
      if (this.#outside > 0) {
        const inside = Promise.withResolvers<void>();
        this.#onInside = inside.resolve;
        await inside.promise;
      }
      await turn();
    } while (this.#outside > 0);
  }
}
