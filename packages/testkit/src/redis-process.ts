import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownChild } from './owned-resources.ts';
import { type RedisAddress, RespError, respCall } from './resp.ts';

export interface RedisProcessSpec {
  readonly binary: string;
  /** Directory of the server: configuration, data, log, pid file, socket. */
  readonly dir: string;
  readonly args: readonly string[];
  readonly address: RedisAddress;
  readonly readyTimeoutMs: number;
}

/** How often readiness is asked: a server is up after about 20 ms, so a coarser step would dominate the start. */
const POLL_MS = 3;
/** A server that ignores SIGTERM this long (a blocked fsync, a huge save) is killed. */
const TERM_GRACE_MS = 10_000;

/** One redis-server (data node or Sentinel) as an operating-system process: start, signals, end. */
export class RedisProcess {
  readonly spec: RedisProcessSpec;
  #child: ChildProcess | undefined;
  #isPaused = false;

  constructor(spec: RedisProcessSpec) {
    this.spec = spec;
  }

  /** The process id. Throws while the server is down. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`the redis-server in ${this.spec.dir} is not running`);
    return pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Start and wait for the first PONG. Throws with the end of the server's log when it exits or stays silent. */
  async start(): Promise<void> {
    if (this.#child) throw new Error(`the redis-server in ${this.spec.dir} is running already`);
    const child = spawn(this.spec.binary, [...this.spec.args], { stdio: 'ignore', cwd: this.spec.dir });
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = error.message;
      // A binary that cannot be run has no process, hence no exit.
      if (child.pid === undefined && this.#child === child) this.#child = undefined;
    });
    child.once('exit', (code, signal) => {
      failure ??= `exited with ${signal ?? code}`;
      if (this.#child === child) this.#child = undefined;
    });
    ownChild(child);
    this.#child = child;
    await this.#untilReady(() => failure);
  }

  /** SIGKILL: nothing is flushed, as when the kernel kills it. Resolves when the process is gone. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM: the server saves and closes as its configuration says. Resolves when the process is gone. */
  async term(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM');
  }

  /**
   * SIGSTOP. Connections stay open and the kernel keeps accepting bytes, which the server executes when it goes on:
   * this is a stalled server, not a partition. With `ms` it goes on by itself and the promise resolves then.
   */
  async pause(ms?: number): Promise<void> {
    process.kill(this.pid, 'SIGSTOP');
    this.#isPaused = true;
    if (ms === undefined) return;
    await sleep(ms);
    this.resume();
  }

  /** SIGCONT. Harmless when the server is not paused or down. */
  resume(): void {
    if (this.#child && this.#isPaused) process.kill(this.pid, 'SIGCONT');
    this.#isPaused = false;
  }

  /** The last lines of the server's own log. */
  logTail(lines = 15): string {
    const path = join(this.spec.dir, 'redis.log');
    return existsSync(path)
      ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
      : '(no log)';
  }

  async #untilReady(failure: () => string | undefined): Promise<void> {
    const deadline = Date.now() + this.spec.readyTimeoutMs;
    while (Date.now() < deadline) {
      if (await answers(this.spec.address)) return;
      const why = failure();
      if (why !== undefined) throw new Error(`redis-server did not start: ${why}\n${this.logTail()}`);
      await sleep(POLL_MS);
    }
    await this.kill9();
    throw new Error(`redis-server not ready in ${this.spec.readyTimeoutMs} ms\n${this.logTail()}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#isPaused = false;
    // The loop must stay alive until the exit arrives, although a forgotten server must not keep it alive.
    child.ref();
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const forced = setTimeout(() => child.kill('SIGKILL'), TERM_GRACE_MS);
    await exited;
    clearTimeout(forced);
  }
}

/** Any answer but LOADING counts: a server that demands a password (NOAUTH) is up. */
async function answers(address: RedisAddress): Promise<boolean> {
  try {
    const reply = await respCall(address, ['PING'], 1000);
    return !(reply instanceof RespError && reply.message.startsWith('LOADING'));
  } catch {
    return false;
  }
}
