import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'vitest';

/**
 * The vendor's contract and sample messages are not part of this repository. Tests that compare with them look
 * for a folder beside the checkout and are reported as skipped, with the reason, when it is not there.
 */
const FOLDER = path.resolve(import.meta.dirname, '../../../../../shared/tebra');

const isPresent = existsSync(path.join(FOLDER, 'sample-responses/manifest.json'));

/** Declares a suite over the shared material, or one skipped test that says why there is none. */
export function describeShared(name: string, suite: () => void): void {
  if (isPresent) {
    describe(name, suite);
    return;
  }
  test(name, ({ skip }) => skip('../shared/tebra is not beside this checkout'));
}

export function sharedPath(name: string): string {
  return path.join(FOLDER, name);
}

export function sharedText(name: string): string {
  return readFileSync(sharedPath(name), 'utf8');
}

export function sharedBytes(name: string): Uint8Array {
  return readFileSync(sharedPath(name));
}
