/**
 * The direction of imports: every package stands on a floor and may import from lower floors only
 * (ARCHITECTURE.md). Reads the sources as text, so it needs no build and runs in the test run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Which workspace packages each may import. A missing row is an error: a new package must choose its floor. */
const allowed: Record<string, readonly string[]> = {
  contracts: [],
  domain: ['contracts'],
  // No floor below it: whoever checks the record must not have to trust the code that wrote it.
  'audit-verifier': [],
  store: ['contracts', 'domain', 'audit-verifier'],
  ehr: ['contracts', 'domain'],
  client: ['contracts', 'domain'],
  react: ['contracts', 'domain', 'client'],
  testkit: ['contracts', 'domain', 'store', 'client'],
  server: ['contracts', 'domain', 'audit-verifier', 'store'],
  worker: ['contracts', 'domain', 'audit-verifier', 'store', 'ehr'],
  web: ['contracts', 'domain', 'client', 'react'],
  'ehr-simulator': ['contracts', 'domain', 'testkit'],
  // It asks the API like anybody else, and says what the API says.
  cli: ['contracts', 'client'],
};

/** Node built-ins that would break a package's promise: `domain` is pure, the browser has no `node:`. */
const withoutNode = new Set(['domain', 'contracts', 'client', 'react', 'web']);

/** Linear on purpose: nested repetition here once hung the test run. */
const importPattern = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g;

export type FloorBreach = { file: string; imports: string; why: string };

/** Test files may use the test framework of any floor. */
function isTest(path: string): boolean {
  return /\.(test|test-d)\.tsx?$/.test(path) || /\/(test|tests|dev)\//.test(path);
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => join(e.parentPath, e.name))
    .filter((p) => !/node_modules|\/dist\//.test(p));
}

/** Module specifiers a source text imports. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(importPattern)].map((m) => m[1] ?? '');
}

/** Why `pkg` may not import `specifier` from `file`, or null. */
export function breachOf(pkg: string, file: string, specifier: string): string | null {
  const rules = allowed[pkg];
  if (!rules) return `give ${pkg} a floor in scripts/floors.ts`;
  if (isTest(file)) return null;
  if (withoutNode.has(pkg) && specifier.startsWith('node:') && !/build\.ts$|vite\.config\.ts$/.test(file)) {
    return `${pkg} runs in the browser or is pure; put this effect in store, ehr or an app`;
  }
  if (specifier.startsWith('.') && /(?:packages|apps)\//.test(specifier))
    return 'import the package by its name';
  const target = /^@workflow-bolt\/([a-z-]+)/.exec(specifier)?.[1];
  if (!target || target === pkg || rules.includes(target)) return null;
  return `${pkg} may import only ${rules.join(', ') || 'nothing'}; move the shared part down a floor`;
}

/** All breaches below `root`'s packages and apps. */
export function findFloorBreaches(root: string): FloorBreach[] {
  const breaches: FloorBreach[] = [];
  for (const floor of ['packages', 'apps']) {
    for (const pkg of readdirSync(join(root, floor))) {
      for (const path of sourceFiles(join(root, floor, pkg))) {
        const file = relative(root, path);
        for (const specifier of importsOf(readFileSync(path, 'utf8'))) {
          const why = breachOf(pkg, file, specifier);
          if (why) breaches.push({ file, imports: specifier, why });
        }
      }
    }
  }
  return breaches;
}
