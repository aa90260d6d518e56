/** The server side of board-stream 3.4 and 3.5, as a model: decides what a reader gets and never sends a part of it. */
import {
  type Change,
  type Frame,
  type FrameName,
  formatCursor,
  parseCursor,
  type SnapshotReason,
  streamSchemaVersion,
  type View,
} from '@workflow-bolt/contracts';
import type { Random } from './random.ts';
import { type LogChange, type LogEntry, ReferenceLog, visibleChanges } from './reference-log.ts';
import { type VirtualTime, wallBaseMs } from './virtual-time.ts';

/**
 * `says`: the news that the reader's position is not in the log. An `ev` does not name the chain it builds on, so
 * a reader that loses this news *and* what follows it on the same response cannot tell. HTTP loses nothing in the
 * middle of a response; we go beyond that, but not as far as losing both.
 */
export type SentFrame = { name: FrameName; text: string; says?: 'fork' | 'ahead' };

/** One reader as the server sees it. */
export type ServerConnection = {
  view: View;
  isPoll: boolean;
  /** Fan-out does not reach it (a half-open subscriber); heartbeats do. */
  isDeaf: boolean;
  /** Last seq accounted for. */
  accounted: number;
  /** Entries not yet flushed. */
  pending: LogEntry[];
  send: (frames: SentFrame[]) => void;
  end: () => void;
};

export type Note = (what: string) => void;
const replayMax = 8;
export const heartbeatMs = 15_000;

export class ReferenceServer {
  readonly log = new ReferenceLog();
  readonly connections = new Set<ServerConnection>();
  /** The store is away: heartbeats go on and say so. */
  isDegraded = false;
  /** The server's own clock is off by this. */
  clockSkewMs = 0;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #note: Note;

  constructor(time: VirtualTime, random: Random, note: Note) {
    this.#time = time;
    this.#random = random;
    this.#note = note;
  }

