/**
 * Tests as the sources declare them. A report alone cannot say that a result is missing; the sources can: every
 * title with a tag must have left a result, or the control it proves is not proven.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tagsOf } from './tags.ts';
import type { TestResult } from './test-report.ts';

export type DeclaredTest = { file: string; title: string; tags: readonly string[] };

const testFiles = '{packages,apps,scripts,tests,compliance}/**/*{.test.ts,.test.tsx,-suite.ts}';
/** The first argument of `test`, `it` or `describe`, or of what one of their tables returned: a string with a bracket. */
const titledCall =
  /(?:\b(?:test|it|describe)(?:\.\w+)*|[)`])\(\s*(['"`])((?:\\.|(?!\1)[^\\])*\[(?:\\.|(?!\1)[^\\])*)\1\s*,/g;
/** `%s` of the runner's tables, `$name` of its objects and `${…}` of a template stand for anything. */
const placeholder = /%[sdifjoO#$%]|\$\{[^}]*\}|\$[A-Za-z_][\w.]*/g;

/** Every tagged title below `root`. With `isLong` false the files of the long lane are left out. */
export function declaredTests(root: string, isLong = false): DeclaredTest[] {
  const files = globSync(testFiles, { cwd: root, exclude: (path) => /node_modules|dist/.test(path) });
  return files
    .filter((file) => isLong || !file.endsWith('.long.test.ts'))
    .sort()
    .flatMap((file) => declaredIn(readFileSync(join(root, file), 'utf8'), file));
}

/** Tagged titles in the text of one file. */
export function declaredIn(text: string, file: string): DeclaredTest[] {
  const seen = new Map<string, DeclaredTest>();
  for (const [, , literal = ''] of withoutComments(text).matchAll(titledCall)) {
    const title = literal.replace(/\\(.)/g, '$1');
    const tags = tagsOf(title);
    if (tags.length > 0) seen.set(title, { file, title, tags });
  }
  return [...seen.values()];
}

const withoutComments = (text: string): string => text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');

/** Those of `declared` that left no result. A shared suite may have run in any file. */
export function withoutResult(
  declared: readonly DeclaredTest[],
  results: readonly TestResult[],
): DeclaredTest[] {
  const byFile = Map.groupBy(results, ({ file }) => file);
  return declared.filter(({ file, title }) => {
    const pattern = patternOf(title);
    const candidates = /\.test\.tsx?$/.test(file) ? (byFile.get(file) ?? []) : results;
    return !candidates.some(({ titles }) => titles.some((each) => pattern.test(each)));
  });
}

function patternOf(title: string): RegExp {
  const fixed = title.split(placeholder).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${fixed.join('.*')}$`, 's');
}
