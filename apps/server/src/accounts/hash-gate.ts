import { ProblemError } from '../http/problem-answer.ts';

/** `known`: a browser, workstation or session that its owner has used before. Everybody else is a stranger. */
export type HashLane = 'known' | 'stranger';

/**
 * Bounds how many password hashes are computed at once, and how many wait: each takes tens of megabytes and a whole
 * core, and without a bound a flood of sign-ins would starve the board. Whoever finds the queue full is told so at
 * once (`sign_in_busy`), before anything was counted against him.
 *
 * Known browsers and strangers wait apart, the known ones first: nobody outside can keep a clinic's desks from
 * signing in or unlocking.
 */
export class HashGate {
  readonly #running: number;
  readonly #waiting: number;
  readonly #queues: Record<HashLane, (() => void)[]> = { known: [], stranger: [] };
  #active = 0;

  /** `running`: hashes at once; `waiting`: those who wait in each lane. */
  constructor({ running, waiting }: { running: number; waiting: number }) {
    this.#running = running;
    this.#waiting = waiting;
  }

  isFull(lane: HashLane): boolean {
    return this.#active >= this.#running && this.#queues[lane].length >= this.#waiting;
  }

  /** Runs the work in turn. Throws `sign_in_busy` when too many wait already. */
  async run<T>(lane: HashLane, work: () => Promise<T>): Promise<T> {
    if (this.isFull(lane)) throw new ProblemError('sign_in_busy');
    if (this.#active >= this.#running) await new Promise<void>((resolve) => this.#queues[lane].push(resolve));
    else this.#active += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody who comes later overtakes.
      const next = this.#queues.known.shift() ?? this.#queues.stranger.shift();
      if (next) next();
      else this.#active -= 1;
    }
  }
}
