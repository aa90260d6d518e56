/**
 * `npm test`: installs what is missing, then runs every layer in one runner. `--long` runs the long lane instead.
 * Prints `N passed, N failed, N skipped` alone on its last line, with the reason of each skip above it.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceState } from '../compliance/engine/source-digest.ts';
import { stampReport } from '../compliance/engine/stored-run.ts';
import { ensureTools } from './ensure-tools.ts';
import { root, runCommand } from './run-command.ts';

const lanes = {
  default: ['unit', 'dom', 'redis', 'e2e', 'chaos'],
  long: ['long'],
} as const;

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  success: boolean;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

const usage = `Usage: npm test -- [files and options of vitest]
       npm run test:long -- [files and options of vitest]

Installs what is missing, then runs every layer, or with test:long the slow ones. Words name files: npm test -- packages/domain
The last line is "N passed, N failed, N skipped"; the exit code is 0 when nothing failed. Options: npx vitest --help
`;
if (process.argv.includes('--help')) {
  console.log(usage);
  process.exit(0);
}

const isLong = process.argv.includes('--long');
const passThrough = process.argv.slice(2).filter((a) => a !== '--long');

/** Suites that could not even be collected have no test to count; they must not pass unseen. */
function suitesWithoutTests(report: Report): number {
  return report.testResults.filter(
    (r) => r.status === 'failed' && r.assertionResults.every((a) => a.status !== 'failed'),
  ).length;
}

function printSkips(report: Report): void {
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'skipped' || test.status === 'pending') console.log(`skipped: ${test.fullName}`);
    }
  }
}

await ensureTools(['redis-server', 'chromium']);
// Once and before all: suites that run side by side would otherwise build the same folder at the same time.
if (!isLong) await runCommand('node', ['apps/web/build.ts', '--quiet']);
const reportPath = join(root, 'reports', isLong ? 'long.json' : 'test.json');
mkdirSync(join(root, 'reports'), { recursive: true });
const { digest } = sourceState(root);
const projects = (isLong ? lanes.long : lanes.default).flatMap((p) => ['--project', p]);
const code = await runCommand('vitest', [
  'run',
  ...projects,
  '--reporter',
  'default',
  '--reporter',
  'json',
  '--outputFile.json',
  reportPath,
  ...passThrough,
]);
if (!existsSync(reportPath)) {
  console.log('the runner ended without a report; see its output above');
  console.log('0 passed, 1 failed');
  process.exit(code || 1);
}
const report = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
stampReport(reportPath, digest, passThrough.length === 0);
printSkips(report);
const failed = report.numFailedTests + suitesWithoutTests(report);
console.log(
  `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`,
);
process.exitCode = code !== 0 || failed > 0 || report.numPassedTests === 0 ? 1 : 0;