  get clockMs(): number {
    return Math.round(wallBaseMs + this.#time.nowMs + this.clockSkewMs);
  }

  /** Answers a reader: hello, then what it lacks, then a heartbeat that says it is up to date. */
  attach(connection: ServerConnection, cursorText: string | null): void {
    const hello = {
      conn: 'c',
      proto: 1,
      hb: heartbeatMs,
      maxAge: 3_000_000,
      now: this.clockMs,
      node: 'model',
    } as const;
    const answer = this.#catchUp(connection, cursorText);
    connection.accounted = this.log.seq;
    this.connections.add(connection);
    connection.send([frame('hello', hello), ...answer, this.#heartbeat(connection)]);
    if (connection.isPoll && answer.length > 0) this.#finish(connection);
    else if (connection.isPoll) this.#time.schedule('world', 25_000, () => this.#endPoll(connection));
    else this.#beat(connection);
  }

  detach(connection: ServerConnection): void {
    this.connections.delete(connection);
  }

  commit(changes: LogChange[]): void {
    const entry = this.log.commit(changes);
    for (const connection of this.connections) {
      if (connection.isDeaf) continue;
      connection.pending.push(entry);
      if (connection.pending.length === 1)
        this.#time.schedule('world', this.#random.chance(0.7) ? 0 : this.#random.int(1, 250), () =>
          this.flush(connection),
        );
    }
  }

  /** Sends what is pending as one frame with the last state of each entity; hidden changes are left out. */
  flush(connection: ServerConnection): void {
    const last = connection.pending.at(-1);
    if (!last || !this.connections.has(connection)) return;
    const frames = this.#evFrames(connection, connection.accounted, connection.pending);
    connection.pending = [];
    if (frames.length === 0) {
      this.#note('filtered');
      return;
    }
    connection.accounted = last.seq;
    connection.send(frames);
    if (!connection.isPoll) return;
    connection.send([this.#heartbeat(connection)]);
    this.#finish(connection);
  }

  /** The history was replaced under the readers: a snapshot each. */
  resetAll(reason: SnapshotReason): void {
    for (const connection of this.connections) {
      connection.pending = [];
      connection.accounted = this.log.seq;
      connection.send([...this.#snapshot(connection.view, reason), this.#heartbeat(connection)]);
    }
  }

  /** A process noticed that it no longer hears of changes: its readers have to come back. */
  dropDeaf(): void {
    for (const connection of [...this.connections]) if (connection.isDeaf) this.#finish(connection);
  }

  /** Ends a reader's answer with a farewell. */
  bye(connection: ServerConnection, code: Frame<'bye'>['code'], after: number): void {
    connection.send([frame('bye', { code, after })]);
    if (code !== 'rotate') this.#finish(connection);
    else this.#time.schedule('world', 4_000, () => this.#finish(connection));
  }

  /** A poll with nothing to tell. */
  #endPoll(connection: ServerConnection): void {
    if (!this.connections.has(connection)) return;
    connection.send([this.#heartbeat(connection)]);
    this.#finish(connection);
  }

  /** Closes the answer. */
  #finish(connection: ServerConnection): void {
    if (this.connections.delete(connection)) connection.end();
  }

  #beat(connection: ServerConnection): void {
    this.#time.schedule('world', heartbeatMs, () => {
      if (!this.connections.has(connection)) return;
      this.flush(connection);
      connection.send([this.#heartbeat(connection)]);
      if (!connection.isDeaf) connection.accounted = this.log.seq;
      this.#beat(connection);
    });
  }

  /** The table of 3.4, in its order. */
  #catchUp(connection: ServerConnection, cursorText: string | null): SentFrame[] {
    const { view } = connection;
    const snap = (reason: SnapshotReason) => this.#snapshot(view, reason);
    if (cursorText === 'digest') return snap('digest');
    const cursor = cursorText === null ? null : parseCursor(cursorText);
    if (cursor === null) return snap('init');
    if (cursor.view !== view) return snap('view');
    if (cursor.schema !== streamSchemaVersion) return snap('schema');
    const { log } = this;
    if (cursor.epoch !== log.epoch) return snap('epoch');
    if (cursor.seq > log.seq) return snap('ahead');
    if (cursor.seq === log.seq) return cursor.chain === log.chain ? [] : snap('fork');
    if (cursor.seq < log.firstSeq) return snap('trimmed');
    if (log.entries.find((entry) => entry.seq === cursor.seq)?.chain !== cursor.chain) return snap('fork');
    const missed = log.entries.filter((entry) => entry.seq > cursor.seq);
    if (missed.length > replayMax) return snap('cheaper');
    this.#note('replayed');
    return this.#evFrames(connection, cursor.seq, missed);
  }

  #evFrames({ view }: ServerConnection, from: number, entries: readonly LogEntry[]): SentFrame[] {
    const last = entries.at(-1);
    const newest = new Map<string, Change>();
    for (const change of entries.flatMap((entry) => visibleChanges(entry, view)))
      newest.set(change.id, change);
    if (!last || newest.size === 0) return [];
    const { seq: s, chain: c, id } = last;
    const body = { e: this.log.epoch, p: from, s, c, t: this.clockMs, ch: [...newest.values()] };
    const cursor = { view, schema: streamSchemaVersion, epoch: this.log.epoch, seq: s, id, chain: c };
    return [frame('ev', body, formatCursor(cursor))];
  }

  #snapshot(view: View, reason: SnapshotReason): SentFrame[] {
    this.#note(`snap ${reason}`);
    const { epoch: e, seq: s, chain: c, lastId: id } = this.log;
    const { entries, digest: dg, count: n } = this.log.project(view);
    const parts = this.#random.int(1, 3);
    return Array.from({ length: parts }, (_, i) => {
      const ents = entries.filter((_entry, index) => index % parts === i);
      const place = { part: i + 1, parts };
      const about = { view, schema: streamSchemaVersion, reason };
      const body = { e, s, c, id, t: this.clockMs, ...about, ...place, ents, dg, n, dur: s };
      return { ...frame('snap', body), ...(reason === 'fork' || reason === 'ahead' ? { says: reason } : {}) };
    });
  }

  #heartbeat({ view }: ServerConnection): SentFrame {
    const { epoch: e, seq: s, chain: c } = this.log;
    const { digest: dg, count: n } = this.log.project(view);
    const degraded = this.isDegraded ? { degraded: ['redis'] } : {};
    return frame('hb', { e, s, c, t: this.clockMs, dg, n, dur: s, ...degraded });
  }
}

export function frame<N extends FrameName>(name: N, body: Frame<N>, id?: string): SentFrame {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return { name, text: `${idLine}event: ${name}\ndata: ${JSON.stringify(body)}\n\n` };
}
