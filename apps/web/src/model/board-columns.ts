import type { Day, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { columns as domainColumns, orderColumn, visitAlarms } from '@workflow-bolt/domain';
import { type Entities, findPerson, listVisits } from './entities.ts';

export type BoardFilter = { text: string; providerIds: readonly string[] };
export const noFilter: BoardFilter = { text: '', providerIds: [] };

export type ColumnId = 'expected' | 'arrived' | 'appt-prep' | 'ready-for-md' | 'with-doctor' | 'seen-by-md';
type ColumnSpec = { id: ColumnId; statuses: readonly VisitStatus[]; title: string; emptyText: string };

const labelOf = (status: VisitStatus): string =>
  domainColumns.find((column) => column.status === status)?.label ?? status;

/** Scheduled and confirmed share a column, told apart by a mark: both are people who have not come yet. */
export const openColumns: readonly ColumnSpec[] = [
  {
    id: 'expected',
    statuses: ['scheduled', 'confirmed'],
    title: labelOf('scheduled'),
    emptyText: 'Nobody else is expected.',
  },
  { id: 'arrived', statuses: ['arrived'], title: labelOf('arrived'), emptyText: 'The lobby is empty.' },
  {
    id: 'appt-prep',
    statuses: ['appt-prep'],
    title: labelOf('appt-prep'),
    emptyText: 'Nobody is being prepared.',
  },
  {
    id: 'ready-for-md',
    statuses: ['ready-for-md'],
    title: labelOf('ready-for-md'),
    emptyText: 'Nobody waits for a provider.',
  },
  {
    id: 'with-doctor',
    statuses: ['with-doctor'],
    title: labelOf('with-doctor'),
    emptyText: 'No provider is with a patient.',
  },
  {
    id: 'seen-by-md',
    statuses: ['seen-by-md'],
    title: labelOf('seen-by-md'),
    emptyText: 'Nobody waits to check out.',
  },
];

export const closedStatuses = ['completed', 'left', 'no-show', 'cancelled', 'rescheduled'] as const;
export type ClosedStatus = (typeof closedStatuses)[number];

export type BoardColumn = ColumnSpec & { visitIds: readonly string[]; hasAlarm: boolean };

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Every typed word must begin a word of the name, in any order and without accents. */
export function matchesName(fullName: string, typed: string): boolean {
  const names = fold(fullName).split(/[^\p{L}\p{N}]+/u);
  const asked = fold(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return asked.every((word) => names.some((name) => name.startsWith(word)));
}

function isShown(entities: Entities, visit: Visit, { text, providerIds }: BoardFilter): boolean {
  if (providerIds.length > 0 && !providerIds.includes(visit.providerId ?? '')) return false;
  return text.trim() === '' || matchesName(findPerson(entities, visit.id)?.fullName ?? '', text);
}

const startOf = (visit: Visit): number => visit.startAt ?? Number.MAX_SAFE_INTEGER;

/** Merges the ordered visits of several statuses; only expected ones share a column, and those go by start. */
function mergeByStart(lists: readonly Visit[][]): Visit[] {
  const [only, ...others] = lists;
  if (only && others.length === 0) return only;
  return lists
    .flat()
    .sort(
      (a, b) => Number(b.isPinned) - Number(a.isPinned) || startOf(a) - startOf(b) || (a.id < b.id ? -1 : 1),
    );
}

/** The columns of the board at `now`, in the domain's order, after the person's own filter. */
export function boardColumns(entities: Entities, day: Day, now: number, filter: BoardFilter): BoardColumn[] {
  const visits = listVisits(entities).filter((visit) => isShown(entities, visit, filter));
  const moment = { rules: day.columnRules, now };
  return openColumns.map((spec) => {
    const ordered = mergeByStart(spec.statuses.map((status) => orderColumn(status, visits, moment)));
    const hasAlarm = ordered.some((visit) =>
      visitAlarms(visit, day, now).some((alarm) => alarm.level === 'red'),
    );
    return { ...spec, visitIds: ordered.map((visit) => visit.id), hasAlarm };
  });
}

/** Visits that are over, latest first, by how they ended. */
export function closedLists(
  entities: Entities,
  day: Day,
  filter: BoardFilter,
): Record<ClosedStatus, string[]> {
  const visits = listVisits(entities).filter((visit) => isShown(entities, visit, filter));
  const moment = { rules: day.columnRules, now: 0 };
  return Object.fromEntries(
    closedStatuses.map((status) => [status, orderColumn(status, visits, moment).map((visit) => visit.id)]),
  ) as Record<ClosedStatus, string[]>;
}
