/** Gets the results of the tagged tests: from a stored run of exactly these sources, else by running them. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTools } from '../../scripts/ensure-tools.ts';
import { runCommand } from '../../scripts/run-command.ts';
import { declaredTests } from './declared-tests.ts';
import { fileSha256, stampReport, whyNotFresh } from './stored-run.ts';
import { readTestReport, type TestResult } from './test-report.ts';

export type TaggedResults = {
  results: readonly TestResult[];
  origin: 'this-run' | 'earlier-run';
  reportSha256: string;
};

/** The long lane has a run of its own and is not part of this. */
const projects = ['unit', 'dom', 'redis', 'e2e', 'chaos'];

/** Results of the tests below `root`. Throws `ReportUnreadable` when the runner left no report. */
export async function taggedResults(root: string, digest: string, isFresh: boolean): Promise<TaggedResults> {
  const stored = ['test.json', 'compliance-tests.json'].map((name) => join(root, 'reports', name));
  const usable = isFresh ? undefined : stored.find((path) => whyNotFresh(path, digest) === null);
  if (usable !== undefined) return resultsOf(usable, root, 'earlier-run');
  const report = join(root, 'reports', 'compliance-tests.json');
  await runTagged(root, report);
  // Without a report nothing is proven; reading it throws then.
  const results = resultsOf(report, root, 'this-run');
  stampReport(report, digest, true);
  return results;
}

const resultsOf = (path: string, root: string, origin: TaggedResults['origin']): TaggedResults => ({
  results: readTestReport(path, root),
  origin,
  reportSha256: existsSync(path) ? fileSha256(path) : '',
});

/** Suites that several files share have no results of their own: every test file of their package runs then. */
function filesToRun(root: string): string[] {
  const files = declaredTests(root).map(({ file }) =>
    /\.test\.tsx?$/.test(file) ? file : `${file.split('/').slice(0, 2).join('/')}/`,
  );
  return [...new Set(files)];
}

async function runTagged(root: string, report: string): Promise<void> {
  rmSync(report, { force: true });
  await ensureTools(['redis-server', 'chromium']);
  await runCommand('vitest', [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    report,
    ...filesToRun(root),
  ]);
}
