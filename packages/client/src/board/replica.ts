/**
 * The client's copy of a board and the one rule by which frames change it (board-stream 3.6).
 *
 * Invariant: at every moment the copy is the fold of a prefix of one epoch's log, and `seq` and `chain` name
 * that prefix. A frame that would break this changes nothing and is answered with a mismatch, upon which the
 * connection asks the server again. Frames of several connections may be mixed (make-before-break): each
 * connection applies through its own `ReplicaSession`, which remembers what only that connection can know.
 */
import {
  type Change,
  type Cursor,
  type EntityId,
  type Frame,
  formatCursor,
  parseCursor,
  type SnapshotReason,
  streamSchemaVersion,
  type View,
  viewKindOf,
} from '@workflow-bolt/contracts';
import {
  addToDigest,
  type Digest,
  emptyDigest,
  formatDigest,
  removeFromDigest,
  type Versioned,
} from '@workflow-bolt/domain';

export type Position = { epoch: string; seq: number; chain: string; id: string };

/** What is kept on disk: position and entities in one record, so that they cannot disagree. */
export type ReplicaRecord = {
  schema: number;
  position: Position;
  view: View;
  entities: [EntityId, Versioned][];
};

export type Verdict =
  | { kind: 'applied'; changes: readonly Change[] }
  | { kind: 'snapshot'; reason: SnapshotReason }
  /** A part of a snapshot was kept; the others are still to come. */
  | { kind: 'staged' }
  | { kind: 'duplicate' }
  /** The heartbeat proved that the copy is the server's present state. */
  | { kind: 'agreed' }
  | { kind: 'gap' }
  | { kind: 'epoch' }
  /** The same position with another history: the server must see our cursor to say so. */
  | { kind: 'fork' }
  | { kind: 'diverged' };

/**
 * The single checks of the rule, so that the fuzz can switch each one off and prove that it notices.
 * The product never passes any.
 */
export type RuleMutation =
  | 'ignore-gap'
  | 'ignore-epoch'
  | 'apply-duplicates'
  | 'commit-partial-snapshot'
  | 'ignore-digest'
  | 'ignore-chain'
  | 'accept-stale-snapshot'
  | 'skip-deletes'
  | 'advance-without-proof'
  | 'trust-unanchored';

export type SessionStart = 'resume' | 'snapshot' | 'join';

type Staged = { first: Frame<'snap'>; parts: Map<number, Frame<'snap'>> };

export class BoardReplica {
  #view: View;
  readonly #broken: ReadonlySet<RuleMutation>;
  #entities = new Map<EntityId, Versioned>();
  #digest: Digest = emptyDigest;
  #position: Position | null = null;
  /** Raised at every change of the entities. */
  revision = 0;
  /** Highest seq known to survive the loss of a server. */
  durableSeq = 0;

  constructor(view: View, broken: Iterable<RuleMutation> = []) {
    this.#view = view;
    this.#broken = new Set(broken);
  }

  /** What was asked for, or the lesser view that the server answered with because a right was taken away. */
  get view(): View {
    return this.#view;
  }

  get position(): Position | null {
    return this.#position;
  }

  /** The live map: read it at once or copy it. */
  get entities(): ReadonlyMap<EntityId, Versioned> {
    return this.#entities;
  }

