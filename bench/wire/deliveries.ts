type Waiting = { left: number; resolve: (at: number) => void };

/** Which client has applied which commit, and when the last one had. Positions count from `base`. */
export class Deliveries {
  readonly #clients: number;
  readonly #base: number;
  /** One byte per client and commit: many clients are written to within a millisecond, so no maps here. */
  readonly #has: Uint8Array[] = [];
  readonly #waiting = new Map<number, Waiting>();
  readonly #appliedAt = new Map<number, number>();
  readonly #last: Float64Array;
  /** Deliveries so far, each pair of client and commit once. */
  count = 0;

  constructor(clients: number, base: number) {
    this.#clients = clients;
    this.#base = base;
    this.#last = new Float64Array(clients).fill(base);
  }

  /** The client shows everything up to `seq`: what a frame without a gap, or a snapshot, means. */
  upTo(client: number, seq: number, at: number): void {
    for (let s = (this.#last[client] ?? seq) + 1; s <= seq; s += 1) this.one(client, s, at);
  }

  /** The client got exactly this commit. */
  one(client: number, seq: number, at: number): void {
    const row = this.#rowOf(seq);
    if (!row || row[client] === 1) return;
    row[client] = 1;
    this.count += 1;
    this.#last[client] = Math.max(this.#last[client] ?? 0, seq);
    const waiting = this.#waitingFor(seq);
    waiting.left -= 1;
    if (waiting.left > 0) return;
    this.#appliedAt.set(seq, at);
    waiting.resolve(at);
  }

  /** When the last client had applied it; may be asked before or after. */
  applied(seq: number): Promise<number> {
    const at = this.#appliedAt.get(seq);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => {
      this.#waitingFor(seq).resolve = resolve;
    });
  }

  /** Position of the client's newest commit. */
  lastOf(client: number): number {
    return this.#last[client] ?? this.#base;
  }

  #rowOf(seq: number): Uint8Array | undefined {
    const index = seq - this.#base - 1;
    if (index < 0) return undefined;
    while (this.#has.length <= index) this.#has.push(new Uint8Array(this.#clients));
    return this.#has[index];
  }

  #waitingFor(seq: number): Waiting {
    const known = this.#waiting.get(seq);
    if (known) return known;
    const fresh = { left: this.#clients, resolve: () => {} };
    this.#waiting.set(seq, fresh);
    return fresh;
  }
}
