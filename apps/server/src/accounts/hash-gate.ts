import { ProblemError } from '../http/problem-answer.ts';

/**
 * Bounds how many password hashes are computed at once, and how many wait: each takes tens of megabytes and a whole
 * core, and without a bound a flood of sign-ins would starve the board. Whoever finds the queue full is told so at
 * once (`sign_in_busy`), before anything was counted against him.
 */
export class HashGate {
  readonly #running: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #active = 0;

  constructor({ running, waiting }: { running: number; waiting: number }) {
    this.#running = running;
    this.#waiting = waiting;
  }

  get isFull(): boolean {
    return this.#active >= this.#running && this.#queue.length >= this.#waiting;
  }

  /** Runs the work in turn. Throws `sign_in_busy` when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) throw new ProblemError('sign_in_busy');
    if (this.#active >= this.#running) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#active += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody who comes later overtakes.
      const next = this.#queue.shift();
      if (next) next();
      else this.#active -= 1;
    }
  }
}
