/** After a flush, further changes within this time share the next one. */
const batchMs = 8;
/** The same when the process is busy: fewer, larger writes. */
const busyBatchMs = 25;
/** Lateness of a timer that counts as busy. */
const busyLagMs = 20;

/**
 * Decides when to flush: the first change of a quiet board at once, what follows within some milliseconds together.
 */
export class Batching {
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isDirty = false;
  #isBusy = false;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** There is something to flush. */
  mark(): void {
    this.#isDirty = true;
    if (!this.#timer) this.#flushNow();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #flushNow(): void {
    this.#isDirty = false;
    const waitMs = this.#isBusy ? busyBatchMs : batchMs;
    const dueAt = performance.now() + waitMs;
    this.#timer = setTimeout(() => this.#cooled(dueAt), waitMs);
    this.#flush();
  }

  #cooled(dueAt: number): void {
    this.#timer = null;
    this.#isBusy = performance.now() - dueAt > busyLagMs;
    if (this.#isDirty) this.#flushNow();
  }
}
