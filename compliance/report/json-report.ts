/** The machine-readable reports: our own JSON, evidence a control, and the list of gaps as CSV. */
import type { Assessment, Finding } from '../engine/assess.ts';
import { disclaimer, type RunRecord } from './run-record.ts';

/** One control's evidence: which tests ran and what they said, which documents and attestations stand behind it. */
export function evidenceOf({ control, state, reasons, tests, evidence, documents }: Finding): object {
  return {
    control: control.id,
    citation: control.citation,
    state,
    reasons,
    implementation: control.implementation,
    tests: tests.map(({ file, name, state: outcome }) => ({ file, name, outcome })),
    attestations: evidence.map(({ id, what, maxAgeDays, state: held, detail, attestation }) => ({
      id,
      what,
      maxAgeDays,
      state: held,
      detail,
      by: attestation?.by ?? null,
      on: attestation?.on ?? null,
    })),
    documents: documents.map(({ path, head, faults }) => ({ path, head, faults })),
  };
}

/** The whole run as JSON. */
export function jsonReport(run: RunRecord): string {
  const { assessment, ...rest } = run;
  const { state, findings, groups, faults } = assessment;
  return pretty({
    note: disclaimer,
    ...rest,
    state,
    faults,
    controls: findings.map(evidenceOf),
    groups: groups.map(({ group, state: held, reasons, passed }) => ({
      id: group.id,
      title: group.title,
      state: held,
      passed,
      wanted: group.casesMin,
      reasons,
    })),
  });
}

export const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Everything that is not satisfied, one line each, for a spreadsheet. */
export function gapsCsv({ findings, groups, faults }: Assessment): string {
  const gaps = [
    ...findings.flatMap(({ control, state, reasons }) =>
      reasons.map((reason) => [control.id, control.citation, state, reason]),
    ),
    ...groups.flatMap(({ group, state, reasons }) => reasons.map((reason) => [group.id, '', state, reason])),
    ...faults.map((fault) => ['catalogue', '', 'not-satisfied', fault]),
  ];
  return [['control', 'citation', 'state', 'reason'], ...gaps].map(csvLine).join('');
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
function csvCell(value: string): string {
  const guarded = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${guarded.replaceAll('"', '""')}"`;
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
