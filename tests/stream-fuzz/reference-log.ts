/**
 * The truth: a board's log with its epochs and chain, written as plainly as possible. Every state that any
 * history ever had is kept, so that a client's position can be looked up and its entities compared.
 */
import type { Change, Entity, Entry, View } from '@workflow-bolt/contracts';
import { addToDigest, emptyDigest, formatDigest } from '@workflow-bolt/domain';

export type LogEntry = { seq: number; chain: string; id: string; changes: LogChange[] };
/** `d` null deletes. */
export type LogChange = { id: string; d: RoomState | null };
type RoomState = { word: number; isHidden: boolean };
type Held = { v: number; d: RoomState };
export type Projected = { text: string; digest: string; count: number; entries: Entry[] };

export class ReferenceLog {
  epoch: string;
  seq = 0;
  chain: string;
  entries: LogEntry[] = [];
  /** Entries before this seq are no longer held. */
  firstSeq = 1;
  #held = new Map<string, Held>();
  readonly #past = new Map<string, Map<string, Held>>();
  readonly #projections = new Map<string, Projected>();
  #salt = 0;

  constructor() {
    this.epoch = hex(`epoch ${this.#salt++}`);
    this.chain = hex(`start ${this.epoch}`);
    this.#remember();
  }

  get lastId(): string {
    return this.entries.at(-1)?.id ?? '0-0';
  }

  commit(changes: LogChange[]): LogEntry {
    this.seq += 1;
    this.chain = hex(`${this.chain} ${this.seq} ${this.#salt++}`);
    for (const { id, d } of changes) {
      if (d === null) this.#held.delete(id);
      else this.#held.set(id, { v: this.seq, d });
    }
    const entry = { seq: this.seq, chain: this.chain, id: `${1_000 + this.#salt}-0`, changes };
    this.entries.push(entry);
    this.#remember();
    return entry;
  }

  trim(firstSeq: number): void {
    this.firstSeq = Math.max(this.firstSeq, firstSeq);
    this.entries = this.entries.filter((entry) => entry.seq >= this.firstSeq);
  }

  /** Back to an earlier position of this log, as after a failover or a restore; false when it is not held. */
  rewind(toSeq: number): boolean {
    const chain = this.entries.find((entry) => entry.seq === toSeq)?.chain;
    const held = chain === undefined ? undefined : this.#past.get(`${this.epoch} ${toSeq} ${chain}`);
    if (chain === undefined || held === undefined) return false;
    this.entries = this.entries.filter((entry) => entry.seq <= toSeq);
    this.seq = toSeq;
    this.chain = chain;
    this.#held = new Map(held);
    return true;
  }

  /** The history is declared new: nothing of it can be resumed from. */
  newEpoch(): void {
    this.epoch = hex(`epoch ${this.#salt++}`);
    this.chain = hex(`start ${this.epoch} ${this.seq}`);
    this.entries = [];
    this.firstSeq = this.seq + 1;
    this.#remember();
  }

  ids(): string[] {
    return [...this.#held.keys()];
  }

  /** What a view shows now. */
  project(view: View): Projected {
    return this.#projected(`${this.epoch} ${this.seq} ${this.chain}`, this.#held, view);
  }

  /** What a view showed at a position; null when no history ever had it. */
  projectAt(position: { epoch: string; seq: number; chain: string }, view: View): Projected | null {
    const key = `${position.epoch} ${position.seq} ${position.chain}`;
    const held = this.#past.get(key);
    return held ? this.#projected(key, held, view) : null;
  }

  #projected(key: string, held: ReadonlyMap<string, Held>, view: View): Projected {
    const full = `${view} ${key}`;
    const known = this.#projections.get(full) ?? projectHeld(held, view);
    this.#projections.set(full, known);
    return known;
  }

  #remember(): void {
    this.#past.set(`${this.epoch} ${this.seq} ${this.chain}`, new Map(this.#held));
  }
}

/** Changes of one entry as a view sees them: hiding looks like deleting, and what was never seen is left out. */
export function visibleChanges(entry: LogEntry, view: View): Change[] {
  return entry.changes.flatMap(({ id, d }): Change[] => {
    if (view === 'wall' && isStaffOnly(id)) return [];
    if (d !== null && (view === 'staff' || !d.isHidden))
      return [{ o: 'set', id, v: entry.seq, d: entityOf(id, d) }];
    return d === null || view === 'wall' ? [{ o: 'del', id, v: entry.seq }] : [];
  });
}

function projectHeld(held: ReadonlyMap<string, Held>, view: View): Projected {
  const entries: Entry[] = [];
  let digest = emptyDigest;
  for (const [id, { v, d }] of held) {
    if (view === 'wall' && (d.isHidden || isStaffOnly(id))) continue;
    entries.push({ id, v, d: entityOf(id, d) });
    digest = addToDigest(digest, id, v);
  }
  return { entries, digest: formatDigest(digest), count: entries.length, text: textOf(entries) };
}

/** Any entity will do for the stream; a `sync` with a number in it is the smallest. */
function entityOf(_id: string, { word }: RoomState): Entity {
  return { type: 'sync', cards: word } as unknown as Entity;
}

/** Of a kind that the wall never shows: not even its going is told. */
const isStaffOnly = (id: string): boolean => id.startsWith('p:');

/** Order-independent text of a view, with versions and contents. */
export function textOf(entries: Iterable<{ id: string; v: number; d: Entity }>): string {
  const lines: string[] = [];
  for (const { id, v, d } of entries) lines.push(`${id}@${v}=${(d as unknown as { cards: number }).cards}`);
  return lines.sort().join(' ');
}

/** 32 hexadecimal digits that depend on the whole text. */
function hex(text: string): string {
  let out = '';
  for (let lane = 0; lane < 4; lane++) {
    let h = 0x811c9dc5 ^ (lane * 0x9e3779b1);
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    out += ((h ^ (h >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return out;
}
