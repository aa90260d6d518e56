/** Starts workers that call through gate and breaker, and collects what they say. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BreakerSettings } from '../src/index.ts';

export const account = '00000000000000bb';
/** How long a permit is out at most. */
export const leaseMs = 400;

/** One call that was let through: Redis's time of the turn, and the breaker's state and generation. */
export type SentCall = { at: number; state: string; gen: number; pid: number };
export type CallProcess = { pid: number; calls: SentCall[]; kill: () => Promise<void> };

export type CallProcessOptions = {
  url: string;
  operation: string;
  outcome: 'ok' | 'failed' | 'hang';
  settings: BreakerSettings & { gapMs: number };
};

export function startCaller({ url, operation, outcome, settings }: CallProcessOptions): CallProcess {
  const file = join(import.meta.dirname, 'breaker-worker.ts');
  const args = [file, url, operation, outcome, JSON.stringify(settings)];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const calls: SentCall[] = [];
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => calls.push(JSON.parse(line) as SentCall));
  }
  return {
    pid: child.pid ?? 0,
    calls,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
