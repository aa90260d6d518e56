/** The private redis-server that `npm start` runs: durable, on loopback, with data that outlives it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisPort } from './ioredis-port.ts';
import { redisServerConf } from './redis-server-conf.ts';
import { fromUrl } from './redis-target.ts';

export type EmbeddedRedisOptions = {
  /** Data directory: created when absent, kept at the end. */
  dir: string;
  /** Loopback port, 0 for any free one; or a unix socket. Default: any free port. */
  listen?: { port: number } | { socket: string };
  maxmemory?: string;
  /** Name or path of the server program. */
  binary?: string;
};

export type EmbeddedRedis = {
  /** For `fromUrl`. */
  url: string;
  pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  exited: Promise<void>;
  /** Ends it in order; what was written stays. */
  stop: () => Promise<void>;
};

/** A sentence to show; nothing was started. */
export class EmbeddedRedisError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EmbeddedRedisError';
  }
}

/** A large append-only file takes a while to load. */
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/** True when that process runs and is a Redis: a pid file left by a crash may name a process of someone else. */
function isRedisProcess(pid: number): boolean {
  try {
    const command = execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
    return /redis|valkey/i.test(command);
  } catch {
    return false;
  }
}

function runningPid(dir: string): number | null {
  const file = join(dir, 'redis.pid');
  if (!existsSync(file)) return null;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 1 && isRedisProcess(pid) ? pid : null;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

function lastLogLines(dir: string): string {
  const file = join(dir, 'redis.log');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : '';
}

/** Resolves when it answers; throws with the end of its log when it ends first. */
async function untilReady(child: ChildProcess, url: string, dir: string): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new EmbeddedRedisError(`redis-server did not start:\n${lastLogLines(dir)}`);
    }
    if (await isAnswering(url, child.pid)) return;
    await sleep(20);
  }
  child.kill('SIGTERM');
  throw new EmbeddedRedisError(
    `redis-server did not become ready in ${readyTimeoutMs} ms:\n${lastLogLines(dir)}`,
  );
}

/** It, and not a stranger who had the port before. */
async function isAnswering(url: string, pid: number): Promise<boolean> {
  const port = createRedisPort(fromUrl(url), 'bolt:start');
  try {
    await port.connect();
    return String(await port.command('INFO', 'server')).includes(`process_id:${pid}\r`);
  } catch {
    return false;
  } finally {
    await port.close();
  }
}

/**
 * Writes the append-only file anew before anybody writes to it. A file whose end was lost within a transaction is
 * loaded without that transaction, but Redis 7.0 leaves its first half in the file, joins it with the next
 * transaction, and carries both out at the next start: a lost step would come back in pieces.
 */
async function rewriteFile(url: string): Promise<void> {
  const port = createRedisPort(fromUrl(url), 'bolt:start');
  try {
    await port.connect();
    await port.command('BGREWRITEAOF');
    const deadline = performance.now() + readyTimeoutMs;
    while (performance.now() < deadline) {
      const info = String(await port.command('INFO', 'persistence'));
      if (/aof_rewrite_in_progress:0\r/.test(info) && /aof_rewrite_scheduled:0\r/.test(info)) return;
      await sleep(10);
    }
  } finally {
    await port.close();
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts the server on its data directory and waits until it answers. Throws EmbeddedRedisError when another
 * one runs on the same directory, the program is missing, or it ends at once (its log says why).
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { dir, maxmemory, binary = 'redis-server', listen: wanted = { port: 0 } } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const other = runningPid(dir);
  if (other !== null) {
    throw new EmbeddedRedisError(
      `Another instance (process ${other}) already uses ${dir}. Stop it first, or choose another data directory.`,
    );
  }
  rmSync(join(dir, 'redis.pid'), { force: true });
  const listen = 'port' in wanted && wanted.port === 0 ? { port: await freePort() } : wanted;
  const conf = join(dir, 'redis.conf');
  writeFileSync(conf, redisServerConf({ dir, listen, maxmemory }), { mode: 0o600 });
  // Its own process group: Ctrl-C ends us, and we end it when everything that uses it has ended.
  const child = spawn(binary, [conf], { stdio: 'ignore', detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const url = 'port' in listen ? `redis://127.0.0.1:${listen.port}` : `unix://${listen.socket}`;
  await untilReady(child, url, dir);
  await rewriteFile(url);
  return { url, pid: child.pid ?? 0, exited, stop: () => stopChild(child) };
}
