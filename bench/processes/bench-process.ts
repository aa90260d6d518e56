/** Processes of a bench run: each ended by its own id, at the latest when the bench itself ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitUntil } from '@workflow-bolt/testkit';
import { root, toolEnvironment } from '../../scripts/run-command.ts';

export type ProcessSpec = {
  name: string;
  /** Script below the repository's root. */
  script: string;
  env: NodeJS.ProcessEnv;
  /** Asked until it answers 200. */
  readyUrl: string;
  /** Flags for Node itself, such as --cpu-prof. */
  nodeFlags?: readonly string[];
};

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
  readonly #dir = mkdtempSync(join(tmpdir(), 'bolt-bench-'));
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
    const { script, env, nodeFlags = [], readyUrl } = this.#spec;
    const log = openSync(join(this.#dir, 'output.log'), 'a');
    const child = spawn(process.execPath, [...nodeFlags, join(root, script)], {
      cwd: root,
      env: toolEnvironment(env),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
    const isReady = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended' as const;
      return (await fetch(readyUrl)).ok && ('ready' as const);
    };
    const state = await awaitUntil(`${this.name} answers`, isReady, 30_000).catch(() => 'silent' as const);
    if (state !== 'ready') throw new Error(`${this.name} did not start (${state}):\n${this.logTail()}`);
    return this;
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
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** CPU milliseconds used so far, user and system, all threads. Linux: to the nanosecond. */
  cpuMs(): number {
    return cpuMsOf(this.pid);
  }

  /** Resident memory in bytes. */
  rssBytes(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return Number(line?.[1] ?? Number.NaN) * 1024;
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
