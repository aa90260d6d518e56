/**
 * One change of a file at a time, whichever process makes it. The lock is a folder beside the file with one entry, named
 * for its holder, and what the holder wants to write is written into that entry. Moving the entry into place is one
 * step of the file system that only a present holder can make: whoever was given up cannot write over what came later,
 * however long it slept. A name is never used twice, so that nobody ends a lock other than the one that was looked at.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@workflow-bolt/contracts';

/** A change takes milliseconds; a holder this old belongs to a process that died, or sleeps. */
const staleMs = 10_000;
const pauseMs = 20;

export const lockOf = (path: string): string => `${path}.change`;

/**
 * Replaces a file by the text that `write` answers, alone: it runs while nobody else changes the file. Throws Fault
 * `keys_unavailable` when it took so long that it was given up, or cannot write; then nothing was changed.
 */
export async function replaceAlone(path: string, write: () => Promise<string>): Promise<void> {
  const lock = lockOf(path);
  const holder = await takeLock(lock);
  try {
    await moveIntoPlace(join(lock, holder), path, await write());
  } finally {
    await endHolder(lock, holder);
  }
}

async function moveIntoPlace(entry: string, path: string, text: string): Promise<void> {
  try {
    // The entry must be there: a new one would stand in somebody else's lock.
    const handle = await open(entry, 'r+');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(entry, path);
  } catch (error) {
    throw new Fault('keys_unavailable', { reason: 'the change was given up; nothing was changed' }, error);
  }
}

/** Waits until nobody else holds the lock; returns the name of the holder. */
async function takeLock(lock: string): Promise<string> {
  const holder = randomUUID();
  const prepared = `${lock}.${holder}`;
  try {
    await mkdir(prepared, { mode: 0o700 });
    await (await open(join(prepared, holder), 'wx', 0o600)).close();
    while (!(await isTaken(lock, prepared, holder))) {
      const old = await staleHolder(lock);
      await (old === null ? pause(pauseMs) : endHolder(lock, old));
    }
    return holder;
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    throw new Fault('keys_unavailable', {}, error);
  }
}

/** A folder takes the place of none, or of an empty one; never of one with a holder in it. */
async function isTaken(lock: string, prepared: string, holder: string): Promise<boolean> {
  const now = new Date();
  await utimes(join(prepared, holder), now, now);
  try {
    await rename(prepared, lock);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    // Windows never replaces a folder; `endHolder` removes it there too.
    if (code === 'EPERM' && process.platform === 'win32') return false;
    throw error;
  }
}

/** The holder of a lock that has done nothing for so long that it is given up; null when there is none. */
export async function staleHolder(lock: string): Promise<string | null> {
  for (const holder of await readdir(lock).catch(() => [])) {
    const entry = await stat(join(lock, holder)).catch(() => null);
    if (entry && Date.now() - entry.mtimeMs > staleMs) return holder;
  }
  return null;
}

/** Ends this holder's lock. One that somebody else holds by now stays. */
export async function endHolder(lock: string, holder: string): Promise<void> {
  await rm(join(lock, holder), { force: true });
  // Not empty: somebody has it already.
  await rmdir(lock).catch(() => {});
}
