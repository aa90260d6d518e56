/** Writes a run into a folder: evidence first, because the reports name each file with its SHA-256. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../engine/assess.ts';
import { htmlReport } from './html-report.ts';
import { evidenceOf, gapsCsv, jsonReport, pretty } from './json-report.ts';
import { oscalReport } from './oscal-report.ts';
import type { EvidenceFile, RunRecord } from './run-record.ts';

export const reportFiles = ['report.html', 'report.json', 'assessment-results.json', 'gaps.csv'] as const;

/** Writes everything below `folder`, whose former content goes, and returns the run with its evidence files. */
export function writeReport(folder: string, run: Omit<RunRecord, 'evidence'>): RunRecord {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'evidence'), { recursive: true });
  const evidence = run.assessment.findings.map((finding) => writeEvidence(folder, finding));
  const record = { ...run, evidence };
  writeFileSync(join(folder, 'report.json'), jsonReport(record));
  writeFileSync(join(folder, 'report.html'), htmlReport(record));
  writeFileSync(join(folder, 'assessment-results.json'), oscalReport(record));
  writeFileSync(join(folder, 'gaps.csv'), gapsCsv(record.assessment));
  return record;
}

function writeEvidence(folder: string, finding: Finding): EvidenceFile {
  const path = `evidence/${finding.control.id}.json`;
  const text = pretty(evidenceOf(finding));
  writeFileSync(join(folder, path), text);
  return { control: finding.control.id, path, sha256: createHash('sha256').update(text).digest('hex') };
}
