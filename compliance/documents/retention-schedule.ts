/** The schedule of retention as a page, from the data that the jobs follow. */
import { type RetentionRow, retentionSchedule } from '@workflow-bolt/contracts';
import { markdownTable } from '../../scripts/markdown-table.ts';

const enders: Readonly<Record<RetentionRow['endedBy'], string>> = {
  job: "the worker's sweep",
  ttl: 'expiry in Redis',
  bucket: 'lock and life cycle of the bucket',
  sink: 'the log store',
  nobody: 'nobody',
};

const daysOf = (days: number | null, otherwise: string): string => (days === null ? otherwise : `${days} d`);

function choiceOf({ floorDays, ceilingDays }: RetentionRow): string {
  if (floorDays === null) return '–';
  return floorDays === ceilingDays ? 'none' : `${floorDays} d to ${daysOf(ceilingDays, 'any')}`;
}

/** The page's parts. */
export function retentionParts(): string[] {
  const rows = Object.entries(retentionSchedule).map(([name, row]) => [
    `\`${name}\``,
    row.about,
    daysOf(row.hotDays, '–'),
    daysOf(row.totalDays, 'without end'),
    choiceOf(row),
    row.period === null ? '–' : `one a ${row.period}`,
    enders[row.endedBy],
    row.basis,
  ]);
  return [
    'From `packages/contracts/src/retention.ts`. The [policy](retention-policy.md) gives the reasons. What a bucket or a log store ends is set up by the installation.',
    markdownTable(
      ['Class', 'What', 'At hand', 'In all', "A clinic's choice", 'Keys', 'Ended by', 'Basis'],
      rows,
    ),
  ];
}
