import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endHolder, lockOf, replaceAlone, staleHolder } from './key-file-lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bolt-lock-'));
  path = join(folder, 'file');
  await writeFile(path, 'first');
});
afterEach(() => rm(folder, { recursive: true }));

const read = (): Promise<string> => readFile(path, 'utf8');
const append = (text: string) => async () => `${await read()} ${text}`;

/** A change that has read the file and now sleeps; `wake` lets it go on. */
async function sleeper(text: string) {
  const [asleep, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = replaceAlone(path, async () => {
    const changed = await append(text)();
    asleep.resolve();
    await awake.promise;
    return changed;
  });
  await asleep.promise;
  return { done, wake: () => awake.resolve() };
}

const holder = async (): Promise<string> => (await readdir(lockOf(path)))[0] ?? '';
const grownOld = async (): Promise<void> =>
  utimes(join(lockOf(path), await holder()), new Date(0), new Date(0));

test('[crypto] whoever slept too long changes nothing, and ends nobody else’s lock', async () => {
  const slow = await sleeper('slow');
  await grownOld();
  await replaceAlone(path, append('second'));
  const third = await sleeper('third');
  const thirds = await holder();
  slow.wake();
  await expect(slow.done).rejects.toMatchObject({ code: 'keys_unavailable' });
  expect([await read(), await holder()]).toEqual(['first second', thirds]);
  third.wake();
  await third.done;
  expect([await read(), await readdir(folder)]).toEqual(['first second third', ['file']]);
});

test('[crypto] who found a lock to be stale and was late ends no fresh one', async () => {
  const dead = await sleeper('dead');
  await grownOld();
  const found = await staleHolder(lockOf(path));
  await endHolder(lockOf(path), found ?? '');
  const fresh = await sleeper('fresh');
  const freshHolder = await holder();
  await endHolder(lockOf(path), found ?? '');
  expect([await holder(), await staleHolder(lockOf(path))]).toEqual([freshHolder, null]);
  const waits = replaceAlone(path, append('last'));
  fresh.wake();
  await Promise.all([fresh.done, waits]);
  expect(await read()).toBe('first fresh last');
  dead.wake();
  await expect(dead.done).rejects.toMatchObject({ code: 'keys_unavailable' });
  expect(await read()).toBe('first fresh last');
});

test('[crypto] twenty at once each count; a change that fails lets the next one go on', async () => {
  const failing = replaceAlone(path, () => Promise.reject(new Error('no room')));
  const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const all = names.map((name) => replaceAlone(path, append(name)));
  await expect(failing).rejects.toThrow('no room');
  await Promise.all(all);
  expect((await read()).split(' ').toSorted()).toEqual(['first', ...names].toSorted());
  expect(await readdir(folder)).toEqual(['file']);
});

test('[crypto] where nothing can be written, a change fails and says so', async () => {
  const nowhere = join(folder, 'absent', 'file');
  await expect(replaceAlone(nowhere, async () => 'x')).rejects.toMatchObject({ code: 'keys_unavailable' });
});
