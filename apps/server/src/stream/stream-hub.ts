import { randomUUID } from 'node:crypto';
import { type BoardKey, parseCursor, protocolVersion } from '@workflow-bolt/contracts';
import type { Projection } from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';
import { displaySessionPrefix } from '../access/display-credential.ts';
import type { Call } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { apiHeaders } from '../http/security-headers.ts';
import type { Session } from '../session/session.ts';
import { BoardChannel } from './board-channel.ts';
import { encodeText, frameText } from './encode-frame.ts';
import { type ByeCode, type Footing, StreamConnection, slowBytes, slowMs } from './stream-connection.ts';
import { TimingWheel } from './timing-wheel.ts';
import type { HealthWords } from './view-state.ts';

/** A long poll answers at the latest after this, below the usual 30 s of proxies. */
const pollMs = 25_000;
/** How long before its end a session is announced to end. */
const sessionWarningMs = 90_000;
/** Reconnects after a drain are spread over this. */
const drainSpreadMs = 8_000;
/** Streams that say goodbye in one turn of the event loop. */
const drainChunk = 200;
/** Kernel keep-alive: finds peers that vanished without a word while nothing is sent. */
const keepAliveMs = 30_000;
/** How often a silent board's channel is looked at for being unused. */
const idleChannelMs = 60_000;

export type StreamRequest = {
  board: BoardKey;
  projection: Projection;
  hearsPresence: boolean;
  footing: Footing;
  cursor: string | null;
  tab: string | null;
  isHidden: boolean;
  isPoll: boolean;
  session: Session;
};

export type StreamHubOptions = {
  node: string;
  heartbeatMs: number;
  maxAgeMs: number;
  streamsMax: number;
  health: () => HealthWords;
  /** Clock by which sessions end, epoch ms. */
  sessionNow: () => number;
  onClosed: (connection: StreamConnection, reason: string, ageMs: number) => void;
};

type Held = { connection: StreamConnection; channel: BoardChannel; openedAt: number; board: BoardKey };

const now = (): number => performance.now();
const keyText = ({ clinic, date }: BoardKey): string => `${clinic}/${date}`;

