/** What exactly was tested: the commit, and a digest over every file that git would keep. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type SourceState = {
  /** Null outside a git work tree. */
  commit: string | null;
  /** SHA-256 over paths and contents. */
  digest: string;
};

/** The state of the sources below `root`, uncommitted changes included. */
export function sourceState(root: string): SourceState {
  const listed = git(root, 'ls-files', '-co', '--exclude-standard', '-z');
  const files = listed === null ? walked(root) : listed.split('\0');
  return { commit: git(root, 'rev-parse', 'HEAD')?.trim() ?? null, digest: digestOf(root, files) };
}

function git(root: string, ...args: string[]): string | null {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio, maxBuffer: 32 * 1_048_576 });
  } catch {
    return null;
  }
}

/** An unpacked archive has no git: then everything but what builds and runs leave behind. */
const walked = (root: string): string[] =>
  globSync('**/*', {
    cwd: root,
    exclude: (path) => /(?:^|\/)(?:node_modules|dist|reports|\.bolt|\.git)$/.test(path),
  });

function digestOf(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...new Set(files)].filter((each) => each !== '').sort()) {
    const content = contentOf(join(root, file));
    if (content !== null) hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function contentOf(path: string): Buffer | null {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null;
  } catch {
    return null;
  }
}
