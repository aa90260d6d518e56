/** The files of the queue page's library, as published: a closed list, read once, without anything of ours in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import type { Handler } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { fileHeaderList } from '../http/security-headers.ts';

const require = createRequire(import.meta.url);
export const uiRoot = join(dirname(require.resolve('@bull-board/ui/package.json')), 'dist');

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/** The only language that the page speaks here; the others stay unread. */
const isServed = (path: string): boolean =>
  extname(path) in types && (!path.startsWith('locales/') || path.startsWith('locales/en-US/'));

function readAll(root: string): Map<string, Buffer> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  return new Map(paths.filter(isServed).map((path) => [path, readFileSync(join(root, path))]));
}

/** Answers a file by its name in the list; what is not in it is not there, however the address is written. */
export function queueBoardFile(): Handler {
  let files: Map<string, Buffer> | null = null;
  return ({ params: { folder, inner, file } }) => {
    files ??= readAll(join(uiRoot, 'static'));
    const path = [folder, inner, file].filter((part) => part !== undefined).join('/');
    const bytes = files.get(path);
    if (!bytes) throw new ProblemError('record_not_found');
    const headers = { ...Object.fromEntries(fileHeaderList), 'Cache-Control': 'no-cache' };
    return { status: 200, bytes, type: types[extname(path)] ?? 'application/octet-stream', headers };
  };
}
