import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  type Cursor,
  type Frame,
  formatCursor,
  type Principal,
  streamSchemaVersion,
  type View,
} from '@workflow-bolt/contracts';
import type { Projection } from '@workflow-bolt/domain';
import type { BoardPosition } from '@workflow-bolt/store';
import { type EncodedFrame, encodeText, frameText } from './encode-frame.ts';

/** Above this the reader is behind: stop writing and remember only where it stands. */
export const laggingBytes = 65_536;
/** Above this, or after so long without a byte taken, the reader is given up. */
export const slowBytes = 1_048_576;
export const slowMs = 10_000;

export type ByeCode = Frame<'bye'>['code'];
/** What an open stream rests on, to be asked again while it lives. */
export type Footing = {
  /** Who reads it, with the rights of this moment; null when there is no such person or device any more. */
  principal: () => Promise<Principal | null>;
  /** What that principal would be shown here; null when nothing. */
  view: (principal: Principal) => View | null;
};
export type ConnectionOptions = {
  id: string;
  sessionId: string;
  userId: string;
  tab: string | null;
  /** What it may see, as of its opening; when that changes, the stream ends and is opened again. */
  projection: Projection;
  footing: Footing;
  /** Whether it is told who else looks at the board. */
  hearsPresence: boolean;
  isHidden: boolean;
  /** Answer once and end, for paths that buffer. */
  isPoll: boolean;
  maxAgeMs: number;
  /** When it is asked to reconnect, and when its session ends, on the monotonic clock. */
  endsAt: number;
  sessionEndsAt: number;
};

/**
 * One reader. `live`: gets every flush. `behind`: its socket holds more than it takes, or it still waits for its
 * first answer; it costs one position and shared buffers until it has caught up.
 */
export class StreamConnection {
  readonly options: ConnectionOptions;
  state: 'behind' | 'live' | 'closed' = 'behind';
  isHidden: boolean;
  /** What has been written to it, or stands in its queue; null before its first snapshot. */
  position: BoardPosition | null = null;
  /** When it last fell behind or took something, on the monotonic clock. */
  behindSince = 0;
  /** Shared buffers still to be written, such as parts of a snapshot. */
  readonly queue: EncodedFrame[] = [];
  /** Socket writes so far. */
  writes = 0;
  /** Counts its catch-ups, so that an older one knows that it has been overtaken. */
  turn = 0;
  /** It got a change or a snapshot: enough for a poll to answer. */
  hasNews = false;
  /** Answers in a row that did not bring it forward. */
  unresolved = 0;
  /** It was told that its session ends. */
  isWarned = false;
  endReason = 'gone';
  /** Called once, when nothing more will be written to it. */
  onEnd: () => void = () => {};
  readonly #res: ServerResponse;
  readonly #socket: Socket;
  readonly #isChunked: boolean;

  constructor(res: ServerResponse, socket: Socket, options: ConnectionOptions) {
    this.#res = res;
    this.#socket = socket;
    // HTTP/1.0 readers, such as a proxy with its defaults, get the bare bytes until the end of the connection.
    this.#isChunked = res.chunkedEncoding;
    this.options = options;
    this.isHidden = options.isHidden;
  }

  /** Bytes that the kernel has not taken. Little says nothing about the reader; much says it is slow. */
  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  /** One socket write. The bytes bypass the response, which would frame them again for every reader. */
  write(frame: EncodedFrame): void {
    if (this.state === 'closed') return;
    this.writes += 1;
    this.#socket.write(this.#isChunked ? frame.chunk : frame.payload);
  }

  /** Runs `resume` when the socket has taken what it holds; also when it closes, so that nothing is kept waiting. */
  onceDrained(resume: () => void): void {
    const done = (): void => {
      this.#socket.off('drain', done);
      this.#socket.off('close', done);
      resume();
    };
    this.#socket.once('drain', done);
    this.#socket.once('close', done);
  }

  onClose(listener: () => void): void {
    this.#res.once('close', listener);
  }

  /** Says goodbye, ends the answer and leaves the connection to HTTP. */
  end(code: ByeCode | null, afterMs = 0): void {
    if (this.state === 'closed') return;
    if (code) this.write(encodeText(frameText('bye', { code, after: afterMs })));
    this.#close(code ?? 'answered');
    this.#res.end();
  }

  /** Cuts the connection, for readers that are gone or would never take a goodbye. */
  destroy(): void {
    const isEnding = this.state === 'closed' && this.#res.writableFinished;
    this.#close('gone');
    if (!isEnding) this.#socket.destroy();
  }

  #close(reason: string): void {
    this.queue.length = 0;
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.endReason = reason;
    this.onEnd();
  }

  /** The cursor of what has been written; null before the first answer. */
  cursor(): Cursor | null {
    return this.position ? cursorOf(this.options.projection.view, this.position) : null;
  }
}

function cursorOf(view: View, { epoch, seq, id, chain }: BoardPosition): Cursor {
  return { view, schema: streamSchemaVersion, epoch, seq, id, chain };
}

export const cursorText = (view: View, position: BoardPosition): string =>
  formatCursor(cursorOf(view, position));