  get digestText(): string {
    return formatDigest(this.#digest);
  }

  /** Where a reconnect goes on from; null asks for a snapshot. */
  cursor(): string | null {
    if (this.#position === null) return null;
    const cursor: Cursor = { view: this.view, schema: streamSchemaVersion, ...this.#position };
    return formatCursor(cursor);
  }

  /** For a connection that resumes from the present position, asked for a snapshot, or joins one under way. */
  session(start: SessionStart): ReplicaSession {
    const seq = this.#position?.seq;
    const resumedSeq = start === 'resume' && seq !== undefined ? seq : null;
    return new ReplicaSession(this, { broken: this.#broken, resumedSeq, isAnchored: start === 'join' });
  }

  /** Forgets everything: the person may no longer see it. */
  clear(): void {
    this.#entities = new Map();
    this.#digest = emptyDigest;
    this.#position = null;
    this.durableSeq = 0;
    this.revision += 1;
  }

  record(): ReplicaRecord | null {
    if (this.#position === null) return null;
    const entities = [...this.#entities];
    return { schema: streamSchemaVersion, position: this.#position, view: this.#view, entities };
  }

  /** Takes over a record of this kind of view and of entities as this version knows them; the server will judge both. */
  restore(record: ReplicaRecord): void {
    const isOther = viewKindOf(record.view) !== viewKindOf(this.#view);
    if (isOther || record.schema !== streamSchemaVersion) return;
    this.#view = record.view;
    this.replaceAll(record.position, record.entities);
  }

  adopt(view: View): void {
    this.#view = view;
  }

  replaceAll(position: Position, entries: Iterable<[EntityId, Versioned]>): void {
    this.#entities = new Map();
    this.#digest = emptyDigest;
    for (const [id, versioned] of entries) this.#put(id, versioned);
    this.#position = position;
    this.revision += 1;
  }

  /** `change` happened after the position this copy stands at. */
  apply(change: Change): void {
    const id = change.id as EntityId;
    const local = this.#entities.get(id);
    if (local && change.v <= local.v && !this.#broken.has('apply-duplicates')) return;
    if (change.o === 'del') {
      if (!this.#broken.has('skip-deletes')) this.#remove(id);
    } else if (change.d) this.#put(id, { v: change.v, d: change.d });
    this.revision += 1;
  }

  advance(position: Position): void {
    this.#position = position;
  }

  #put(id: EntityId, versioned: Versioned): void {
    const former = this.#entities.get(id);
    if (former) this.#digest = removeFromDigest(this.#digest, id, former.v);
    this.#entities.set(id, versioned);
    this.#digest = addToDigest(this.#digest, id, versioned.v);
  }

  #remove(id: EntityId): void {
    const former = this.#entities.get(id);
    if (!former) return;
    this.#entities.delete(id);
    this.#digest = removeFromDigest(this.#digest, id, former.v);
  }
}

/** The apply rule for the frames of one connection. */
export class ReplicaSession {
  readonly #replica: BoardReplica;
  readonly #broken: ReadonlySet<RuleMutation>;
  /** The position this connection was asked to go on from; null when it was asked for a snapshot. */
  readonly #resumedSeq: number | null;
  /**
   * The server has shown that it goes on from our position, or has replaced it. Before that, a frame that does
   * not start exactly there means that the server's first answer was lost, and perhaps our history with it.
   */
  #isAnchored: boolean;
  /** A heartbeat spoke of less than this connection has already told: nothing may be built on it before it agrees. */
  #isSuspect = false;
  /** How far this connection has brought the copy; a snapshot below it is a late duplicate. */
  #floor: { epoch: string; seq: number } | null = null;
  /** Epochs this connection has left: it cannot lead back into one. */
  readonly #left = new Set<string>();
  /** Snapshots this connection has committed: each counts once. */
  readonly #committed = new Set<string>();
  #staged: Staged | null = null;

  constructor(
    replica: BoardReplica,
    start: { broken: ReadonlySet<RuleMutation>; resumedSeq: number | null; isAnchored: boolean },
  ) {
    this.#replica = replica;
    this.#broken = start.broken;
    this.#resumedSeq = start.resumedSeq;
    this.#isAnchored = start.isAnchored;
  }

  /** `id` is the cursor of the SSE event; an `ev` without one cannot be resumed from and is refused. */
  ev(frame: Frame<'ev'>, id: string | null): Verdict {
    const position = this.#replica.position;
    if (position === null) return { kind: 'gap' };
    if (frame.e !== position.epoch && !this.#broken.has('ignore-epoch')) return this.#foreignEpoch(frame.e);
    if (this.#isSuspect || !this.#isRooted(frame.p === this.#resumedSeq)) return { kind: 'gap' };
    if (frame.s <= position.seq && !this.#broken.has('apply-duplicates')) return { kind: 'duplicate' };
    if (frame.p > position.seq && !this.#broken.has('ignore-gap')) return { kind: 'gap' };
    const cursor = id === null ? null : parseCursor(id);
    if (cursor === null || cursor.seq !== frame.s || cursor.epoch !== frame.e) return { kind: 'gap' };
    const fresh = frame.ch.filter((ch) => ch.v > position.seq || this.#broken.has('apply-duplicates'));
    for (const change of fresh) this.#replica.apply(change);
    this.#replica.advance({ epoch: frame.e, seq: frame.s, chain: frame.c, id: cursor.id });
    this.#raiseFloor(frame.e, frame.s);
    return { kind: 'applied', changes: frame.ch };
  }

  /** Keeps a part of a snapshot; the copy changes only when all parts are there and their digest is right. */
  snap(frame: Frame<'snap'>): Verdict {
    // Entities of another shape cannot be shown; a server that has left us behind says `bye upgrade`.
    if (frame.schema !== streamSchemaVersion) return { kind: 'diverged' };
    if (this.#isLate(frame) && !this.#broken.has('accept-stale-snapshot')) return { kind: 'duplicate' };
    const staged = this.#stage(frame);
    const isComplete = staged.parts.size === frame.parts || this.#broken.has('commit-partial-snapshot');
    return isComplete ? this.#commit(staged) : { kind: 'staged' };
  }

  /** A heartbeat: does the server's present position, chain and digest say what ours say? */
  hb(frame: Frame<'hb'>): Verdict {
    const position = this.#replica.position;
    if (position === null) return { kind: 'gap' };
    if (frame.e !== position.epoch && !this.#broken.has('ignore-epoch')) return this.#foreignEpoch(frame.e);
    if (!this.#isRooted(this.#resumedSeq !== null && frame.s >= this.#resumedSeq)) return { kind: 'gap' };
    if (frame.s < position.seq) return this.#lagging(frame);
    const isSame = frame.dg === this.#replica.digestText && frame.n === this.#replica.entities.size;
    if (frame.s > position.seq) return this.#passFiltered(frame, position, isSame);
    if (frame.c !== position.chain && !this.#broken.has('ignore-chain')) return { kind: 'fork' };
    if (!isSame && !this.#broken.has('ignore-digest')) return { kind: 'diverged' };
    return this.#agree(frame);
  }

  /** Commits since our position did not concern this view if, and only if, the digest is still ours. */
  #passFiltered(frame: Frame<'hb'>, position: Position, isSame: boolean): Verdict {
    if (!isSame && !this.#broken.has('advance-without-proof')) return { kind: 'gap' };
    this.#replica.advance({ ...position, seq: frame.s, chain: frame.c });
    return this.#agree(frame);
  }

  #agree(frame: Frame<'hb'>): Verdict {
    this.#isSuspect = false;
    this.#raiseFloor(frame.e, frame.s);
    this.#replica.durableSeq = Math.max(this.#replica.durableSeq, frame.dur);
    return { kind: 'agreed' };
  }

  /** Behind our copy: another connection is ahead, or the server has lost what it told us on this one. */
  #lagging(frame: Frame<'hb'>): Verdict {
    if (this.#isSuspect) return { kind: 'gap' };
    this.#isSuspect = this.#floor?.epoch === frame.e && frame.s < this.#floor.seq;
    return { kind: 'duplicate' };
  }

  /** Whether a change may build on our position: no snapshot is half here, and the connection is anchored. */
  #isRooted(anchors: boolean): boolean {
    if (this.#staged !== null) return false;
    this.#isAnchored ||= anchors || this.#broken.has('trust-unanchored');
    return this.#isAnchored;
  }

  #foreignEpoch(epoch: string): Verdict {
    return this.#left.has(epoch) ? { kind: 'duplicate' } : { kind: 'epoch' };
  }

  /** A snapshot that would lead back: only one that says our position is not in the log may do so, once. */
  #isLate(frame: Frame<'snap'>): boolean {
    if (this.#left.has(frame.e) || this.#committed.has(keyOf(frame))) return true;
    const leadsBack = this.#floor?.epoch === frame.e && frame.s <= this.#floor.seq;
    return leadsBack && frame.reason !== 'ahead' && frame.reason !== 'fork';
  }

  #stage(frame: Frame<'snap'>): Staged {
    const first = this.#staged?.first;
    const isSame = first && keyOf(first) === keyOf(frame) && first.parts === frame.parts;
    const staged = isSame && this.#staged ? this.#staged : { first: frame, parts: new Map() };
    staged.parts.set(frame.part, frame);
    this.#staged = staged;
    return staged;
  }

  #commit({ first, parts }: Staged): Verdict {
    this.#staged = null;
    const entries = new Map<EntityId, Versioned>();
    for (const part of parts.values())
      for (const entry of part.ents) entries.set(entry.id as EntityId, { v: entry.v, d: entry.d });
    if (!this.#isWhole(first, entries)) return { kind: 'diverged' };
    this.#committed.add(keyOf(first));
    this.#isAnchored = true;
    this.#isSuspect = false;
    const former = this.#replica.position?.epoch;
    if (former !== undefined && former !== first.e) this.#left.add(former);
    this.#replica.replaceAll({ epoch: first.e, seq: first.s, chain: first.c, id: first.id }, entries);
    this.#replica.adopt(first.view);
    this.#replica.durableSeq = first.dur;
    this.#raiseFloor(first.e, first.s);
    return { kind: 'snapshot', reason: first.reason };
  }

  #isWhole(first: Frame<'snap'>, entries: Map<EntityId, Versioned>): boolean {
    if (this.#broken.has('ignore-digest') || this.#broken.has('commit-partial-snapshot')) return true;
    let digest = emptyDigest;
    for (const [id, { v }] of entries) digest = addToDigest(digest, id, v);
    return entries.size === first.n && formatDigest(digest) === first.dg;
  }

  #raiseFloor(epoch: string, seq: number): void {
    this.#floor = { epoch, seq };
  }
}

const keyOf = ({ e, s, c }: Frame<'snap'>): string => `${e}.${s}.${c}`;
