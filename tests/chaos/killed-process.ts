/** Runs a script in a process of its own and ends it with SIGKILL, so many milliseconds after it said `begun`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type Killed = {
  /** False when it had finished by itself before the kill. */
  isKilled: boolean;
  /** From `begun` to its end. */
  ms: number;
  /** What it wrote after `begun`. */
  out: string;
};

/** `killAfterMs` null lets it finish. Throws when it fails by itself. */
export async function runToKill(
  script: string,
  args: readonly string[],
  killAfterMs: number | null,
): Promise<Killed> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  const begun = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (out.startsWith('begun\n')) begun.resolve();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  await Promise.race([begun.promise, ended]);
  const begunAt = performance.now();
  if (killAfterMs !== null) {
    await Promise.race([sleep(killAfterMs), ended]);
    child.kill('SIGKILL');
  }
  const code = await ended;
  if (code !== 0 && child.signalCode !== 'SIGKILL') throw new Error(`${script} ended with ${code}`);
  return { isKilled: code !== 0, ms: performance.now() - begunAt, out: out.slice('begun\n'.length) };
}
