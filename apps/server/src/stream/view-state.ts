import {
  type Change,
  type Entity,
  type EntityId,
  type Entry,
  type Frame,
  type SnapshotReason,
  streamSchemaVersion,
  type View,
} from '@workflow-bolt/contracts';
import {
  addToDigest,
  type Digest,
  emptyDigest,
  formatDigest,
  type Projection,
  removeFromDigest,
  seeIn,
} from '@workflow-bolt/domain';
import type { BoardEntry, BoardHost, BoardPosition } from '@workflow-bolt/store';
import { type EncodedFrame, encodeText, frameText } from './encode-frame.ts';
import { cursorText } from './stream-connection.ts';

/** What heartbeats say of the parts we depend on. */
export type HealthWords = Pick<Frame<'hb'>, 'degraded' | 'ehr' | 'system'>;

/** Characters of JSON in one part of a snapshot: a few of them fit into a socket's buffer. */
const partCharsMax = 48_000;
/** Encoded replays kept for a storm of readers that stood at the same place. */
const replaysKeptMax = 64;

/**
 * One projection of a board: what it has handed to its readers so far, the digest of that, and everything that is
 * encoded once for all of them.
 */
export class ViewState {
  readonly view: View;
  readonly #projection: Projection;
  readonly #board: BoardHost;
  readonly #versions = new Map<EntityId, number>();
  readonly #snapshots = new Map<SnapshotReason, EncodedFrame[]>();
  readonly #replays = new Map<string, EncodedFrame | null>();
  #parts: Entry[][] | null = null;
  #digest: Digest = emptyDigest;
  #head: BoardPosition;
  /** The position up to which readers were told that nothing can be lost any more. */
  #promised = 0;

  constructor(board: BoardHost, projection: Projection) {
    this.#board = board;
    this.#projection = projection;
    this.view = projection.view;
    this.#head = board.position;
    this.reset();
  }

  /** The last entry that was handed to readers; `advance` moves it. */
  get head(): BoardPosition {
    return this.#head;
  }

  /** The history was replaced: count everything anew. */
  reset(): void {
    this.#forgetEncoded();
    this.#head = this.#board.position;
    this.#promised = 0;
    this.#versions.clear();
    this.#digest = emptyDigest;
    for (const [id, { v, d }] of this.#board.state.entries()) {
      const seen = this.#see(id, v, d);
      if (seen) this.#count(id, seen.v);
    }
  }

