/**
 * Writes every generated file from its source, or with `--check` says which are stale.
 * Edit the source, run `npm run generate`, commit both.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateContracts } from './generate-contracts.ts';
import { generateFunctions } from './generate-functions.ts';

export type GeneratedFile = { path: string; content: string };
const root = join(import.meta.dirname, '..');

export async function allGenerated(): Promise<GeneratedFile[]> {
  return [...(await generateFunctions()), ...(await generateContracts())];
}

function currentContent(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

/** Paths whose committed content differs from what their source yields now. */
export async function staleFiles(): Promise<string[]> {
  return (await allGenerated()).filter((f) => currentContent(f.path) !== f.content).map((f) => f.path);
}

export async function writeGenerated(): Promise<string[]> {
  const stale = new Set(await staleFiles());
  for (const file of await allGenerated()) {
    if (!stale.has(file.path)) continue;
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.content);
  }
  return [...stale];
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) console.log(`stale: ${path} (run npm run generate)`);
    process.exitCode = stale.length ? 1 : 0;
  } else {
    const written = await writeGenerated();
    console.log(written.length ? `wrote ${written.join(', ')}` : 'all generated files are up to date');
  }
}
