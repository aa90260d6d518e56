import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const owned = new Set<string>();
process.on('exit', () => {
  for (const dir of owned) rmSync(dir, { recursive: true, force: true });
});

/** A temporary directory that is gone at the latest when the bench ends. */
export function ownDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bolt-bench-'));
  owned.add(dir);
  return dir;
}

/** Removes a directory made by `ownDir`. */
export function releaseDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  owned.delete(dir);
}
