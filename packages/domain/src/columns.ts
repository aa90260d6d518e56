import type { ColumnRules, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { visitStatuses } from '@workflow-bolt/contracts';
import { minutes } from './clinic-time.ts';
import { type StatusGroup, statusInfo } from './status-info.ts';

type Order = 'by-start' | 'lobby' | 'provider-queue' | 'longest-first' | 'latest-first';

export type Column = { status: VisitStatus; label: string; group: StatusGroup; order: Order };

const orders: Record<VisitStatus, Order> = {
  scheduled: 'by-start',
  confirmed: 'by-start',
  arrived: 'lobby',
  'appt-prep': 'longest-first',
  'ready-for-md': 'provider-queue',
  'with-doctor': 'longest-first',
  'seen-by-md': 'longest-first',
  completed: 'latest-first',
  left: 'latest-first',
  'no-show': 'latest-first',
  cancelled: 'latest-first',
  rescheduled: 'latest-first',
  'entered-in-error': 'latest-first',
};

/** The columns of the board in the order of a visit; a removed visit is in none. */
export const columns: readonly Column[] = visitStatuses
  .filter((status) => statusInfo[status].group !== 'hidden')
  .map((status) => ({
    status,
    label: statusInfo[status].label,
    group: statusInfo[status].group,
    order: orders[status],
  }));

/** Compared element by element: tier first, then the time within it. */
type Key = readonly [tier: number, time: number];
type Moment = { rules: ColumnRules; now: number };

const isSoon = (visit: Visit, withinMin: number, now: number): visit is Visit & { startAt: number } =>
  visit.startAt !== null && visit.startAt - now <= minutes(withinMin);

const waitingSince = (visit: Visit): number => visit.milestones.arrivedAt ?? visit.statusSince;

/** Check-in is done: the patient may be called. */
function callableKey(visit: Visit, { rules, now }: Moment): Key {
  if (isSoon(visit, 0, now)) return [0, visit.startAt];
  const since = waitingSince(visit);
  if (visit.startAt === null && now - since >= minutes(rules.walkInLong)) return [1, since];
  return isSoon(visit, rules.readySoon, now) ? [2, visit.startAt] : [3, since];
}

function lobbyKey(visit: Visit, moment: Moment): Key {
  if (visit.milestones.checkInCompletedAt !== undefined) return callableKey(visit, moment);
  const { rules, now } = moment;
  return isSoon(visit, rules.arrivedSoon, now) ? [4, visit.startAt] : [5, waitingSince(visit)];
}

const keys: Record<Order, (visit: Visit, moment: Moment) => Key> = {
  'by-start': (visit) => [0, visit.startAt ?? Number.MAX_SAFE_INTEGER],
  lobby: lobbyKey,
  'provider-queue': (visit, { rules, now }) =>
    isSoon(visit, rules.doctorSoon, now) ? [0, visit.startAt] : [1, visit.statusSince],
  'longest-first': (visit) => [0, visit.statusSince],
  'latest-first': (visit) => [0, -visit.statusSince],
};

/**
 * The visits of one status in the order they are to be taken (V27): pinned ones first, then by the rules of
 * the column with the day's numbers. Ties keep the order of ids, so that every screen shows the same.
 */
export function orderColumn(status: VisitStatus, visits: readonly Visit[], moment: Moment): Visit[] {
  const keyOf = keys[orders[status]];
  const keyed = visits
    .filter((visit) => visit.status === status)
    .map((visit) => ({ visit, key: [visit.isPinned ? 0 : 1, ...keyOf(visit, moment)] as const }));
  keyed.sort(
    (a, b) =>
      a.key[0] - b.key[0] || a.key[1] - b.key[1] || a.key[2] - b.key[2] || (a.visit.id < b.visit.id ? -1 : 1),
  );
  return keyed.map(({ visit }) => visit);
}
