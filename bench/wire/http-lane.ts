import { connect, type Socket } from 'node:net';
import { headerLines, type SessionHeaders } from './session-headers.ts';

export type HttpAnswer = { status: number; body: Buffer };
const idleMsMax = 2_000;

type Waiting = { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void };

/**
 * One keep-alive connection with one request at a time, over a raw socket: a load driver shares the machine with the
 * server it measures, so its own cost must be small and the same for every contestant.
 */
export class HttpLane {
  readonly #port: number;
  #socket: Socket | null = null;
  #received: Buffer[] = [];
  #size = 0;
  /** Bytes of head and body together, once the head is there. */
  #wanted = Number.POSITIVE_INFINITY;
  #headEnd = 0;
  #status = 0;
  #waiting: Waiting | null = null;
  #usedAt = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends one request. Rejects when the connection fails before the whole answer. */
  request(method: string, path: string, headers: string, body = ''): Promise<HttpAnswer> {
    if (this.#waiting) return Promise.reject(new Error('this lane already waits for an answer'));
    const socket = this.#open();
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.#waiting = { resolve, reject };
    const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\n${headers}${length}\r\n${body}`,
    );
    return promise;
  }

  close(): void {
    const socket = this.#socket;
    const waiting = this.#waiting;
    this.#socket = null;
    this.#waiting = null;
    this.#reset();
    socket?.destroy();
    waiting?.reject(new Error('the lane was closed'));
  }

  /** A server closes what is idle for seconds; a connection that old is not used again. */
  #open(): Socket {
    if (performance.now() - this.#usedAt > idleMsMax) this.close();
    this.#usedAt = performance.now();
    if (this.#socket) return this.#socket;
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.#socket === socket && this.#take(chunk));
    socket.on('error', () => {});
    socket.once('close', () => this.#gone(socket));
    this.#socket = socket;
    return socket;
  }

  #gone(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#reset();
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(new Error('the connection closed before the answer'));
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#headEnd === 0) this.#readHead();
    if (this.#size < this.#wanted) return;
    const whole = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    const answer = { status: this.#status, body: whole.subarray(this.#headEnd, this.#wanted) };
    const waiting = this.#waiting;
    this.#reset();
    this.#waiting = null;
    waiting?.resolve(answer);
  }

  #readHead(): void {
    const soFar =
      this.#received.length === 1 ? (this.#received[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#received);
    const end = soFar.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = soFar.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#status = Number(head.slice(9, 12));
    this.#headEnd = end + 4;
    if (length === undefined && this.#status !== 204) {
      this.#socket?.destroy(new Error('an answer without a length'));
      return;
    }
    this.#wanted = this.#headEnd + Number(length ?? 0);
  }

  #reset(): void {
    this.#received = [];
    this.#size = 0;
    this.#wanted = Number.POSITIVE_INFINITY;
    this.#headEnd = 0;
  }
}

/** Headers of a JSON request with a session, as raw lines. */
export const jsonHeaders = (session: SessionHeaders): string =>
  `content-type: application/json\r\n${headerLines(session)}`;
