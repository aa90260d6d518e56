/** Client to server, or server to client. */
export type Direction = 'up' | 'down';

interface Directed {
  /** Default: both. */
  readonly direction?: Direction;
}

/**
 * The ways a network can be bad, in the vocabulary of Toxiproxy. All may be added and removed while connections live.
 *
 * - `latency`: each chunk arrives `latencyMs` ± `jitterMs` later; order is kept, throughput is not reduced.
 * - `bandwidth`: at most so many bytes a second.
 * - `slicer`: chunks of at most `sizeBytes`, `delayMs` apart: finds parsers that take a chunk for a message.
 * - `timeout`: silence. Bytes are held, as a network that drops packets makes TCP hold and resend them, and flow when
 *   the toxic is removed; with `resetAfterMs` the connection is reset instead. Limit: the kernel still accepts new
 *   connections, so a connect succeeds where a true partition would let it hang.
 * - `reset_peer`: RST to both sides, `afterMs` after the toxic was added or the connection was made.
 * - `slow_close`: the end of the stream is passed on `delayMs` later.
 * - `limit_data`: the connection is closed after so many bytes in a direction: half a frame, half a reply.
 * - `drop_reply`: the operation with an unknown outcome. A request that contains `match` (any request when absent)
 *   goes through, the server answers, the answer is thrown away and the connection reset. Happens `times` times
 *   (default 1). The cut comes with the first byte of an answer after the match; on a pipelined connection that may be
 *   the answer to an earlier request, so give `settleMs` to let the server finish the matched one before the cut.
 *   `match` must lie within one chunk, which holds for requests below about 16 KB.
 */
export type Toxic =
  | ({ readonly kind: 'latency'; readonly latencyMs: number; readonly jitterMs?: number } & Directed)
  | ({ readonly kind: 'bandwidth'; readonly bytesPerSecond: number } & Directed)
  | ({ readonly kind: 'slicer'; readonly sizeBytes: number; readonly delayMs?: number } & Directed)
  | ({ readonly kind: 'timeout'; readonly resetAfterMs?: number } & Directed)
  | { readonly kind: 'reset_peer'; readonly afterMs?: number }
  | { readonly kind: 'slow_close'; readonly delayMs: number }
  | ({ readonly kind: 'limit_data'; readonly bytes: number } & Directed)
  | {
      readonly kind: 'drop_reply';
      readonly match?: string;
      readonly times?: number;
      readonly settleMs?: number;
    };

export type ToxicKind = Toxic['kind'];
export type ToxicOf<K extends ToxicKind> = Extract<Toxic, { kind: K }>;

/** The toxics in force, and a way to wait for the next change of them. */
export class ToxicSet {
  readonly #toxics = new Set<Toxic>();
  readonly #listeners = new Set<() => void>();

  /** Put a toxic in force. The function returned takes it out again. */
  add(toxic: Toxic): () => void {
    // A copy, so that adding one object twice gives two toxics.
    const own = { ...toxic };
    this.#toxics.add(own);
    this.#announce();
    return () => {
      if (this.#toxics.delete(own)) this.#announce();
    };
  }

  clear(): void {
    this.#toxics.clear();
    this.#announce();
  }

  list<K extends ToxicKind>(kind: K, direction?: Direction): ToxicOf<K>[] {
    const isMeant = (toxic: Toxic): toxic is ToxicOf<K> => {
      const only = 'direction' in toxic ? toxic.direction : undefined;
      return toxic.kind === kind && (only === undefined || direction === undefined || only === direction);
    };
    return [...this.#toxics].filter(isMeant);
  }

  /** Call on every change; the function returned stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
