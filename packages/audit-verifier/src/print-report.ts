/** The verifier's answer in sentences. */
import { type Finding, sentenceOf } from './findings.ts';
import type { CertificateReport } from './verify-certificate.ts';

type Told = { exitCode: number; findings: readonly Finding[]; counts: Record<string, number> };
type LogTold = Told & { origin: string; size: number; checked: number; checkpoints: number; root: string };
type ExportTold = Told & { origin: string; size: number; rows: number };

function findingLines({ findings, counts }: Told): string[] {
  const told = findings.map(({ code, kind, leaf, detail }) => {
    const where = leaf === null ? '' : ` (entry ${leaf})`;
    return `  ${code} ${sentenceOf(kind)}${where}: ${detail}`;
  });
  const more = Object.values(counts).reduce((sum, n) => sum + n, 0) - findings.length;
  return more > 0 ? [...told, `  and ${more} more`] : told;
}

/** The last line is the verdict. */
export function logReportText(report: LogTold): string {
  const { origin, size, checked, checkpoints, root, exitCode } = report;
  return [
    `${origin}: ${size} entries, ${checked} read, ${checkpoints} checkpoints, root ${root}`,
    ...findingLines(report),
    exitCode === 0 ? 'Sound.' : `Not sound: exit code ${exitCode}.`,
  ].join('\n');
}

export function exportReportText(report: ExportTold): string {
  const { origin, size, rows, exitCode } = report;
  return [
    `${origin}: ${rows} rows of a log with ${size} entries`,
    ...findingLines(report),
    exitCode === 0 ? 'Sound.' : `Not sound: exit code ${exitCode}.`,
  ].join('\n');
}

const iso = (at: number): string => new Date(at).toISOString();

export function certificateReportText(report: CertificateReport): string {
  const { destroyed, exitCode } = report;
  const said = destroyed && [
    `${destroyed.clinic} ${destroyed.period} (${destroyed.scope}): ${destroyed.keys.length} keys destroyed at ${iso(destroyed.destroyedAt)}`,
    `by ${destroyed.by}, ${destroyed.reason}; in no copy of the key store after ${iso(destroyed.unrecoverableFrom)}`,
    ...destroyed.keys.map(({ kid, sha256 }) => `  ${kid} ${sha256}`),
  ];
  return [
    ...(said ?? []),
    ...findingLines(report),
    exitCode === 0 ? 'Sound.' : `Not sound: exit code ${exitCode}.`,
  ].join('\n');
}
