import {
  type Cursor,
  formatCursor,
  type SnapshotReason,
  streamSchemaVersion,
  type View,
} from '@workflow-bolt/contracts';
import { withoutStore } from '@workflow-bolt/domain';
import type { BoardEntry, BoardHost, ResumeAnswer } from '@workflow-bolt/store';
import { Batching } from './batching.ts';
import { Delivery } from './delivery.ts';
import type { EncodedFrame } from './encode-frame.ts';
import { laggingBytes, type StreamConnection } from './stream-connection.ts';
import { type HealthWords, ViewState } from './view-state.ts';

/** A hidden screen gets its changes this much later, coalesced: nobody looks at it. */
const hiddenFlushMs = 500;
/** Different places of returning readers that are remembered at one position. */
const answersMax = 64;

/** What a reader lacks; `top` of the store's answer is the board's position when it was given. */
type Missing =
  | Omit<Extract<ResumeAnswer, { kind: 'live' }>, 'top'>
  | Omit<Extract<ResumeAnswer, { kind: 'replay' }>, 'top'>
  | Omit<Extract<ResumeAnswer, { kind: 'snap' }>, 'top'>;
type Readers = { state: ViewState; visible: Set<StreamConnection>; hidden: Set<StreamConnection> };
export type ChannelDependencies = { health: () => HealthWords; now: () => number };

/**
 * All readers of one board in this process.
 *
 *     attach ──▶ behind ──(caught up)──▶ live ──(socket full, or the board went on without it)──▶ behind
 *
 * A reader that is behind is not written to by flushes; its catch-up brings it to the head from its own position
 * and makes it live in the same turn of the event loop in which it found it to be at the head. So no change falls
 * between the two, and a slow reader costs one position.
 */
export class BoardChannel {
  readonly board: BoardHost;
  readonly #deps: ChannelDependencies;
  readonly #views = new Map<View, Readers>();
  readonly #all = new Set<StreamConnection>();
  readonly #delivery: Delivery;
  readonly #batching: Batching;
  readonly #stops: (() => void)[];
  readonly #resuming = new Map<string, Promise<Missing>>();
  /** Somebody went since unread views were last looked for. */
  #isViewLeft = false;
  #pending: BoardEntry[] = [];
  #hiddenPending: BoardEntry[] = [];
  #hiddenTimer: NodeJS.Timeout | null = null;

  constructor(board: BoardHost, deps: ChannelDependencies) {
    this.board = board;
    this.#deps = deps;
    this.#delivery = new Delivery(
      (reader) => this.#fallBehind(reader),
      (reader) => this.#afterChange(reader),
    );
    this.#batching = new Batching(() => this.#flush());
    this.#stops = [
      board.onChange(({ entries }) => this.#take(entries)),
      board.onReset((reason) => this.#restart(reason)),
      board.onDegraded(() => this.beatAll()),
    ];
  }

  get readers(): ReadonlySet<StreamConnection> {
    return this.#all;
  }

  /** Takes a reader whose answer has begun, with the cursor it brought. */
  attach(reader: StreamConnection, cursor: Cursor | null): void {
    this.#all.add(reader);
    const { view } = reader.options.projection;
    if (!cursor) this.#queueSnapshot(reader, 'init');
    else if (cursor.view !== view) this.#queueSnapshot(reader, 'view');
    else if (cursor.schema !== streamSchemaVersion) this.#queueSnapshot(reader, 'schema');
    else reader.position = { ...cursor, t: 0 };
    this.#fallBehind(reader);
  }

  detach(reader: StreamConnection): void {
    this.#all.delete(reader);
    this.#leave(reader);
    this.#isViewLeft = true;
  }

  /** A screen came to the front or went to the back. */
  setHidden(reader: StreamConnection, isHidden: boolean): void {
    if (reader.isHidden === isHidden || reader.state === 'closed') return;
    reader.isHidden = isHidden;
    this.#fallBehind(reader);
  }

