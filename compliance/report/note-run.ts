/** The result of a run as an entry of the record of accesses: whoever looks later sees that it was made, and which it was. */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import { countStates, type RunRecord } from './run-record.ts';

/** The entry of a run. `reportSha256` binds it to the report that was written. */
export function eventOfRun({ assessment, source }: RunRecord, reportSha256: string): SecurityEvent {
  const counts = countStates(assessment.findings);
  const isRed = assessment.state === 'not-satisfied';
  return {
    cid: null,
    type: 'system',
    sub: 'verify',
    act: 'E',
    out: isRed ? 4 : 0,
    ...(isRed ? { why: 'controls-not-satisfied' } : {}),
    agent: { uid: 'compliance', kind: 'service', role: null },
    pou: 'HCOMPL',
    ent: [
      { t: 'ComplianceReport', id: reportSha256, n: assessment.findings.length },
      { t: 'ComplianceGaps', id: `not-satisfied:${counts['not-satisfied']}`, n: counts.open },
    ],
    build: source.commit ?? source.digest,
  };
}
