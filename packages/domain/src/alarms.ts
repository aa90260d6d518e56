import type { Day, Room, Visit } from '@workflow-bolt/contracts';
import { minutes } from './clinic-time.ts';
import { isExpected } from './status-info.ts';
import { waitOf } from './waits.ts';

export type AlarmLevel = 'info' | 'amber' | 'red';
export type AlarmKind =
  | 'late'
  | 'no-show-proposed'
  | 'lobby'
  | 'room-idle'
  | 'with-doctor'
  | 'seen'
  | 'visit-total'
  | 'cleaning';

/** `ms` is how long it has lasted on the clock the threshold speaks of. */
export type Alarm = { kind: AlarmKind; level: AlarmLevel; ms: number };

type Limits = { amber?: number; red?: number; info?: number };

function levelOf(ms: number, limits: Limits): AlarmLevel | null {
  const isOver = (limit: number | undefined) => limit !== undefined && ms >= minutes(limit);
  if (isOver(limits.red)) return 'red';
  if (isOver(limits.amber)) return 'amber';
  return isOver(limits.info) ? 'info' : null;
}

function alarm(kind: AlarmKind, ms: number | null | undefined, limits: Limits): Alarm[] {
  if (ms === null || ms === undefined) return [];
  const level = levelOf(ms, limits);
  return level ? [{ kind, level, ms }] : [];
}

function overdueMs(visit: Visit, now: number): number | null {
  return isExpected(visit.status) && visit.startAt !== null ? now - visit.startAt : null;
}

/** Derived, never stored: the booked time has passed and the patient has not come. */
export function isLate(visit: Visit, day: Day, now: number): boolean {
  const ms = overdueMs(visit, now);
  return ms !== null && ms >= minutes(day.thresholds.late);
}

/** Time to ask a person whether this is a no-show; nobody is marked by the clock alone. */
export function isNoShowProposed(visit: Visit, day: Day, now: number): boolean {
  const ms = overdueMs(visit, now);
  return ms !== null && ms >= minutes(day.thresholds.noShowProposal);
}

function expectedAlarms(visit: Visit, day: Day, now: number): Alarm[] {
  const { late, noShowProposal } = day.thresholds;
  const ms = overdueMs(visit, now);
  return [...alarm('late', ms, { amber: late }), ...alarm('no-show-proposed', ms, { red: noShowProposal })];
}

function slotMinOf(visit: Visit, day: Day): number | null {
  const type = day.visitTypes.find((each) => each.id === visit.visitTypeId);
  return visit.durationMin || type?.slotMin || null;
}

/** Minutes with the doctor after which the card is marked; null when the slot is unknown. */
function withDoctorLimits(visit: Visit, day: Day): Limits {
  const slotMin = slotMinOf(visit, day);
  return slotMin === null ? {} : { info: slotMin * day.thresholds.withDoctorSlotFactor };
}

function presentAlarms(visit: Visit, day: Day, now: number): Alarm[] {
  const { lobbyAmber, lobbyRed, roomIdleAmber, roomIdleRed, seenRed } = day.thresholds;
  const openWait = visit.waitSegments.find((each) => each.to === null);
  const openProvider = visit.providerSegments.find((each) => each.to === null);
  switch (visit.status) {
    case 'arrived':
      return alarm('lobby', waitOf(visit, 'lobbyAdjusted', now)?.ms, { amber: lobbyAmber, red: lobbyRed });
    case 'ready-for-md':
      return alarm('room-idle', openWait && now - openWait.from, {
        amber: roomIdleAmber,
        red: roomIdleRed,
      });
    case 'with-doctor':
      return alarm('with-doctor', openProvider && now - openProvider.from, withDoctorLimits(visit, day));
    case 'seen-by-md':
      return alarm('seen', now - visit.statusSince, { red: seenRed });
    default:
      return [];
  }
}

/** The whole visit, from the booked time on for a patient who came early. */
function totalAlarms(visit: Visit, day: Day, now: number): Alarm[] {
  const cycle = waitOf(visit, 'cycle', now);
  const { arrivedAt } = visit.milestones;
  if (cycle?.state !== 'running' || arrivedAt === undefined) return [];
  const ms = now - Math.max(arrivedAt, visit.startAt ?? arrivedAt);
  return alarm('visit-total', ms, { red: day.thresholds.visitTotalRed });
}

/** All alarms of a card at `now`, by the thresholds of the day; adjusted clocks, so nobody early alarms (V26). */
export function visitAlarms(visit: Visit, day: Day, now: number): Alarm[] {
  return [
    ...expectedAlarms(visit, day, now),
    ...presentAlarms(visit, day, now),
    ...totalAlarms(visit, day, now),
  ];
}

/** A room that waits to be cleaned; quiet while deferred. */
export function roomAlarms(room: Room, day: Day, now: number): Alarm[] {
  const isDeferred = room.deferredUntil !== null && room.deferredUntil > now;
  if (room.state !== 'needs-cleaning' || isDeferred) return [];
  return alarm('cleaning', now - room.since, { red: day.thresholds.cleaningRed });
}

const severity: Record<AlarmLevel, number> = { info: 1, amber: 2, red: 3 };

export function worstLevel(alarms: readonly Alarm[]): AlarmLevel | null {
  const levels = alarms.map((each) => each.level).sort((a, b) => severity[b] - severity[a]);
  return levels[0] ?? null;
}
