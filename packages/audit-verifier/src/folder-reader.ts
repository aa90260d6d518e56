/** A log in a folder, opened for reading only. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogReader } from './tiles.ts';

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

export function folderReader(root: string): LogReader {
  return {
    async read(name) {
      try {
        return await readFile(join(root, name));
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    async *list(prefix) {
      const cut = prefix.lastIndexOf('/') + 1;
      const folder = prefix.slice(0, cut);
      const names = await readdir(join(root, folder)).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw error;
      });
      yield* names
        .map((name) => `${folder}${name}`)
        .filter((name) => name.startsWith(prefix))
        .sort();
    },
  };
}