  /** Accounts for entries and encodes what readers see of them; null when they see nothing. */
  advance(entries: readonly BoardEntry[]): EncodedFrame | null {
    const last = entries.at(-1);
    if (!last) return null;
    const before = this.#head.seq;
    const changes = entries.flatMap((entry) => this.#visible(entry));
    for (const change of changes) this.#recount(change);
    this.#forgetEncoded();
    this.#head = this.#positionOf(last);
    return changes.length === 0 ? null : this.#encode(before, last, changes);
  }

  /** Entries from a reader's position on, as one frame. Readers at the same place share it. */
  replay(from: BoardPosition, entries: readonly BoardEntry[]): EncodedFrame | null {
    const key = `${from.chain} ${entries.at(-1)?.chain}`;
    const kept = this.#replays.get(key);
    if (kept !== undefined) return kept;
    const frame = this.coalesced(from.seq, entries);
    if (this.#replays.size < replaysKeptMax) this.#replays.set(key, frame);
    return frame;
  }

  /** Several entries as one frame with the last state of each entity. */
  coalesced(prevSeq: number, entries: readonly BoardEntry[]): EncodedFrame | null {
    const last = entries.at(-1);
    const newest = new Map<string, Change>();
    for (const change of entries.flatMap((entry) => this.#visible(entry))) newest.set(change.id, change);
    return last && newest.size > 0 ? this.#encode(prevSeq, last, [...newest.values()]) : null;
  }

  /** The whole view in parts, at `head`. The same buffers serve every reader. */
  snapshot(reason: SnapshotReason): EncodedFrame[] {
    const kept = this.#snapshots.get(reason);
    if (kept) return kept;
    this.#parts ??= this.#divide();
    const parts = this.#parts.length;
    const frames = this.#parts.map((ents, i) => {
      const data = this.#snapPart(reason, ents, { part: i + 1, parts });
      // Only the last part carries the cursor: a reader cut off before it has nothing to resume from.
      return encodeText(
        frameText('snap', data, i + 1 === parts ? cursorText(this.view, this.#head) : undefined),
      );
    });
    this.#snapshots.set(reason, frames);
    return frames;
  }

  heartbeat(health: HealthWords): EncodedFrame {
    const { epoch: e, seq: s, chain: c } = this.#head;
    return encodeText(frameText('hb', { e, s, c, t: this.#board.now(), ...this.#counted(), ...health }));
  }

  #snapPart(reason: SnapshotReason, ents: Entry[], place: { part: number; parts: number }): Frame<'snap'> {
    const { epoch: e, seq: s, chain: c, id } = this.#head;
    const about = { view: this.view, schema: streamSchemaVersion, reason };
    return { e, s, c, id, t: this.#board.now(), ...about, ...place, ents, ...this.#counted() };
  }

  #counted() {
    // While the store is away another history may be taking its place: nothing more is promised until it answers.
    if (!this.#board.isDegraded) this.#promised = this.#board.durableSeq;
    return { dg: formatDigest(this.#digest), n: this.#digest.count, dur: this.#promised };
  }

  #divide(): Entry[][] {
    const parts: Entry[][] = [[]];
    let chars = 0;
    for (const [id, { v, d }] of this.#board.state.entries()) {
      const seen = this.#see(id, v, d);
      if (!seen) continue;
      chars += JSON.stringify(seen.d).length;
      if (chars > partCharsMax) {
        parts.push([]);
        chars = 0;
      }
      parts.at(-1)?.push({ id, ...seen });
    }
    return parts;
  }

  #visible(entry: BoardEntry): Change[] {
    return this.#withPersons(entry.changes).map(({ id, v, d, m }): Change => {
      const seen = d ? this.#see(id, v, d) : null;
      const cause = m === '' ? {} : { m };
      if (seen) return { o: 'set', id, ...seen, ...cause };
      // It left the view or the board: a reader from an earlier position may hold it.
      return { o: 'del', id, v, ...cause };
    });
  }

  #see(id: EntityId, v: number, d: Entity): { v: number; d: Entity } | null {
    return seeIn(this.#projection, this.#board.state, id, { v, d });
  }

  /** Where a patient comes and goes with the visit, whoever hears of the visit hears of the patient. */
  #withPersons(changes: BoardEntry['changes']): BoardEntry['changes'] {
    if (!this.#projection.hidesAbsent) return changes;
    const told = new Set(changes.map(({ id }) => id));
    return changes.flatMap((change) => {
      const personId: EntityId = `p:${change.id.slice(2)}`;
      const person = change.id.startsWith('v:') && !told.has(personId) && this.#board.state.get(personId);
      return person ? [change, { ...change, id: personId, d: person.d }] : [change];
    });
  }

  #recount(change: Change): void {
    const id = change.id as EntityId;
    const held = this.#versions.get(id);
    if (held !== undefined) this.#digest = removeFromDigest(this.#digest, id, held);
    this.#versions.delete(id);
    if (change.o === 'set') this.#count(id, change.v);
  }

  #count(id: EntityId, v: number): void {
    this.#versions.set(id, v);
    this.#digest = addToDigest(this.#digest, id, v);
  }

  #encode(prevSeq: number, last: BoardEntry, ch: Change[]): EncodedFrame {
    const { seq: s, chain: c, t } = last;
    const data = { e: this.#head.epoch, p: prevSeq, s, c, t, ch };
    return encodeText(frameText('ev', data, cursorText(this.view, this.#positionOf(last))));
  }

  #positionOf({ seq, chain, id, t }: BoardEntry): BoardPosition {
    return { epoch: this.#head.epoch, seq, chain, id, t };
  }

  #forgetEncoded(): void {
    this.#parts = null;
    this.#snapshots.clear();
    this.#replays.clear();
  }
}