/** All streams of this process: who may open one, when each beats, ages, is too slow, and says goodbye. */
export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #channels = new Map<string, BoardChannel>();
  readonly #held = new Map<StreamConnection, Held>();
  readonly #wheel: TimingWheel<Held>;
  readonly #sweep: NodeJS.Timeout;
  #isDraining = false;

  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#wheel = new TimingWheel(options.heartbeatMs, (members) => this.#visit(members));
    this.#sweep = setInterval(() => this.#dropUnused(), idleChannelMs);
    this.#sweep.unref();
  }

  get size(): number {
    return this.#held.size;
  }

  get connections(): Iterable<StreamConnection> {
    return this.#held.keys();
  }

  /** Throws `draining` or `overloaded`. */
  refuseWhenFull(): void {
    if (this.#isDraining) throw new ProblemError('draining');
    if (this.#held.size >= this.#options.streamsMax) throw new ProblemError('overloaded');
  }

  /** Opens a stream on the answer of this call, which must not have begun. */
  open(board: BoardHost, request: StreamRequest, call: Pick<Call, 'req' | 'res' | 'requestId'>): void {
    const { req, res } = call;
    this.refuseWhenFull();
    const { socket } = res;
    // The reader hung up while its board was looked for.
    if (!socket || req.destroyed || res.destroyed) return;
    beginAnswer(call);
    socket.setKeepAlive(true, keepAliveMs);
    const connection = new StreamConnection(res, socket, this.#describe(request));
    const channel = this.#channelOf(request.board, board);
    this.#hold({ connection, channel, openedAt: now(), board: request.board });
    this.#greet(connection, board.now());
    if (request.isPoll) this.#limitPoll(connection);
    channel.attach(connection, request.cursor === null ? null : parseCursor(request.cursor));
  }

  /** The streams of one tab of one person, such as to tell that it went to the background. */
  find(board: BoardKey, userId: string, tab: string): StreamConnection[] {
    return [...(this.#channels.get(keyText(board))?.readers ?? [])].filter(
      ({ options }) => options.userId === userId && options.tab === tab,
    );
  }

  setHidden(connection: StreamConnection, isHidden: boolean): void {
    this.#held.get(connection)?.channel.setHidden(connection, isHidden);
  }

  /** Writes a frame outside the history to every reader of a board who may know who else looks at it. */
  tellPresence(board: BoardKey, text: string): void {
    const channel = this.#channels.get(keyText(board));
    channel?.tell(({ options }) => options.hearsPresence, encodeText(text));
  }

  /** A part we depend on went away or came back: every reader hears of it now, not at the next heartbeat. */
  beatAll(): void {
    for (const channel of this.#channels.values()) channel.beatAll();
  }

  boardsWithReaders(): BoardKey[] {
    const boards = new Map([...this.#held.values()].map(({ board }) => [keyText(board), board]));
    return [...boards.values()];
  }

  /** Ends every stream of a session that was closed. */
  closeSession(sessionId: string): void {
    for (const { connection } of this.#held.values()) {
      if (connection.options.sessionId === sessionId) this.#end(connection, 'revoked');
    }
  }

  /** Ends every stream of a person whose sessions were all closed. */
  closePerson(userId: string): void {
    for (const { connection } of this.#held.values()) {
      if (connection.options.userId === userId) this.#end(connection, 'revoked');
    }
  }

  /** The reader may see something else now: the page opens it again at once, and gets a snapshot of that. */
  reopen(connection: StreamConnection): void {
    this.#end(connection, 'rotate');
  }

  /** The reader may see nothing here any more. */
  revoke(connection: StreamConnection): void {
    this.#end(connection, 'revoked');
  }

  /** The sessions that have a stream here; a wall display has none. */
  get sessionIds(): string[] {
    const ids = [...this.#held.keys()].map(({ options }) => options.sessionId);
    return [...new Set(ids.filter((id) => !id.startsWith(displaySessionPrefix)))];
  }

  /**
   * Holds the streams of the asked sessions to what was answered: ms until the session ends, or nothing when it has.
   * Streams do not extend a session (I9); what its person does elsewhere moves its end.
   */
  holdToSessions(asked: ReadonlySet<string>, endsInMs: ReadonlyMap<string, number>): void {
    for (const { connection } of this.#held.values()) {
      const { options } = connection;
      if (!asked.has(options.sessionId)) continue;
      const inMs = endsInMs.get(options.sessionId);
      if (inMs === undefined) this.#end(connection, 'revoked');
      else this.#moveEnd(connection, inMs);
    }
  }

  /** Tells every reader to go elsewhere, each after its own delay, in portions. Opens no stream any more. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const all = [...this.#held.keys()];
    for (let i = 0; i < all.length; i += drainChunk) {
      for (const connection of all.slice(i, i + drainChunk)) {
        this.#end(connection, 'drain', Math.floor(Math.random() * drainSpreadMs));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  stop(): void {
    this.#isDraining = true;
    this.#wheel.stop();
    clearInterval(this.#sweep);
    for (const { connection } of this.#held.values()) connection.destroy();
    for (const channel of this.#channels.values()) channel.stop();
    this.#channels.clear();
  }

  #describe({ projection, hearsPresence, footing, tab, isHidden, isPoll, session }: StreamRequest) {
    const spread = 0.9 + Math.random() * 0.2;
    const maxAge = Math.round(isPoll ? pollMs : this.#options.maxAgeMs * spread);
    const sessionEndsAt = now() + session.idleEndsAt - this.#options.sessionNow();
    const who = { sessionId: session.id, userId: session.user.id, sessionEndsAt };
    return {
      id: randomUUID(),
      ...who,
      tab,
      projection,
      hearsPresence,
      footing,
      isHidden,
      isPoll,
      maxAgeMs: maxAge,
      endsAt: now() + maxAge,
    };
  }

  #moveEnd(connection: StreamConnection, inMs: number): void {
    connection.options.sessionEndsAt = now() + inMs;
    if (inMs > sessionWarningMs) connection.isWarned = false;
    if (inMs <= 0) this.#end(connection, 'auth');
  }

  #channelOf(key: BoardKey, board: BoardHost): BoardChannel {
    const present = this.#channels.get(keyText(key));
    if (present && present.board === board) return present;
    const fresh = new BoardChannel(board, { health: this.#options.health, now });
    this.#channels.set(keyText(key), fresh);
    return fresh;
  }

  #hold(held: Held): void {
    const { connection, channel, openedAt } = held;
    this.#held.set(connection, held);
    this.#wheel.add(held);
    connection.onClose(() => this.#release(connection, connection.endReason, now() - openedAt));
    connection.onEnd = () => {
      this.#wheel.delete(held);
      this.#held.delete(connection);
      channel.detach(connection);
    };
  }

  #release(connection: StreamConnection, reason: string, ageMs: number): void {
    connection.destroy();
    this.#options.onClosed(connection, reason, ageMs);
  }

  /** `nowMs` is Redis's clock, by which every time on the board is judged; this host's may be wrong. */
  #greet(connection: StreamConnection, nowMs: number): void {
    const { id, maxAgeMs } = connection.options;
    const { heartbeatMs: hb, node } = this.#options;
    const hello = { conn: id, proto: protocolVersion, hb, maxAge: maxAgeMs, now: nowMs, node } as const;
    connection.write(encodeText(`retry: 1000\n${frameText('hello', { ...hello, proto: 1 })}`));
  }

  #limitPoll(connection: StreamConnection): void {
    const timer = setTimeout(() => this.#held.get(connection)?.channel.endPoll(connection), pollMs);
    connection.onClose(() => clearTimeout(timer));
  }

  #visit(members: readonly Held[]): void {
    const beating = new Map<BoardChannel, StreamConnection[]>();
    for (const { connection, channel } of members) {
      const end = endOf(connection);
      if (end === 'slow') this.#giveUp(connection);
      else if (end) this.#end(connection, end);
      else beating.set(channel, [...(beating.get(channel) ?? []), connection]);
    }
    for (const [channel, readers] of beating) channel.beat(readers);
    for (const readers of beating.values()) readers.forEach(warnOfEnd);
  }

  #end(connection: StreamConnection, code: ByeCode, afterMs = 0): void {
    connection.end(code, afterMs);
  }

  /** A goodbye would wait behind everything it has not read; it is written for those who read it all the same. */
  #giveUp(connection: StreamConnection): void {
    this.#end(connection, 'slow');
    connection.destroy();
  }

  #dropUnused(): void {
    for (const [key, channel] of this.#channels) {
      if (channel.readers.size > 0) continue;
      channel.stop();
      this.#channels.delete(key);
    }
  }
}

function beginAnswer({ res, requestId }: Pick<Call, 'res' | 'requestId'>): void {
  const own = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Request-Id': requestId,
  };
  res.writeHead(200, { ...Object.fromEntries(apiHeaders), ...own });
  res.flushHeaders();
}

/** Why a stream has to end now, or null. */
function endOf(connection: StreamConnection): ByeCode | null {
  const { isPoll, endsAt, sessionEndsAt } = connection.options;
  if (isTooSlow(connection)) return 'slow';
  if (now() >= sessionEndsAt) return 'auth';
  return !isPoll && now() >= endsAt ? 'rotate' : null;
}

/** Once, shortly before the session ends: the page asks to sign in before the board goes dark (I9: it never extends it). */
function warnOfEnd(connection: StreamConnection): void {
  const expIn = Math.round(connection.options.sessionEndsAt - now());
  if (expIn > sessionWarningMs || connection.isWarned || connection.state !== 'live') return;
  connection.isWarned = true;
  connection.write(encodeText(frameText('auth', { expIn: Math.max(0, expIn) })));
}

function isTooSlow(connection: StreamConnection): boolean {
  if (connection.state !== 'behind') return false;
  const { pendingBytes, behindSince } = connection;
  return pendingBytes > slowBytes || (pendingBytes > 0 && now() - behindSince > slowMs);
}
