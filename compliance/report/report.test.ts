/** The three reports of one run, and what none of them may say. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { securityEventSchema } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Control } from '../catalogue/control.ts';
import { controls } from '../catalogue/controls.ts';
import { type Finding, type FindingState, findingStates } from '../engine/assess.ts';
import { eventOfRun } from './note-run.ts';
import type { RunRecord } from './run-record.ts';
import { reportFiles, writeReport } from './write-report.ts';

const hostile = `<script>alert("x")</script> & 'quotes'`;
const control = (id: string): Control => ({
  id,
  citation: '45 CFR 164.312(b)',
  title: `Title of ${id}`,
  kind: 'required',
  does: hostile,
  implementation: ['a.ts'],
});
const finding = (state: FindingState, id: string): Finding => ({
  control: control(id),
  state,
  reasons: state === 'satisfied' ? [] : [`=cmd|' /C calc'!A0 ${hostile}`],
  tests: [{ file: 'a.test.ts', titles: ['t'], name: `[${id}] t`, tags: [id], state: 'passed' }],
  evidence: [],
  documents: [],
});

const base: Omit<RunRecord, 'evidence'> = {
  product: 'workflow-bolt',
  version: '0.1.0',
  startedAt: '2026-11-23T12:00:00.000Z',
  finishedAt: '2026-11-23T12:01:00.000Z',
  source: { commit: 'c'.repeat(40), digest: 'd'.repeat(64) },
  tests: { origin: 'this-run', reportSha256: 'e'.repeat(64), passed: 3, failed: 0 },
  scope: 'product',
  assessment: {
    state: 'not-satisfied',
    findings: findingStates.map((state, i) => finding(state, `H-0${i + 1}`)),
    groups: [],
    faults: [],
  },
};
let dir = '';
let run: RunRecord;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bolt-report-'));
  run = writeReport(dir, base);
});
afterAll(() => rmSync(dir, { recursive: true }));
const read = (name: string) => readFileSync(join(dir, name), 'utf8');

test('[H-20] every control has an evidence file, bound by its SHA-256', () => {
  const hashes = run.evidence.map(({ path }) => createHash('sha256').update(read(path)).digest('hex'));
  expect(run.evidence.map(({ sha256 }) => sha256)).toEqual(hashes);
  expect(run.evidence.map(({ control: id }) => id)).toEqual(['H-01', 'H-02', 'H-03']);
  const { evidence } = JSON.parse(read('report.json')) as { evidence: unknown };
  expect(evidence).toEqual(run.evidence);
});

describe('[H-20] no report claims what nobody can grant', () => {
  const claims = /certif(?:ied|icate of compliance)|hipaa[- ]?compliant|guarantee/i;

  test.each(reportFiles)('%s', (name) => {
    expect(read(name)).not.toMatch(claims);
  });

  test('nor does the catalogue, whatever its state', () => {
    const all = controls.map((each) => ({ ...finding('satisfied', each.id), control: each }));
    const green = { ...base.assessment, state: 'satisfied' as const, findings: all };
    const folder = join(dir, 'green');
    writeReport(folder, { ...base, assessment: green });
    for (const name of reportFiles) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(claims);
  });
});

describe('[H-20] the page', () => {
  test('escapes what it is given and loads nothing', () => {
    const page = read('report.html');
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;quotes&#39;');
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import/);
  });

  test('says each state in words', () => {
    for (const words of ['Satisfied', 'Open: to be attested', 'Not satisfied'])
      expect(read('report.html')).toContain(`>${words}</span>`);
  });
});

test('[H-20] the list of gaps is safe to open in a spreadsheet', () => {
  const lines = read('gaps.csv').trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^"H-02","45 CFR 164.312\(b\)","open","'=cmd/);
  expect(lines[1]).toContain('""x""');
});

describe('[H-20] the OSCAL document', () => {
  type Oscal = {
    uuid: string;
    metadata: Record<string, string>;
    results: {
      'reviewed-controls': { 'control-selections': { 'include-controls': { 'control-id': string }[] }[] };
      observations: { uuid: string; 'relevant-evidence': { href: string; props: { value: string }[] }[] }[];
      findings: {
        uuid: string;
        target: { 'target-id': string; status: { state: string; reason: string } };
        'related-observations': { 'observation-uuid': string }[];
      }[];
    }[];
  };
  const document = () =>
    (JSON.parse(read('assessment-results.json')) as { 'assessment-results': Oscal })['assessment-results'];

  test('knows only satisfied and not satisfied; what is open is not', () => {
    const statuses = document().results[0]?.findings.map(({ target }) => [
      target['target-id'],
      target.status.state,
    ]);
    expect(statuses).toEqual([
      ['h-01', 'satisfied'],
      ['h-02', 'not-satisfied'],
      ['h-03', 'not-satisfied'],
    ]);
  });

  test('links every finding to its observation and that to its evidence', () => {
    const [result] = document().results;
    const observed = result?.observations.map(({ uuid }) => uuid);
    expect(result?.findings.map((each) => each['related-observations'][0]?.['observation-uuid'])).toEqual(
      observed,
    );
    const hashes = result?.observations.map((each) => each['relevant-evidence'][0]?.props[0]?.value);
    expect(hashes).toEqual(run.evidence.map(({ sha256 }) => sha256));
  });

  test('has ids in the form that OSCAL demands, each once, and the same for the same run', () => {
    const text = read('assessment-results.json');
    const ids = [...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, id = '']) => id);
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(ids.filter((id) => !shape.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const again = join(dir, 'again');
    writeReport(again, base);
    expect(readFileSync(join(again, 'assessment-results.json'), 'utf8')).toBe(text);
  });
});

describe('[H-20] [audit] the entry of a run', () => {
  const sha256 = 'f'.repeat(64);

  test('fits the record, names the report and says that controls are missing', () => {
    const event = eventOfRun(run, sha256);
    expect(securityEventSchema.parse(event)).toEqual(event);
    expect(event).toMatchObject({
      out: 4,
      why: 'controls-not-satisfied',
      ent: [
        { t: 'ComplianceReport', id: sha256, n: 3 },
        { t: 'ComplianceGaps', id: 'not-satisfied:1', n: 1 },
      ],
      build: 'c'.repeat(40),
    });
  });

  test('of a run without a red control is a success, and says the digest where there is no commit', () => {
    const assessment = { ...run.assessment, state: 'open' as const, findings: [finding('open', 'H-01')] };
    const event = eventOfRun({ ...run, assessment, source: { ...run.source, commit: null } }, sha256);
    expect({ out: event.out, why: event.why, build: event.build }).toEqual({
      out: 0,
      why: undefined,
      build: 'd'.repeat(64),
    });
  });
});
