import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { childrenOf, commandLineOf, isAlive } from './process-info.ts';
import { listTempDirs, makeTempDir, reapStaleTempDirs, TEMP_PREFIX } from './temp-dir.ts';

/*
 * What this process started and must end. Processes and directories outlive a module, so this register is one per
 * process by nature. A child is ended on exit, on an uncaught error (which ends in 'exit') and on signals; a SIGKILL
 * of the test runner cannot be caught, so the next run's first server reaps what it left.
 */
const children = new Set<ChildProcess>();
const dirs = new Set<string>();
let isArmed = false;

/** Make a temp directory that is removed at the latest when the process ends. */
export function ownTempDir(): string {
  arm();
  const dir = makeTempDir();
  dirs.add(dir);
  return dir;
}

/** Remove a directory made by `ownTempDir`. */
export function releaseTempDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  dirs.delete(dir);
}

/** End this child at the latest when the process ends. It does not keep the event loop alive. */
export function ownChild(child: ChildProcess): void {
  arm();
  child.unref();
  if (child.pid === undefined) return;
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/**
 * Assert that every server started by this process is down and every temp directory removed.
 * Call it after the last test of a suite. Throws an error that lists each leftover.
 */
export function assertNoLeaks(): void {
  const alive = new Set([...children].flatMap(({ pid }) => (pid !== undefined && isAlive(pid) ? [pid] : [])));
  for (const pid of childrenOf(process.pid)) if (commandLineOf(pid).includes(TEMP_PREFIX)) alive.add(pid);
  const left = [
    ...[...alive].map((pid) => `process ${pid}: ${commandLineOf(pid)}`),
    ...listTempDirs().flatMap(({ dir, owner }) => (owner?.pid === process.pid ? [`directory ${dir}`] : [])),
  ];
  if (left.length > 0) throw new Error(`leaked by this test process:\n  ${left.join('\n  ')}`);
}

function arm(): void {
  if (isArmed) return;
  isArmed = true;
  reapStaleTempDirs();
  process.on('exit', endEverything);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) endOn(signal);
}

function endOn(signal: NodeJS.Signals): void {
  const onSignal = (): void => {
    endEverything();
    process.off(signal, onSignal);
    // Someone else handles the signal too: they decide when to exit. Otherwise keep its usual meaning.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.on(signal, onSignal);
}

function endEverything(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const dir of dirs) if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
}
