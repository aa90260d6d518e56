import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const AOF_DIR = 'appendonlydir';
const MANIFEST = 'appendonly.aof.manifest';

/** The incremental append-only file that the server in `dir` writes to. Throws when it keeps none. */
export function currentAofPath(dir: string): string {
  const manifest = readFileSync(join(dir, AOF_DIR, MANIFEST), 'utf8');
  const incremental = manifest
    .split('\n')
    .filter((line) => line.endsWith('type i'))
    .at(-1);
  const name = incremental?.split(' ')[1];
  if (!name) throw new Error(`no incremental append-only file in ${dir}`);
  return join(dir, AOF_DIR, name);
}

/**
 * Cut `bytes` off the end of the append-only file, as when a crash lost what was not yet on disk.
 * Only for a server that is down. Returns the size left.
 */
export function truncateAofTail(dir: string, bytes: number): number {
  const path = currentAofPath(dir);
  const left = Math.max(0, statSync(path).size - bytes);
  truncateSync(path, left);
  return left;
}

/** Invert every bit of one byte of the append-only file, as bad storage does. Only for a server that is down. */
export function flipAofByte(dir: string, offset: number): void {
  const file = openSync(currentAofPath(dir), 'r+');
  const byte = Buffer.alloc(1);
  try {
    if (readSync(file, byte, 0, 1, offset) !== 1)
      throw new Error(`the append-only file ends before byte ${offset}`);
    writeSync(file, Buffer.from([~byte.readUInt8(0) & 0xff]), 0, 1, offset);
  } finally {
    closeSync(file);
  }
}
