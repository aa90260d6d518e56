import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { root, toolEnvironment } from '../run-command.ts';

export type ServiceSpec = {
  name: string;
  /** Script below the repository's root. */
  script: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Its output goes to `<logDir>/<name>.log`. */
  logDir: string;
};

/** A process of ours: started once, ended by its own id, never by name. */
export class ChildService {
  readonly name: string;
  readonly logPath: string;
  readonly #child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isRunning = true;
  isStopping = false;

  constructor({ name, script, args = [], env, logDir }: ServiceSpec) {
    this.name = name;
    this.logPath = join(logDir, `${name}.log`);
    const log = openSync(this.logPath, 'a');
    // Its own process group: Ctrl-C reaches only us, so that we stop the parts in order.
    this.#child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      detached: true,
      env: toolEnvironment(env),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.isRunning = false;
        resolve({ code, signal });
      });
      this.#child.once('error', () => {
        this.isRunning = false;
        resolve({ code: 1, signal: null });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGTERM, then SIGKILL after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (!this.isRunning) return;
    this.isStopping = true;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
  }
}
