/** An estimate of Redis's clock that never steps back: every time on a board is judged by it. */

type Monotonic = () => number;

export class RedisClock {
  readonly #monotonic: Monotonic;
  /** Redis time minus our monotonic clock, in ms; null until the first answer. */
  #offset: number | null = null;
  #last = 0;

  /** `monotonic` counts milliseconds and never steps back; a test passes its own. */
  constructor(monotonic: Monotonic = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** Reads the start of a round trip, to be handed to `learn`. */
  mark(): number {
    return this.#monotonic();
  }

  /** Learns from an answer that carried Redis's time: it was read about half a round trip ago. */
  learn(redisMs: number, sentAt: number): void {
    const receivedAt = this.#monotonic();
    this.#offset = redisMs - (sentAt + (receivedAt - sentAt) / 2);
  }

  /** Epoch ms. A correction backwards makes it stand still for a while instead of stepping back. */
  now(): number {
    const estimate = this.#offset === null ? Date.now() : this.#monotonic() + this.#offset;
    this.#last = Math.max(this.#last, Math.round(estimate));
    return this.#last;
  }
}
