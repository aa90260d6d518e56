import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { currentAofPath, flipAofByte, truncateAofTail } from './aof-files.ts';
import { withFreePort } from './free-port.ts';
import { ownTempDir, releaseTempDir } from './owned-resources.ts';
import { mustFindRedisServer } from './redis-binary.ts';
import { type RedisServerOptions, redisConf } from './redis-conf.ts';
import { RedisProcess } from './redis-process.ts';
import { type RespReply, respCall } from './resp.ts';

const READY_TIMEOUT_MS = 10_000;
/** The kernels' limit for a unix socket path without its closing zero: 107 bytes on Linux, 103 on macOS. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * Start a private redis-server in a directory of its own: nothing of it is shared with another test, so FLUSHALL,
 * functions, CONFIG and a SIGKILL hurt nobody else. About 20 ms. Throws, with the command to run, when no
 * redis-server 7.0 or newer is installed.
 *
 *     await using redis = await startRedis({ persist: 'aof-always' });
 *     const client = redis.client();
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const start = (port: number): Promise<RedisServer> => startOn(port, options);
  return options.tcp === true ? withFreePort(start) : start(Number(options.tcp ?? 0));
}

async function startOn(port: number, options: RedisServerOptions): Promise<RedisServer> {
  const server = new RedisServer(options.binary ?? mustFindRedisServer().path, port, options);
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A running private redis-server. Dispose it (`await using`, or `stop()`) to end it and remove its directory. */
export class RedisServer {
  /** Directory of the server: configuration, data, log. */
  readonly dir: string;
  /** Path of the unix socket. */
  readonly socket: string;
  /** TCP port on 127.0.0.1; 0 when it listens on the socket only. */
  readonly port: number;
  /** `redis://127.0.0.1:port`, or `unix:///path` without TCP; ioredis takes both. */
  readonly url: string;
  readonly #process: RedisProcess;
  readonly #clients = new Set<Redis>();

  /** Prepares the directory; use `startRedis`, which also starts the server. */
  constructor(binary: string, port: number, options: RedisServerOptions) {
    this.dir = ownTempDir();
    this.port = port;
    this.socket = join(this.dir, 'redis.sock');
    assertSocketPathFits(this.socket);
    this.url = port === 0 ? `unix://${this.socket}` : `redis://127.0.0.1:${port}`;
    const conf = join(this.dir, 'redis.conf');
    writeFileSync(conf, redisConf(this.dir, port, options));
    if (options.acl) writeFileSync(join(this.dir, 'users.acl'), `${options.acl.join('\n')}\n`);
    this.#process = new RedisProcess({
      binary,
      dir: this.dir,
      args: [conf],
      address: { path: this.socket },
      readyTimeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
    });
  }

  /** The process id. Throws while the server is down. */
  get pid(): number {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Start a server that is down, on the same directory, socket and port. Resolves when it answers. */
  start(): Promise<void> {
    return this.#process.start();
  }

  /** SIGKILL: what was not written is lost. Resolves when the process is gone; the directory stays. */
  kill9(): Promise<void> {
    return this.#process.kill9();
  }

  /** SIGTERM: an orderly end that saves as configured. The directory stays. */
  term(): Promise<void> {
    return this.#process.term();
  }

  /** End it in order if it runs, then start it again on the same directory. After `kill9()`: recovery. */
  async restart(): Promise<void> {
    await this.#process.term();
    await this.#process.start();
  }

  /**
   * Stall the server (SIGSTOP) until `resume()`, or for `ms`, and then the promise resolves after it goes on.
   * Not a partition: bytes sent meanwhile are executed afterwards. Use the fault proxy for silence.
   */
  pause(ms?: number): Promise<void> {
    return this.#process.pause(ms);
  }

  /** End a `pause()`. */
  resume(): void {
    this.#process.resume();
  }

  /** Cut bytes off the append-only file's end (a lost fsync). The server must be down. Returns the size left. */
  truncateAof(bytes: number): number {
    this.#assertDown('truncateAof');
    return truncateAofTail(this.dir, bytes);
  }

  /** Invert one byte of the append-only file (bad storage). The server must be down. */
  flipAofByte(offset: number): void {
    this.#assertDown('flipAofByte');
    flipAofByte(this.dir, offset);
  }

  /** The incremental append-only file, for tests that measure or copy it. */
  get aofPath(): string {
    return currentAofPath(this.dir);
  }

  /** One command on a connection of its own; an error reply comes back as a `RespError` value. */
  call(...args: string[]): Promise<RespReply> {
    return respCall({ path: this.socket }, args);
  }

  /** A client that is closed with the server. Errors while the server is down do not reach the test runner. */
  client(options: RedisOptions = {}): Redis {
    const client = new Redis({ path: this.socket, ...options });
    client.on('error', () => {});
    client.once('end', () => this.#clients.delete(client));
    this.#clients.add(client);
    return client;
  }

  /** Empty all databases and drop all functions: the state of a new server, in under a millisecond. */
  async reset(): Promise<void> {
    await this.call('FLUSHALL', 'SYNC');
    await this.call('FUNCTION', 'FLUSH');
  }

  /** The last lines of the server's log. */
  logTail(lines?: number): string {
    return this.#process.logTail(lines);
  }

  /** Close its clients, kill the server and remove its directory. Safe to call twice. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    this.#clients.clear();
    await this.#process.kill9();
    releaseTempDir(this.dir);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #assertDown(what: string): void {
    if (this.isRunning) throw new Error(`${what} needs the server down: call kill9() or term() first`);
  }
}

function assertSocketPathFits(path: string): void {
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return;
  throw new Error(`socket path too long (${path}): set TMPDIR to a shorter folder, such as /tmp`);
}
