/** `npm run compliance`: proves every control of the catalogue, and writes reports/compliance. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig, type SecurityEvent, serverOptions } from '@workflow-bolt/contracts';
import {
  createRedisPort,
  fromUrl,
  openKeyProvider,
  openObjectStore,
  SecurityAudit,
} from '@workflow-bolt/store';
import { controls } from '../compliance/catalogue/controls.ts';
import { hostileGroups } from '../compliance/catalogue/hostile-groups.ts';
import { type Assessment, assess } from '../compliance/engine/assess.ts';
import { declaredTests } from '../compliance/engine/declared-tests.ts';
import { judgeDocument } from '../compliance/engine/document-state.ts';
import { readAttestations } from '../compliance/engine/manual-evidence.ts';
import { taggedResults } from '../compliance/engine/run-tagged-tests.ts';
import { sourceState } from '../compliance/engine/source-digest.ts';
import { fileSha256 } from '../compliance/engine/stored-run.ts';
import { billOfMaterials, readLock } from '../compliance/registers/bill-of-materials.ts';
import { registerChecks } from '../compliance/registers/register-checks.ts';
import { pretty } from '../compliance/report/json-report.ts';
import { eventOfRun } from '../compliance/report/note-run.ts';
import { countStates } from '../compliance/report/run-record.ts';
import { writeReport } from '../compliance/report/write-report.ts';
import { root } from './run-command.ts';

const usage = `Usage: npm run compliance -- [options]

Proves every control of the catalogue by its tests, documents and attestations, and writes reports/compliance.
Exit code 1 when any control is not satisfied, 2 for a wrong call.

  --evidence FOLDER   also demand the attestations of an installation, one JSON file each
  --advisories FILE   also demand that no advisory of that list is open for too long
  --note              append the result to the record of accesses (REDIS_URL, BOLT_KEYS, BOLT_KEY_STORE)
  --fresh             run the tests even when a report of exactly these sources is there
  --help              this text
`;

function readArguments() {
  const flag = { type: 'boolean' } as const;
  const file = { type: 'string' } as const;
  const options = { evidence: file, advisories: file, fresh: flag, note: flag, help: flag };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

const values = readArguments();
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const startedAt = new Date().toISOString();
const source = sourceState(root);
const tests = await taggedResults(root, source.digest, values.fresh ?? false);
const folder = values.evidence === undefined ? null : resolve(values.evidence);
if (folder !== null && !existsSync(folder)) throw new Error(`there is no folder ${folder}`);

const now = Date.now();
const paths = [...new Set(controls.flatMap(({ documents = [] }) => documents))];
const assessment = assess({
  controls,
  groups: hostileGroups,
  declared: declaredTests(root),
  results: tests.results,
  attestations: folder === null ? null : readAttestations(folder),
  documents: paths.map((path) => judgeDocument(path, join(root, path), now)),
  checks: registerChecks(root, now, values.advisories === undefined ? null : resolve(values.advisories)),
  fileExists: (path) => existsSync(join(root, path)),
  now,
});

const tagged = tests.results.filter(({ tags }) => tags.length > 0);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const reportFolder = join(root, 'reports', 'compliance');
const run = writeReport(reportFolder, {
  product: 'workflow-bolt',
  version,
  startedAt,
  finishedAt: new Date().toISOString(),
  source,
  tests: {
    origin: tests.origin,
    reportSha256: tests.reportSha256,
    passed: tagged.filter(({ state }) => state === 'passed').length,
    failed: tagged.filter(({ state }) => state === 'failed').length,
  },
  scope: folder === null ? 'product' : 'installation',
  assessment,
});
const materials = billOfMaterials(readLock(join(root, 'package-lock.json')), version);
writeFileSync(join(reportFolder, 'bill-of-materials.json'), pretty(materials));
if (values.note) await noteRun(eventOfRun(run, fileSha256(join(reportFolder, 'report.json'))));
printSummary(run.assessment);
process.exitCode = run.assessment.state === 'not-satisfied' ? 1 : 0;

/** Throws Fault when the record cannot keep it: then the run counts for nothing. */
async function noteRun(event: SecurityEvent): Promise<void> {
  const config = readConfig(serverOptions, { BOLT_CLINICS_FILE: 'unused', ...process.env });
  const port = createRedisPort(fromUrl(config.redisUrl), 'compliance');
  await port.connect();
  try {
    const keys = await openKeyProvider({
      address: config.keys,
      store: await openObjectStore(config.keyStore),
    });
    await new SecurityAudit({ port, keys }).append(event);
  } finally {
    await port.close();
  }
}

function printSummary({ findings, groups, faults, state }: Assessment): void {
  for (const { control, reasons, state: held } of findings) {
    if (held === 'not-satisfied') for (const reason of reasons) console.log(`${control.id}: ${reason}`);
  }
  for (const { group, reasons } of groups)
    for (const reason of reasons) console.log(`[${group.id}]: ${reason}`);
  for (const fault of faults) console.log(`catalogue: ${fault}`);
  const counts = countStates(findings);
  console.log(
    `${counts.satisfied} satisfied, ${counts.open} open, ${counts['not-satisfied']} not satisfied: ${state}. See reports/compliance/report.html`,
  );
}
