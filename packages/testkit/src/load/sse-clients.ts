import { connect, type Socket } from 'node:net';
import type { RedisAddress } from '../resp.ts';
import { type SseFrame, SseParser } from './sse-parser.ts';

export interface SseClientsOptions {
  /** Where the server listens: a loopback port or a unix socket. */
  readonly target: RedisAddress;
  readonly count: number;
  /** Path and query of the stream, the same for all or by client. */
  readonly path: string | ((clientIndex: number) => string);
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((clientIndex: number) => Readonly<Record<string, string>>);
  /** The events that are counted and handed over. Default 'ev'. */
  readonly eventName?: string;
  /** Called for each such event. Cheap work only: a thousand clients call it on one thread. */
  readonly onEvent?: SseEventCallback;
  /** Called for each event of another name. */
  readonly onOther?: (clientIndex: number, frame: SseFrame, receivedAt: number) => void;
  /** A connection ended that `close` did not end. */
  readonly onClose?: (clientIndex: number, error: Error | undefined) => void;
  /** Hand over the text of the data too; costs a string for each event. Default false. */
  readonly wantsData?: boolean;
  /** Connections being made at one time. Default 100, below the usual backlog of 511. */
  readonly connectingMax?: number;
  /** For each connection until its response head. Default 10,000 ms. */
  readonly openTimeoutMs?: number;
}

/** `receivedAt` is `performance.now()` at the read that brought the end of the frame. */
export type SseEventCallback = (
  clientIndex: number,
  id: string,
  dataBytes: number,
  receivedAt: number,
  data: string,
) => void;

export interface SseStats {
  readonly open: number;
  readonly opened: number;
  readonly closed: number;
  /** Events of the counted name, over all clients. */
  readonly events: number;
  /** Bytes on the wire, heads and chunk frames included. */
  readonly bytes: number;
}

/** All sockets of a process read into this one: a read is parsed before the next one can begin. */
const RECEIVE_BUFFER = Buffer.allocUnsafeSlow(65_536);

/**
 * Open many event streams over raw sockets, far cheaper than an HTTP client each. Resolves when every one has got its
 * 200; rejects, and closes all, when one gets anything else.
 */
export async function openSseClients(options: SseClientsOptions): Promise<SseClients> {
  const clients = new SseClients(options);
  try {
    await clients.openAll();
    return clients;
  } catch (error) {
    await clients.close();
    throw error;
  }
}

export class SseClients {
  readonly #options: SseClientsOptions;
  readonly #sockets = new Map<number, Socket>();
  #opened = 0;
  #closed = 0;
  #events = 0;
  #bytes = 0;

  constructor(options: SseClientsOptions) {
    this.#options = options;
  }

  get stats(): SseStats {
    const open = this.#sockets.size;
    return { open, opened: this.#opened, closed: this.#closed, events: this.#events, bytes: this.#bytes };
  }

  /** Open all clients that are not open; after a server's restart, a reconnect storm. */
  async openAll(): Promise<void> {
    const missing = Array.from({ length: this.#options.count }, (_, i) => i).filter(
      (i) => !this.#sockets.has(i),
    );
    const lane = async (): Promise<void> => {
      for (let index = missing.shift(); index !== undefined; index = missing.shift()) await this.open(index);
    };
    const lanes = Math.min(missing.length, this.#options.connectingMax ?? 100);
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** Open one client; resolves at its 200. Further headers, such as last-event-id, win over the common ones. */
  open(index: number, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#sockets.has(index)) throw new Error(`client ${index} is open already`);
    return new Promise((resolve, reject) => {
      const timeoutMs = this.#options.openTimeoutMs ?? 10_000;
      let failure: Error | undefined;
      const fail = (error: Error): void => {
        failure ??= error;
        socket.destroy();
      };
      const timer = setTimeout(
        () => fail(new Error(`client ${index}: no answer in ${timeoutMs} ms`)),
        timeoutMs,
      );
      const parser = this.#parserFor(index, {
        onOpen: () => {
          clearTimeout(timer);
          this.#opened += 1;
          resolve();
        },
        onRefused: (why) => fail(new Error(`client ${index}: ${why}`)),
        onEnd: () => socket.destroy(),
      });
      const socket = connect({
        ...this.#options.target,
        noDelay: true,
        onread: {
          buffer: RECEIVE_BUFFER,
          callback: (length) => {
            this.#bytes += length;
            try {
              parser.push(RECEIVE_BUFFER, length);
            } catch (error) {
              fail(error as Error);
            }
            return true;
          },
        },
      });
      this.#sockets.set(index, socket);
      socket.once('connect', () => socket.write(this.#request(index, headers)));
      socket.on('error', fail);
      socket.once('close', () => {
        clearTimeout(timer);
        // `closeOne` took it out already: then nobody is told.
        if (this.#sockets.get(index) === socket) this.#gone(index, failure);
        reject(failure ?? new Error(`client ${index}: closed before its answer`));
      });
    });
  }

  /** End one client's connection; `onClose` is not called. */
  closeOne(index: number): void {
    const socket = this.#sockets.get(index);
    if (!socket) return;
    this.#sockets.delete(index);
    this.#closed += 1;
    socket.destroy();
  }

  /** End all connections; resolves when their sockets are closed. */
  async close(): Promise<void> {
    const closing = [...this.#sockets].map(([index, socket]) => {
      const closed = socket.closed
        ? undefined
        : new Promise<void>((resolve) => socket.once('close', () => resolve()));
      this.closeOne(index);
      return closed;
    });
    await Promise.all(closing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #gone(index: number, error: Error | undefined): void {
    this.#sockets.delete(index);
    this.#closed += 1;
    this.#options.onClose?.(index, error);
  }

  #parserFor(
    index: number,
    on: { onOpen: () => void; onRefused: (why: string) => void; onEnd: () => void },
  ): SseParser {
    const { eventName = 'ev', onEvent, onOther, wantsData = false } = this.#options;
    return new SseParser({
      wantsData,
      onHead: (status, headers) => {
        const type = headers['content-type'] ?? '';
        if (status !== 200) on.onRefused(`answered ${status}`);
        else if (!type.startsWith('text/event-stream')) on.onRefused(`answered ${type || 'no content type'}`);
        else on.onOpen();
      },
      onFrame: (frame) => {
        const receivedAt = performance.now();
        if (frame.event !== eventName) return onOther?.(index, frame, receivedAt);
        this.#events += 1;
        onEvent?.(index, frame.id, frame.dataBytes, receivedAt, frame.data);
      },
      onEnd: on.onEnd,
    });
  }

  #request(index: number, further: Readonly<Record<string, string>>): string {
    const { path, headers = {} } = this.#options;
    const common = typeof headers === 'function' ? headers(index) : headers;
    const all = {
      host: 'localhost',
      accept: 'text/event-stream',
      'cache-control': 'no-cache',
      ...common,
      ...further,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${typeof path === 'function' ? path(index) : path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  }
}
