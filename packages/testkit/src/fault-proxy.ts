import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createRng, type Rng } from './generate/random.ts';
import { ownTempDir, releaseTempDir } from './owned-resources.ts';
import { ProxyLink, ReplyDrops } from './proxy-link.ts';
import type { RedisAddress } from './resp.ts';
import { type Toxic, ToxicSet } from './toxics.ts';

export interface FaultProxyOptions {
  /**
   * Where the real server listens: a unix socket path, or a port on the loopback. A function is asked at each
   * connection: for a server that must know the proxy's port before it can start.
   */
  readonly target: RedisAddress | (() => RedisAddress);
  /** Default 'tcp' on a free loopback port. */
  readonly listen?: 'tcp' | 'unix';
  /** Decides the jitter. Default 1. */
  readonly seed?: number;
}

/**
 * Start a proxy between a client and a server that can make their network bad: see `Toxic`. Without toxics it passes
 * everything through.
 *
 *     await using proxy = await startFaultProxy({ target: { path: redis.socket } });
 *     const heal = proxy.add({ kind: 'timeout', direction: 'down' });
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options);
  await proxy.up();
  return proxy;
}

export class FaultProxy {
  readonly #target: () => RedisAddress;
  readonly #toxics = new ToxicSet();
  readonly #drops = new ReplyDrops();
  readonly #links = new Set<ProxyLink>();
  readonly #rng: Rng;
  readonly #dir: string | undefined;
  #server: Server | undefined;
  #port = 0;
  #accepted = 0;
  readonly #bytes = { up: 0, down: 0 };

  constructor(options: FaultProxyOptions) {
    const { target } = options;
    this.#target = typeof target === 'function' ? target : () => target;
    this.#rng = createRng(options.seed ?? 1);
    this.#dir = options.listen === 'unix' ? ownTempDir() : undefined;
  }

  /** The TCP port it listens on (the same after `down()` and `up()`); 0 on a unix socket. */
  get port(): number {
    return this.#dir ? 0 : this.#port;
  }

  /** The unix socket it listens on; undefined on TCP. */
  get path(): string | undefined {
    return this.#dir ? join(this.#dir, 'proxy.sock') : undefined;
  }

  /** As a Redis client takes it. */
  get url(): string {
    return this.path ? `unix://${this.path}` : `redis://127.0.0.1:${this.#port}`;
  }

  /** What went through so far: open and accepted connections, bytes each way, replies dropped. */
  get stats(): {
    open: number;
    accepted: number;
    bytesUp: number;
    bytesDown: number;
    repliesDropped: number;
  } {
    return {
      open: this.#links.size,
      accepted: this.#accepted,
      bytesUp: this.#bytes.up,
      bytesDown: this.#bytes.down,
      repliesDropped: this.#drops.total,
    };
  }

  /** Put a toxic in force on all connections, also the open ones. The function returned takes it out. */
  add(toxic: Toxic): () => void {
    return this.#toxics.add(toxic);
  }

  /** Take out all toxics; bytes that a silence held flow on. Does not undo `down()`. */
  clear(): void {
    this.#toxics.clear();
  }

  /** RST on every open connection, once; new ones are accepted. */
  resetAll(): void {
    for (const link of [...this.#links]) link.reset();
  }

  /** Refuse new connections (ECONNREFUSED) and reset the open ones, as when the server's process is gone. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    this.resetAll();
    await closed;
  }

  /** Accept connections again on the same port or path. */
  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    if (this.path) server.listen(this.path);
    else server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    const address = server.address();
    if (address && typeof address === 'object') this.#port = address.port;
  }

  /** Close everything and remove the socket's directory. Safe to call twice. */
  async stop(): Promise<void> {
    await this.down();
    if (this.#dir) releaseTempDir(this.#dir);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const server = connect({ ...this.#target(), allowHalfOpen: true });
    const link = new ProxyLink({
      client,
      server,
      toxics: this.#toxics,
      drops: this.#drops,
      rng: this.#rng,
      onBytes: (direction, count) => {
        this.#bytes[direction] += count;
      },
      onEnd: () => this.#links.delete(link),
    });
    this.#links.add(link);
  }
}
