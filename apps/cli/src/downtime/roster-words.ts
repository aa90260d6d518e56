/** The words of a roster, the same on the terminal and on paper. */
import type { Roster, RosterRow } from '@workflow-bolt/contracts';

export const rosterColumns = [
  ...['Time', 'Name', 'Born', 'Provider', 'Room', 'State', 'Arrived', 'Waiting since', 'Visit'],
] as const;

/** The clinic's wall clock, whatever this computer's is set to. */
export function clockOf(zone: string): (at: number | null) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return (at) => (at === null ? '' : format.format(at));
}

/** `23 minutes old`; after two hours in hours and minutes. */
export function ageWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes === 1) return '1 minute old';
  if (minutes < 120) return `${minutes} minutes old`;
  return `${Math.floor(minutes / 60)} hours ${minutes % 60} minutes old`;
}

/** The cells of one patient, in the order of `rosterColumns`. */
export function cellsOf(row: RosterRow, clock: (at: number | null) => string): string[] {
  const { name, dob, provider, room, state, kind } = row;
  const times = { start: clock(row.startAt), arrived: clock(row.arrivedAt), since: clock(row.waitingSince) };
  return [
    ...[times.start || 'walk-in', name, dob ?? '', provider ?? '', room ?? '', state],
    ...[times.arrived, times.since, kind],
  ];
}

/** `2 patients are here or expected; 14 visits of the day are over.` */
export function countWords({ rows, over }: Roster): string {
  const here = rows.length === 1 ? '1 patient is' : `${rows.length} patients are`;
  const done = over === 1 ? '1 visit of the day is' : `${over} visits of the day are`;
  return `${here} here or expected; ${done} over.`;
}
