/** Concatenates the function files into one versioned Redis library and names its code by its hash. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionHeader, parseHeader } from './parse-header.ts';

export type FunctionFile = { header: FunctionHeader; source: string };
export type Library = {
  /** `bolt_v<abi>`; function names carry the version too, since they are global on a server. */
  name: string;
  abi: number;
  source: string;
  /** SHA-256 of the source. */
  sha256: string;
  files: FunctionFile[];
};

const defaultDir = join(import.meta.dirname, '..');

export function readFunctionFiles(dir: string = defaultDir): FunctionFile[] {
  const names = readdirSync(dir)
    .filter((file) => file.endsWith('.lua'))
    .map((file) => file.slice(0, -'.lua'.length))
    .sort();
  return names.map((name) => {
    const source = readFileSync(join(dir, `${name}.lua`), 'utf8');
    return { header: parseHeader(name, source), source };
  });
}

/** Comments cost memory on every server and say nothing there; code lines stay as they are. */
function withoutComments(source: string): string {
  return source
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('--'))
    .join('\n');
}

/** Every include of the files once, in the order of first use (headers list them dependencies first). */
function includedSources(files: FunctionFile[], dir: string): string[] {
  const names = new Set(files.flatMap((file) => file.header.includes));
  return [...names].map((name) =>
    withoutComments(readFileSync(join(dir, 'includes', `${name}.lua`), 'utf8')),
  );
}

function registration({ header }: FunctionFile, abi: number): string {
  const flags = header.flags.map((flag) => `'${flag}'`).join(', ');
  return `redis.register_function{ function_name = 'b${abi}_${header.name}', callback = ${header.name}, flags = { ${flags} } }`;
}

/** Builds the library from the files on disk; `abi` overrides the number for tests of rolling upgrades. */
export function buildLibrary(options: { dir?: string; abi?: number } = {}): Library {
  const dir = options.dir ?? defaultDir;
  const pinned = JSON.parse(readFileSync(join(dir, 'abi.json'), 'utf8')) as { library: string; abi: number };
  const abi = options.abi ?? pinned.abi;
  const files = readFunctionFiles(dir);
  const name = `${pinned.library}_v${abi}`;
  const parts = [
    `#!lua name=${name}`,
    `local ABI = ${abi}`,
    ...includedSources(files, dir),
    ...files.map((file) => `${withoutComments(file.source)}\n${registration(file, abi)}`),
  ];
  const source = `${parts.join('\n')}\n`;
  return { name, abi, source, sha256: createHash('sha256').update(source).digest('hex'), files };
}
