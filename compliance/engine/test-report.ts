/** Results of a test run, from the runner's JSON report. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { z } from 'zod';
import { tagsOf } from './tags.ts';

export type TestState = 'passed' | 'failed' | 'skipped';
export type TestResult = {
  /** From the root of the repository. */
  file: string;
  /** Titles from the outermost group to the test itself. */
  titles: readonly string[];
  name: string;
  tags: readonly string[];
  state: TestState;
};

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()).default([]),
          title: z.string(),
          status: z.string(),
        }),
      ),
    }),
  ),
});

/** Thrown when a report cannot be read: a run without results proves nothing. */
export class ReportUnreadable extends Error {
  override readonly name = 'ReportUnreadable';
}

/** Reads a report of vitest. Throws `ReportUnreadable` when it is absent, no JSON or of another shape. */
export function readTestReport(path: string, root: string): TestResult[] {
  try {
    return parseTestReport(JSON.parse(readFileSync(path, 'utf8')), root);
  } catch (error) {
    throw new ReportUnreadable(`${path} is no test report: ${(error as Error).message}`);
  }
}

/** The results inside a parsed report. Throws ZodError when it has another shape. */
export function parseTestReport(report: unknown, root: string): TestResult[] {
  return reportSchema.parse(report).testResults.flatMap(({ name, assertionResults }) => {
    const file = isAbsolute(name) ? relative(root, name) : name;
    return assertionResults.map(({ ancestorTitles, title, status }) => {
      const titles = [...ancestorTitles.filter((each) => each !== ''), title];
      const full = titles.join(' › ');
      return { file, titles, name: full, tags: tagsOf(full), state: stateOf(status) };
    });
  });
}

/** Whatever is neither a pass nor a skip counts as a failure: an unknown word must not make a control green. */
function stateOf(status: string): TestState {
  if (status === 'passed') return 'passed';
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed';
}
