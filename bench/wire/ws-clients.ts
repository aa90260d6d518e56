import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientTextFrame, WsFrameParser } from './ws-frame-parser.ts';

export type WsClientsOptions = {
  port: number;
  count: number;
  path: string;
  /** Sent after the handshake, by client; null for nothing. Then the client is open at its first payload. */
  greeting: ((client: number) => string) | null;
  /** A payload, in a buffer that is reused: cheap work only. */
  onPayload: (client: number, bytes: Buffer, from: number, to: number) => void;
  /** A connection ended that `close` did not end. */
  onClose?: (client: number) => void;
};

const receiveBuffer = Buffer.allocUnsafeSlow(65_536);
const connectingMax = 100;
const openTimeoutMs = 10_000;

/** Many WebSocket clients over raw sockets with one receive buffer: the same economy as the event stream clients. */
export class WsClients {
  readonly #options: WsClientsOptions;
  readonly #sockets = new Map<number, Socket>();

  constructor(options: WsClientsOptions) {
    this.#options = options;
  }

  get numOpen(): number {
    return this.#sockets.size;
  }

  async openAll(): Promise<void> {
    const missing = Array.from({ length: this.#options.count }, (_, i) => i);
    const lane = async () => {
      for (let i = missing.shift(); i !== undefined; i = missing.shift()) await this.open(i);
    };
    await Promise.all(Array.from({ length: connectingMax }, lane));
  }

  /** Resolves when the client is open; rejects when it is refused. */
  open(client: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { port, greeting } = this.#options;
    const opening = new Opening(resolve);
    const parser = new WsFrameParser((bytes, from, to) => {
      opening.done();
      this.#options.onPayload(client, bytes, from, to);
    });
    const onRead = (length: number): boolean => {
      const rest = opening.isUpgraded
        ? receiveBuffer.subarray(0, length)
        : opening.takeHead(receiveBuffer, length);
      if (!rest) return true;
      if (opening.wasUpgradedNow())
        greeting ? socket.write(clientTextFrame(greeting(client))) : opening.done();
      parser.push(rest, rest.length);
      return true;
    };
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: receiveBuffer, callback: onRead },
    });
    const timer = setTimeout(() => socket.destroy(), openTimeoutMs);
    void promise.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
    this.#sockets.set(client, socket);
    socket.once('connect', () => socket.write(this.#request()));
    socket.on('error', () => {});
    socket.once('close', () => {
      reject(new Error(`client ${client}: closed before it was open`));
      if (this.#sockets.get(client) !== socket) return;
      this.#sockets.delete(client);
      this.#options.onClose?.(client);
    });
    return promise;
  }

  send(client: number, text: string): void {
    this.#sockets.get(client)?.write(clientTextFrame(text));
  }

  close(): void {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) socket.destroy();
  }

  #request(): string {
    const { path, port } = this.#options;
    const key = randomBytes(16).toString('base64');
    return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: ${key}\r\nsec-websocket-version: 13\r\n\r\n`;
  }
}

/** The handshake of one client: the head of the 101, then whatever makes it open. */
class Opening {
  readonly #resolve: () => void;
  #head = '';
  #isNew = false;
  isUpgraded = false;

  constructor(resolve: () => void) {
    this.#resolve = resolve;
  }

  /** The bytes after the head; null while it is not complete. Throws nothing: a refusal ends in a closed socket. */
  takeHead(bytes: Buffer, length: number): Buffer | null {
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', 0, length);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0 || !this.#head.startsWith('HTTP/1.1 101')) return null;
    this.isUpgraded = true;
    this.#isNew = true;
    return bytes.subarray(end + 4 - before, length);
  }

  /** True once, right after the head. */
  wasUpgradedNow(): boolean {
    const isNew = this.#isNew;
    this.#isNew = false;
    return isNew;
  }

  done(): void {
    this.#resolve();
  }
}
