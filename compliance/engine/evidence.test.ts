/** Attestations, documents and stored runs as they lie on disk. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeDocument } from './document-state.ts';
import { judgeEvidence, readAttestations } from './manual-evidence.ts';
import { sourceState } from './source-digest.ts';
import { stampReport, whyNotFresh } from './stored-run.ts';
import { parseTestReport, ReportUnreadable, readTestReport } from './test-report.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const demand = { id: 'restore-drill', what: 'A backup was restored.', maxAgeDays: 90 };
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bolt-evidence-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const path = join(dir, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('[P05] [H-20] attestations in a folder', () => {
  const good = {
    id: 'restore-drill',
    statement: 'Restored into an empty server and compared.',
    by: 'Security official',
    on: '2026-11-01',
  };
  const judged = () => judgeEvidence(demand, readAttestations(dir), now).state;

  test('a good one is in date', () => {
    write('drill.json', good);
    expect(judged()).toBe('in-date');
  });

  test('without a name, without a statement, with a field of its own: it does not count, and is not lost', () => {
    for (const bad of [
      { ...good, by: ' ' },
      { ...good, statement: 'ok' },
      { ...good, approved: true },
    ]) {
      write('drill.json', bad);
      expect(judged()).toBe('absent');
      expect(readAttestations(dir)[0]?.faults).toHaveLength(1);
    }
  });

  test('a file that is no JSON', () => {
    write('drill.json', '{');
    expect(judged()).toBe('absent');
    expect(readAttestations(dir)[0]?.faults[0]).toMatch(/^cannot be read/);
  });

  test('an attached file is bound: changed or removed, the attestation falls', () => {
    const path = write('report.txt', 'RTO 12 min');
    const sha256 = createHash('sha256').update('RTO 12 min').digest('hex');
    write('drill.json', { ...good, attachments: [{ path: 'report.txt', sha256 }] });
    expect(judged()).toBe('in-date');
    write('report.txt', 'RTO 13 min');
    expect(judged()).toBe('faulty');
    rmSync(path);
    expect(judged()).toBe('faulty');
  });
});

describe('[H-24] versioned documents', () => {
  const head = (more: Record<string, string> = {}) => {
    const lines = {
      title: 'Audit policy',
      owner: 'Security official',
      version: '1.0',
      effective: '2026-11-23',
      reviewBy: '2027-11-23',
      retired: 'no',
      ...more,
    };
    const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
    return `---\n${text.join('\n')}\n---\n\n# Audit policy\n`;
  };
  const faults = (text: string) => judgeDocument('a.md', write('a.md', text), now).faults;

  test('in effect and to be reviewed within a year', () => {
    expect(faults(head())).toEqual([]);
  });

  test('[P05] not reviewed, retired, not yet in effect, reviewed too rarely, without a head, not there', () => {
    expect(faults(head({ effective: '2025-11-01', reviewBy: '2026-11-01' }))).toEqual([
      'should have been reviewed by 2026-11-01',
    ]);
    expect(faults(head({ retired: '2026-11-20' }))).toEqual(['was retired on 2026-11-20']);
    expect(faults(head({ effective: '2026-12-01' }))).toEqual(['is in effect only from 2026-12-01']);
    expect(faults(head({ reviewBy: '2028-11-23' }))).toEqual(['is not to be reviewed within a year']);
    for (const text of ['# No head\n', head({ owner: '' }), head({ version: 'one' })])
      expect(faults(text)).toEqual(['has no head with owner, version and dates']);
    expect(judgeDocument('b.md', join(dir, 'b.md'), now).faults).toEqual(['does not exist']);
  });
});

describe('[P05] a stored run', () => {
  const digest = 'a'.repeat(64);

  test('stands for exactly the sources it ran on', () => {
    const report = write('test.json', { testResults: [] });
    stampReport(report, digest, true);
    expect(whyNotFresh(report, digest)).toBeNull();
    expect(whyNotFresh(report, 'b'.repeat(64))).toBe('it is of other sources');
  });

  test('does not count when it was edited, narrowed, or has no stamp or a broken one', () => {
    const report = write('test.json', { testResults: [] });
    expect(whyNotFresh(report, digest)).toBe('there is no stamped report');
    stampReport(report, digest, false);
    expect(whyNotFresh(report, digest)).toBe('it is of a part of the tests');
    stampReport(report, digest, true);
    write('test.json', { testResults: [], edited: true });
    expect(whyNotFresh(report, digest)).toBe('it was changed after the run');
    write('test.stamp.json', '{');
    expect(whyNotFresh(report, digest)).toBe('its stamp cannot be read');
  });

  test('sources that differ in one byte or one name have another digest', () => {
    write('a.ts', 'export const a = 1;');
    const before = sourceState(dir).digest;
    expect(sourceState(dir).digest).toBe(before);
    write('a.ts', 'export const a = 2;');
    const changed = sourceState(dir).digest;
    write('b.ts', '');
    expect(new Set([before, changed, sourceState(dir).digest]).size).toBe(3);
  });
});

describe('[P05] a test report', () => {
  const report = (status: string) => ({
    testResults: [
      {
        name: '/r/a.test.ts',
        assertionResults: [{ ancestorTitles: ['', '[H-04] ends'], title: 'x', status }],
      },
    ],
  });

  test('is read with groups, tags and states; an unknown state is a failure', () => {
    expect(parseTestReport(report('passed'), '/r')).toEqual([
      {
        file: 'a.test.ts',
        titles: ['[H-04] ends', 'x'],
        name: '[H-04] ends › x',
        tags: ['H-04'],
        state: 'passed',
      },
    ]);
    const states = ['pending', 'todo', 'failed', 'green'].map(
      (status) => parseTestReport(report(status), '/r')[0]?.state,
    );
    expect(states).toEqual(['skipped', 'skipped', 'failed', 'failed']);
  });

  test('that is absent, cut short or of another shape is no report', () => {
    expect(() => readTestReport(join(dir, 'none.json'), dir)).toThrow(ReportUnreadable);
    expect(() => readTestReport(write('r.json', '{"testResults": ['), dir)).toThrow(ReportUnreadable);
    expect(() => readTestReport(write('r.json', { results: [] }), dir)).toThrow(ReportUnreadable);
  });
});
