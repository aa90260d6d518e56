/** The latest entries of a board in memory, so that a reconnect storm asks Redis nothing. */
import type { BoardEntry } from './board-log.ts';

/** A replay longer than this is dearer than a snapshot (board-stream 3.4). */
export const replayEntriesMax = 500;
export const replayBytesMax = 256 * 1024;

export type Place = { seq: number; chain: string };

/** Holds the last entries, contiguous, oldest first; memory is bounded by their number. */
export class BoardRing {
  readonly #entries: BoardEntry[] = [];
  readonly #bytes = new WeakMap<BoardEntry, number>();
  /** The place before the oldest entry: a reader that stands there can be served too. */
  #base: Place;

  constructor(base: Place) {
    this.#base = base;
  }

  /** Forgets everything; the next entry follows `base`. */
  restart(base: Place): void {
    this.#entries.length = 0;
    this.#base = base;
  }

  /** Adds the next entry. Throws RangeError when it does not follow the last: the ring must have no hole. */
  push(entry: BoardEntry): void {
    const { seq } = this.#entries.at(-1) ?? this.#base;
    if (entry.p !== seq) throw new RangeError(`entry ${entry.seq} does not follow ${seq}`);
    this.#entries.push(entry);
    if (this.#entries.length > replayEntriesMax) this.#base = this.#entries.shift() ?? this.#base;
  }

  /**
   * Chain at `seq`, or null when the ring does not know it. An entry of several commits knows only its end.
   */
  chainAt(seq: number): string | null {
    if (seq === this.#base.seq) return this.#base.chain;
    return this.#entries.find((entry) => entry.seq === seq)?.chain ?? null;
  }

  /** Entries after `seq`; null when the ring does not reach back to exactly there. */
  after(seq: number): readonly BoardEntry[] | null {
    const at = this.#entries.findIndex((entry) => entry.p === seq);
    return at < 0 ? null : this.#entries.slice(at);
  }

  /** The last entry that changed this entity, if it is recent. */
  lastChangeOf(id: string): BoardEntry | null {
    return this.#entries.findLast((entry) => entry.changes.some((change) => change.id === id)) ?? null;
  }

  /** Bytes of these entries' changes as JSON; each is measured once. */
  bytesOf(entries: readonly BoardEntry[]): number {
    let total = 0;
    for (const entry of entries) {
      const bytes = this.#bytes.get(entry) ?? Buffer.byteLength(JSON.stringify(entry.changes));
      this.#bytes.set(entry, bytes);
      total += bytes;
    }
    return total;
  }
}
