import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLineOf, isAlive, startMarkOf } from './process-info.ts';

/** Every directory of ours begins so; short, because a unix socket path must stay below 108 bytes. */
export const TEMP_PREFIX = 'wbr-';
const OWNER_FILE = 'owner.json';
/** A directory without an owner file is being created right now, unless it is older than this. */
const ORPHAN_AGE_MS = 600_000;

export interface TempOwner {
  readonly pid: number;
  readonly mark: string;
}

/** Make a private directory (mode 0700) that names this process as its owner. */
export function makeTempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), TEMP_PREFIX));
  const owner: TempOwner = { pid: process.pid, mark: startMarkOf(process.pid) };
  writeFileSync(join(dir, OWNER_FILE), JSON.stringify(owner));
  return dir;
}

/** All directories of the kit in the temp folder, with their owner when it is written already. */
export function listTempDirs(): { dir: string; owner: TempOwner | undefined }[] {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(TEMP_PREFIX));
  return names.map((name) => {
    const dir = join(tmpdir(), name);
    return { dir, owner: readOwner(dir) };
  });
}

/**
 * Remove what a killed run left behind: directories whose owner is gone, and the servers still running in them.
 * A server is ended only when its pid file and its command line both name the directory, so that a recycled
 * process id is never shot. Returns the directories removed.
 */
export function reapStaleTempDirs(): string[] {
  const stale = listTempDirs().filter(({ dir, owner }) => (owner ? !ownerLives(owner) : isOldOrphan(dir)));
  for (const { dir } of stale) {
    endServerOf(dir);
    rmSync(dir, { recursive: true, force: true });
  }
  return stale.map(({ dir }) => dir);
}

function readOwner(dir: string): TempOwner | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, OWNER_FILE), 'utf8')) as TempOwner;
  } catch {
    return undefined;
  }
}

function ownerLives(owner: TempOwner): boolean {
  return isAlive(owner.pid) && (owner.mark === '' || startMarkOf(owner.pid) === owner.mark);
}

function isOldOrphan(dir: string): boolean {
  try {
    return Date.now() - statSync(dir).mtimeMs > ORPHAN_AGE_MS;
  } catch {
    return false;
  }
}

function endServerOf(dir: string): void {
  try {
    const pid = Number(readFileSync(join(dir, 'redis.pid'), 'utf8').trim());
    if (pid > 1 && commandLineOf(pid).includes(dir)) process.kill(pid, 'SIGKILL');
  } catch {
    // No pid file, or the server ended between the check and the signal: nothing to end.
  }
}
