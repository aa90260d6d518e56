import type { EntityId } from '@workflow-bolt/contracts';
import type { BoardView, EntityChanges, Versioned } from './board.ts';
import { addToDigest, type Digest, emptyDigest, formatDigest, removeFromDigest } from './digest.ts';

/**
 * A board held in memory: entities, the `seq` it stands at, and the digest of its versions.
 * Reading is a map lookup; a change costs its own size. Entities are never modified in place, so what a
 * reader holds stays what it was.
 */
export class BoardState implements BoardView {
  readonly #entities: Map<EntityId, Versioned>;
  #digest: Digest = emptyDigest;
  #seq: number;

  constructor(entries: Iterable<[EntityId, Versioned]> = [], seq = 0) {
    this.#entities = new Map();
    this.#seq = seq;
    for (const [id, versioned] of entries) this.put(id, versioned);
  }

  /** Board position up to which this state is the fold of the log. */
  get seq(): number {
    return this.#seq;
  }

  get size(): number {
    return this.#entities.size;
  }

  get digest(): Digest {
    return this.#digest;
  }

  /** The digest as 16 hexadecimal digits, as sent in heartbeats. */
  get digestText(): string {
    return formatDigest(this.#digest);
  }

  get(id: EntityId): Versioned | undefined {
    return this.#entities.get(id);
  }

  entries(): IterableIterator<[EntityId, Versioned]> {
    return this.#entities.entries();
  }

  /** Makes the post-states of one commit true. `seq` must be later than all applied before. */
  apply(changes: EntityChanges, seq: number): void {
    if (seq <= this.#seq) throw new RangeError(`seq ${seq} is not after ${this.#seq}`);
    for (const [id, d] of changes) {
      if (d === null) this.remove(id);
      else this.put(id, { v: seq, d });
    }
    this.#seq = seq;
  }

  /** Sets one entity with a version known from elsewhere (a snapshot, a coalesced frame). */
  put(id: EntityId, versioned: Versioned): void {
    this.remove(id);
    this.#entities.set(id, versioned);
    this.#digest = addToDigest(this.#digest, id, versioned.v);
  }

  remove(id: EntityId): void {
    const former = this.#entities.get(id);
    if (!former) return;
    this.#entities.delete(id);
    this.#digest = removeFromDigest(this.#digest, id, former.v);
  }

  /** Moves the position without a change: the commits in between did not concern this replica's view. */
  advance(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  clone(): BoardState {
    return new BoardState(this.#entities, this.#seq);
  }
}

/** The view with changes laid over it; neither is modified. */
export function overlay(view: BoardView, changes: EntityChanges): BoardView {
  const get = (id: EntityId): Versioned | undefined => {
    const change = changes.get(id);
    if (change === undefined) return view.get(id);
    return change === null ? undefined : { v: view.get(id)?.v ?? 0, d: change };
  };
  function* entries(): Generator<[EntityId, Versioned]> {
    for (const entry of view.entries()) if (!changes.has(entry[0])) yield entry;
    for (const id of changes.keys()) {
      const versioned = get(id);
      if (versioned) yield [id, versioned];
    }
  }
  return { get, entries };
}
