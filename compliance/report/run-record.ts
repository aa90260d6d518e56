/** One run of the compliance check, as the machine-readable report holds it. */
import type { Assessment, Finding } from '../engine/assess.ts';
import type { SourceState } from '../engine/source-digest.ts';

/** A file written beside the report, bound by its SHA-256. */
export type EvidenceFile = { control: string; path: string; sha256: string };

export type RunRecord = {
  product: 'workflow-bolt';
  version: string;
  startedAt: string;
  finishedAt: string;
  source: SourceState;
  /** Where the test results came from: this run, or an earlier run of exactly these sources. */
  tests: { origin: 'this-run' | 'earlier-run'; reportSha256: string; passed: number; failed: number };
  /** Whether the installation's attestations were asked for. */
  scope: 'product' | 'installation';
  assessment: Assessment;
  evidence: readonly EvidenceFile[];
};

/** Said on every page, so that nobody takes the report for what it is not. */
export const disclaimer =
  'This report says what was tested and what people attested. It is a self-assessment, no legal advice and no approval by anybody: no such approval of software exists under HIPAA.';

export const stateWords = {
  satisfied: 'Satisfied',
  open: 'Open: to be attested',
  'not-satisfied': 'Not satisfied',
} as const;

export const kindWords = {
  required: 'Required',
  addressable: 'Addressable',
  proposed: 'Proposed rule',
  criterion: '170.315(d) criterion',
  regression: 'Predecessor defect',
} as const;

/** How many findings are in each state. */
export function countStates(findings: readonly Pick<Finding, 'state'>[]): Record<Finding['state'], number> {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return { satisfied: count('satisfied'), open: count('open'), 'not-satisfied': count('not-satisfied') };
}
