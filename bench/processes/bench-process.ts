/** Processes of a bench run: each ended by its own id, at the latest when the bench itself ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { awaitUntil } from '@workflow-bolt/testkit';
import { root, toolEnvironment } from '../../scripts/run-command.ts';
import { ownDir, releaseDir } from './owned-dir.ts';

export type ProcessSpec = {
  name: string;
  /** Script below the repository's root. */
  script: string;
  env: NodeJS.ProcessEnv;
  args?: readonly string[];
  /** Asked until it answers 200; null when the process prints a line with `"ready":true` instead, or never tells. */
  readyUrl: string | null;
  /** Flags for Node itself, such as --cpu-prof. */
  nodeFlags?: readonly string[];
};

/** Lets a process tell its memory; see `memory`. */
export const memoryFlags = ['--expose-gc', '--import', join(root, 'bench/processes/tell-memory.ts')];

const running = new Set<ChildProcess>();
let isArmed = false;

function arm(): void {
  if (isArmed) return;
  isArmed = true;
  process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
}

/** A server of one contestant, which may be killed and started again on the same port. */
export class BenchProcess {
  readonly name: string;
  readonly #spec: ProcessSpec;
  readonly #dir = ownDir();
  #child: ChildProcess | null = null;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
    this.name = spec.name;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  /** Starts it and waits until it answers. Throws with the end of its output when it does not. */
  async start(): Promise<this> {
    arm();
    const { script, args = [], env, nodeFlags = [], readyUrl } = this.#spec;
    const log = openSync(join(this.#dir, 'output.log'), 'a');
    const child = spawn(process.execPath, [...nodeFlags, join(root, script), ...args], {
      cwd: root,
      env: toolEnvironment({ ...env, BENCH_MEMORY_FILE: join(this.#dir, 'memory.json') }),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
    const isReady = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended' as const;
      const isUp = readyUrl === null ? this.readyLine() !== null : (await fetch(readyUrl)).ok;
      return isUp && ('ready' as const);
    };
    const state = await awaitUntil(`${this.name} answers`, isReady, 30_000).catch(() => 'silent' as const);
    if (state !== 'ready') throw new Error(`${this.name} did not start (${state}):\n${this.logTail()}`);
    return this;
  }

  /** The object that the process printed when it was ready; null before. */
  readyLine(): Record<string, unknown> | null {
    const line = this.logTail(Number.POSITIVE_INFINITY)
      .split('\n')
      .find((text) => text.includes('"ready":true'));
    return line ? (JSON.parse(line) as Record<string, unknown>) : null;
  }

  logTail(lines = 20): string {
    return readFileSync(join(this.#dir, 'output.log'), 'utf8').trim().split('\n').slice(-lines).join('\n');
  }

  /** Ends the process and waits for it; harmless when it does not run. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    releaseDir(this.#dir);
  }

  /**
   * Memory after a full collection. The process must have been started with `memoryFlags`. `retained` is what the
   * program holds: JavaScript heap and buffers, without what the collector keeps in reserve.
   */
  async memory(): Promise<{ retainedBytes: number; rssBytes: number }> {
    const path = join(this.#dir, 'memory.json');
    rmSync(path, { force: true });
    process.kill(this.pid, 'SIGUSR2');
    const text = await awaitUntil(
      `${this.name} tells its memory`,
      () => existsSync(path) && readFileSync(path, 'utf8'),
    );
    return JSON.parse(text) as { retainedBytes: number; rssBytes: number };
  }

  /** CPU milliseconds used so far, user and system, all threads. Linux: to the nanosecond. */
  cpuMs(): number {
    return cpuMsOf(this.pid);
  }
}

/** Sums the threads that live; a thread that ended takes its share along, which Node's pools do not do. */
function cpuMsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  let ns = 0;
  for (const task of readdirSync(tasks)) {
    ns += Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]);
  }
  return ns / 1e6;
}
