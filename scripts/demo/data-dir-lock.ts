/** One system per data directory, and nothing left over from one that was killed. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartRefused } from './start-options.ts';

const lockFile = (dataDir: string) => join(dataDir, 'start.pid');
const partsFile = (dataDir: string) => join(dataDir, 'parts.txt');

/**
 * The command line of a process; empty when it is gone, and without our mark when it is only waiting to be reaped
 * or when its number went to a stranger.
 */
function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Remembers a process that we started, so that a later start can end it if we cannot. */
export function notePart(dataDir: string, pid: number | undefined, mark: string): void {
  if (pid !== undefined) appendFileSync(partsFile(dataDir), `${pid} ${mark}\n`);
}

type Part = { pid: number; mark: string };

/** Resolves true when the process is gone within `ms`. */
async function isGoneWithin({ pid, mark }: Part, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; commandOf(pid).includes(mark); await delay(100)) {
    if (Date.now() > until) return false;
  }
  return true;
}

/** SIGTERM, and SIGKILL when that does not end it within the time a drain takes. */
async function endPart(part: Part): Promise<void> {
  process.kill(part.pid, 'SIGTERM');
  if (await isGoneWithin(part, 12_000)) return;
  process.kill(part.pid, 'SIGKILL');
  await isGoneWithin(part, 5_000);
}

/**
 * Ends what a killed predecessor left running, last started first, so that nobody waits for a part that is gone:
 * by process id, and only if the command line is the noted one.
 */
async function endLeftovers(dataDir: string): Promise<void> {
  if (!existsSync(partsFile(dataDir))) return;
  const lines = readFileSync(partsFile(dataDir), 'utf8').split('\n').filter(Boolean);
  for (const line of lines.reverse()) {
    const [pidText = '', mark = ''] = line.split(' ');
    const pid = Number(pidText);
    if (!commandOf(pid).includes(mark)) continue;
    console.log(`Ending ${mark} (process ${pid}), left over from a start that was killed.`);
    await endPart({ pid, mark });
  }
}

/**
 * Takes the directory for this process; returns how to release it. Throws StartRefused when a living process
 * holds it; a dead one's lock is taken over and what it left running is ended.
 */
export async function lockDataDir(dataDir: string): Promise<() => void> {
  const path = lockFile(dataDir);
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner > 0 && commandOf(owner).includes('start.ts')) {
      throw new StartRefused(
        `workflow-bolt already runs on this data (process ${owner}). Use that one, stop it, or start a second one with:\n` +
          '  npm start -- --data .bolt-2 --port 8090',
      );
    }
    rmSync(path, { force: true });
  }
  await endLeftovers(dataDir);
  rmSync(partsFile(dataDir), { force: true });
  return () => {
    rmSync(partsFile(dataDir), { force: true });
    rmSync(path, { force: true });
  };
}
