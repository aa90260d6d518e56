/** The report of a day, and how it is written: for a file, for a spreadsheet, for paper. */
import type { Day, DayReport, ReportRow, Visit } from '@workflow-bolt/contracts';
import { localTime } from './clinic-time.ts';
import { type DayMetrics, dayMetrics } from './metrics.ts';
import { isHidden, statusInfo } from './status-info.ts';
import { waitOf } from './waits.ts';

const minutesOf = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms / 60_000);

function rowOf(visit: Visit, day: Day, now: number): ReportRow {
  const { milestones } = visit;
  const time = (at: number | null | undefined) =>
    at === null || at === undefined ? null : localTime(day.zone, at);
  const name = <T extends { id: string }>(list: readonly T[], id: string | null, of: (each: T) => string) => {
    const found = list.find((each) => each.id === id);
    return found ? of(found) : null;
  };
  const ended = milestones.completedAt ?? milestones.leftAt ?? milestones.noShowAt ?? milestones.cancelledAt;
  return {
    visit: visit.id,
    kind: visit.kind,
    status: visit.status,
    provider: name(day.providers, visit.providerId, (each) => each.name),
    type: name(day.visitTypes, visit.visitTypeId, (each) => each.label),
    booked: time(visit.startAt),
    arrived: time(milestones.arrivedAt),
    roomed: time(milestones.roomedAt),
    withDoctor: time(milestones.withDoctorAt),
    seen: time(milestones.seenAt),
    ended: time(ended),
    lobbyMin: minutesOf(waitOf(visit, 'lobbyAdjusted', now)?.ms),
    totalMin: minutesOf(waitOf(visit, 'cycle', now)?.ms),
  };
}

const byTime = (a: ReportRow, b: ReportRow): number => {
  const [first, second] = [a.booked ?? a.arrived ?? '', b.booked ?? b.arrived ?? ''];
  return first === second ? (a.visit < b.visit ? -1 : 1) : first < second ? -1 : 1;
};

/** The day as it stands at `now` (epoch ms); removed visits are no part of it. */
export function dayReport(visits: readonly Visit[], day: Day, now: number): DayReport {
  const shown = visits.filter((visit) => !isHidden(visit.status));
  const { clinic, clinicName, date, state } = day;
  return {
    ...{ clinic, clinicName, date, state, at: now },
    numbers: dayMetrics(visits, now),
    visits: shown.map((visit) => rowOf(visit, day, now)).sort(byTime),
  };
}

const columns = [
  'visit',
  'kind',
  'status',
  'provider',
  'type',
  'booked',
  'arrived',
  'roomed',
  'withDoctor',
  'seen',
  'ended',
  'lobbyMin',
  'totalMin',
] as const satisfies readonly (keyof ReportRow)[];

/** A spreadsheet would carry out what begins like a formula: it is given as text. RFC 4180 otherwise. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r\n|%]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line for each visit under a line of names; lines end in CRLF. */
export function reportCsv({ visits }: DayReport): string {
  const lines = visits.map((row) => columns.map((name) => csvCell(row[name])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

function intervalLine(
  label: string,
  { count, meanMs, medianMs, p90Ms }: DayMetrics['intervals']['cycle']['finished'],
) {
  const words = [meanMs, medianMs, p90Ms].map((ms) => `${minutesOf(ms) ?? '-'}`.padStart(6));
  return `${label.padEnd(16)}${String(count).padStart(6)}${words.join('')}`;
}

/** For paper: numbers first, then the visits in order of their time. */
export function reportText(report: DayReport): string {
  const { clinicName, date, state, numbers, visits } = report;
  const percent = (value: number | null) => (value === null ? '-' : `${Math.round(value)} %`);
  const rows = visits.map((row) =>
    [
      (row.booked ?? row.arrived ?? '').padEnd(6),
      statusInfo[row.status].label.padEnd(18),
      (row.provider ?? '').padEnd(18),
      `${row.arrived ?? '-'} > ${row.ended ?? '-'}`.padEnd(16),
      `${row.totalMin ?? '-'} min`.padStart(8),
      `  ${row.visit}`,
    ].join(''),
  );
  const intervals = numbers.intervals as DayMetrics['intervals'];
  return [
    `${clinicName}, ${date} (${state})`,
    '',
    `Visits ${numbers.total} · arrived ${numbers.arrived} · no-show ${percent(numbers.noShowPercent)} · left without being seen ${percent(numbers.lwbsPercent)}`,
    '',
    `${'Minutes'.padEnd(16)}${'n'.padStart(6)}${'mean'.padStart(6)}${'median'.padStart(7)}${'p90'.padStart(5)}`,
    intervalLine('Lobby', intervals.lobbyAdjusted.finished),
    intervalLine('With provider', intervals.provider.finished),
    intervalLine('Whole visit', intervals.cycle.finished),
    '',
    ...rows,
    '',
  ].join('\n');
}