  /** Sends heartbeats to those of these readers that are live. */
  beat(readers: readonly StreamConnection[]): void {
    this.#flush();
    this.#flushHidden();
    for (const [view, { state }] of this.#views) {
      const own = readers.filter(
        (reader) => reader.options.projection.view === view && !reader.options.isPoll,
      );
      if (own.length === 0) continue;
      this.#delivery.add({
        frame: state.heartbeat(this.#health()),
        readers: own,
        head: null,
        prevSeq: 0,
      });
    }
  }

  /** Tells all readers at once what has become of the parts we depend on: a screen must not look live meanwhile. */
  beatAll(): void {
    this.beat([...this.#all]);
  }

  /** Writes a frame outside the history to every live reader whom it is for. */
  tell(isFor: (reader: StreamConnection) => boolean, frame: EncodedFrame): void {
    this.#delivery.add({ frame, readers: [...this.#all].filter(isFor), head: null, prevSeq: 0 });
  }

  /** Ends a poll that had nothing to tell. */
  endPoll(reader: StreamConnection): void {
    if (reader.state === 'live') reader.write(this.#heartbeat(reader));
    reader.end(null);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#batching.stop();
    if (this.#hiddenTimer) clearTimeout(this.#hiddenTimer);
  }

  #readersOf({ options: { projection } }: StreamConnection): Readers {
    const present = this.#views.get(projection.view);
    if (present) return present;
    // What is pending is part of what the new view starts from.
    this.#flush();
    const state = new ViewState(this.board, projection);
    const fresh: Readers = { state, visible: new Set(), hidden: new Set() };
    this.#views.set(projection.view, fresh);
    return fresh;
  }

  /** A view that nobody reads any more costs nothing from the next change on. */
  #dropUnread(): void {
    const read = new Set([...this.#all].map(({ options }) => options.projection.view));
    for (const view of this.#views.keys()) if (!read.has(view)) this.#views.delete(view);
  }

  #take(entries: readonly BoardEntry[]): void {
    this.#pending.push(...entries);
    this.#resuming.clear();
    this.#batching.mark();
  }

  /** Hands over what is pending: one encoding per view, one write per reader. */
  #flush(): void {
    const entries = this.#pending;
    if (entries.length === 0) return;
    this.#pending = [];
    if (this.#isViewLeft) this.#dropUnread();
    this.#isViewLeft = false;
    for (const { state, visible } of this.#views.values()) {
      const prevSeq = state.head.seq;
      const frame = state.advance(entries);
      if (frame) this.#delivery.add({ frame, readers: [...visible], head: state.head, prevSeq });
    }
    if ([...this.#views.values()].some(({ hidden }) => hidden.size > 0)) this.#keepForHidden(entries);
  }

  #keepForHidden(entries: readonly BoardEntry[]): void {
    this.#hiddenPending.push(...entries);
    this.#hiddenTimer ??= setTimeout(() => this.#flushHidden(), hiddenFlushMs);
  }

  #flushHidden(): void {
    if (this.#hiddenTimer) clearTimeout(this.#hiddenTimer);
    this.#hiddenTimer = null;
    const entries = this.#hiddenPending;
    const first = entries[0];
    if (!first) return;
    this.#hiddenPending = [];
    for (const { state, hidden } of this.#views.values()) {
      const frame = state.coalesced(first.p, entries);
      if (frame) this.#delivery.add({ frame, readers: [...hidden], head: state.head, prevSeq: first.p });
    }
  }

  #restart(reason: SnapshotReason): void {
    this.#pending = [];
    this.#hiddenPending = [];
    this.#resuming.clear();
    for (const { state } of this.#views.values()) state.reset();
    for (const reader of this.#all) {
      reader.queue.length = 0;
      this.#queueSnapshot(reader, reason);
      this.#fallBehind(reader);
    }
  }

  #leave(reader: StreamConnection): void {
    const readers = this.#views.get(reader.options.projection.view);
    readers?.visible.delete(reader);
    readers?.hidden.delete(reader);
  }

  #fallBehind(reader: StreamConnection): void {
    if (reader.state === 'closed') return;
    reader.state = 'behind';
    reader.behindSince = this.#deps.now();
    reader.turn += 1;
    this.#leave(reader);
    void this.#catchUp(reader, reader.turn);
  }

  /** Writes as much as the socket takes, then asks what is missing, until nothing is. */
  async #catchUp(reader: StreamConnection, turn: number): Promise<void> {
    const isCurrent = () => reader.state === 'behind' && reader.turn === turn;
    while (isCurrent()) {
      if (!this.#writeQueue(reader)) {
        reader.onceDrained(() => this.#afterDrain(reader, turn));
        return;
      }
      this.#flush();
      if (this.#isAtHead(reader)) return this.#goLive(reader);
      const missing = await this.#missing(reader);
      if (isCurrent()) this.#queueMissing(reader, missing);
    }
  }

  #afterDrain(reader: StreamConnection, turn: number): void {
    // It took something: slow, but not gone.
    reader.behindSince = this.#deps.now();
    void this.#catchUp(reader, turn);
  }

  /** True when nothing is left to write. */
  #writeQueue(reader: StreamConnection): boolean {
    while (reader.queue.length > 0 && reader.pendingBytes <= laggingBytes) {
      const frame = reader.queue.shift();
      if (frame) reader.write(frame);
      reader.hasNews = true;
    }
    return reader.queue.length === 0 && reader.pendingBytes <= laggingBytes;
  }

  #isAtHead({ position }: StreamConnection): boolean {
    const { epoch, seq, chain } = this.board.position;
    return position !== null && position.seq === seq && position.chain === chain && position.epoch === epoch;
  }

  /** Readers that stand at the same place ask once; a replay is kept for those who come later, until the head moves. */
  #missing(reader: StreamConnection): Promise<Missing> {
    const cursor = reader.cursor();
    if (!cursor) return Promise.resolve({ kind: 'snap', reason: 'init' });
    const key = `${formatCursor(cursor)} ${this.board.position.chain}`;
    const running = this.#resuming.get(key);
    if (running) return running;
    const asked = this.#ask(cursor);
    if (this.#resuming.size >= answersMax) this.#resuming.clear();
    this.#resuming.set(key, asked);
    void asked.then(({ kind }) => kind === 'replay' || this.#resuming.delete(key));
    return asked;
  }

  async #ask(cursor: Cursor): Promise<Missing> {
    try {
      return await this.board.resume(cursor, cursor.view);
    } catch {
      // The log cannot be read now: the last known state is still the best answer, and heartbeats say how old it is.
      return { kind: 'snap', reason: 'cheaper' };
    }
  }

  #queueMissing(reader: StreamConnection, missing: Missing): void {
    const entries = missing.kind === 'replay' ? missing.entries : [];
    const last = entries.at(-1);
    if (missing.kind === 'snap') this.#queueSnapshot(reader, missing.reason);
    else if (last && reader.position) {
      const frame = this.#readersOf(reader).state.replay(reader.position, entries);
      if (frame) reader.queue.push(frame);
      reader.position = {
        epoch: reader.position.epoch,
        seq: last.seq,
        chain: last.chain,
        id: last.id,
        t: last.t,
      };
    } else if (!this.#isAtHead(reader)) {
      // 'live' was true when it was said; the board has moved on since, or disagrees with itself.
      if (++reader.unresolved > 3) this.#queueSnapshot(reader, 'cheaper');
    }
  }

  #queueSnapshot(reader: StreamConnection, reason: SnapshotReason): void {
    this.#flush();
    const { state } = this.#readersOf(reader);
    reader.queue.push(...state.snapshot(reason));
    reader.position = state.head;
  }

  #goLive(reader: StreamConnection): void {
    const { visible, hidden } = this.#readersOf(reader);
    if (reader.isHidden) this.#flushHidden();
    reader.state = 'live';
    reader.unresolved = 0;
    (reader.isHidden ? hidden : visible).add(reader);
    reader.write(this.#heartbeat(reader));
    if (reader.options.isPoll && reader.hasNews) reader.end(null);
  }

  #heartbeat(reader: StreamConnection) {
    return this.#readersOf(reader).state.heartbeat(this.#health());
  }

  /** Until this board was compared with Redis again, its state is the last known one, whatever else answers. */
  #health(): HealthWords {
    const words = this.#deps.health();
    const { degraded = [], system = { state: 'live', reasons: [] } } = words;
    if (!this.board.isDegraded || degraded.includes('redis')) return words;
    return { ...words, degraded: ['redis', ...degraded], system: withoutStore(system) };
  }

  #afterChange(reader: StreamConnection): void {
    if (reader.options.isPoll) this.endPoll(reader);
  }
}
