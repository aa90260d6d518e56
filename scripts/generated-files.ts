/** Every generated file, from its source: contracts' documents and tables, the store's function calls, security pages. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateContracts } from './generate-contracts.ts';
import { generateFunctions } from './generate-functions.ts';
import { generateOperations } from './generate-operations.ts';
import { generateSecurity } from './generate-security.ts';

export type GeneratedFile = { path: string; content: string };
const root = join(import.meta.dirname, '..');

export async function allGenerated(): Promise<GeneratedFile[]> {
  return [
    ...(await generateFunctions()),
    ...(await generateContracts()),
    ...(await generateOperations()),
    ...generateSecurity(),
  ];
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
