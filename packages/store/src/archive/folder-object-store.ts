/** Objects as files of one folder: the default, and enough for a clinic that copies the folder away itself. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  archiveFault,
  type CreateResult,
  type ObjectStore,
  objectName,
  objectPrefix,
  settleExisting,
} from './object-store.ts';

/** Half-written files live here, on the same file system, so that one rename or link makes them whole. */
const scratch = '.scratch';
/** Writing one takes seconds at most: a half-written file this old was left by a process that died. */
const leftAfterMs = 3_600_000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
/** A name that is a folder, or lies below a file, is simply not an object. */
const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');

/** Makes a rename or link outlive a power cut: the folder is a file too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export class FolderObjectStore implements ObjectStore {
  readonly kind = 'folder';
  readonly #root: string;
  /** What died processes left is removed once: it may hold a wrapped key that was to be destroyed. */
  #tidied: Promise<void> | null = null;

  /** The folder is made when it is first written to, for this user only. */
  constructor(root: string) {
    this.#root = root;
  }

  create(name: string, bytes: Uint8Array): Promise<CreateResult> {
    return this.#place(name, bytes, async (from, to) => {
      try {
        // Unlike rename, a link refuses to replace what another process has just put there.
        await link(from, to);
        return 'created';
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        return settleExisting(await readFile(to), bytes);
      }
    });
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#place(name, bytes, rename);
  }

  async get(name: string): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#path(name));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw archiveFault('folder', error);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    const cut = objectPrefix(prefix).lastIndexOf('/') + 1;
    const names = await this.#namesBelow(prefix.slice(0, cut));
    yield* names.filter((name) => name.startsWith(prefix)).sort();
  }

  async delete(name: string): Promise<boolean> {
    const path = this.#path(name);
    try {
      await rm(path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw archiveFault('folder', error);
    }
  }

  #path(name: string): string {
    return join(this.#root, objectName(name));
  }

  async #place<Result>(
    name: string,
    bytes: Uint8Array,
    settle: (from: string, to: string) => Promise<Result>,
  ): Promise<Result> {
    const path = this.#path(name);
    const half = join(this.#root, scratch, randomUUID());
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await mkdir(dirname(half), { recursive: true, mode: 0o700 });
      this.#tidied ??= this.#tidy(dirname(half)).catch(() => {});
      await this.#tidied;
      await this.#write(half, bytes);
      const result = await settle(half, path);
      await syncFolder(dirname(path));
      return result;
    } catch (error) {
      throw archiveFault('folder', error);
    } finally {
      await rm(half, { force: true });
    }
  }

  async #tidy(folder: string): Promise<void> {
    const before = Date.now() - leftAfterMs;
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const left = await stat(path).catch(() => null);
      if (left && left.mtimeMs < before) await rm(path, { force: true });
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #namesBelow(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(join(this.#root, folder), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(this.#root.length + 1));
      return paths.filter((path) => !path.startsWith(scratch));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw archiveFault('folder', error);
    }
  }
}
