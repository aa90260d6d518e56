/**
 * Waits: named intervals of one passage, running or finished, in milliseconds.
 *
 *   A arrived · S scheduled start · C check-in completed · R roomed · Y ready · D with doctor · E seen · X out
 *
 * An interval whose end was skipped, or whose ends are not both known, does not exist (null). One that
 * touches a time we only learned of later is marked estimated and stays out of every average (V23).
 */
import type { Milestone, Visit } from '@workflow-bolt/contracts';
import { isInOffice } from './status-info.ts';

export const intervalNames = [
  'lobbyRaw',
  'lobbyAdjusted',
  'checkIn',
  'readyToRoom',
  'prep',
  'inRoomWait',
  'roomToProvider',
  'doorToProvider',
  'pastAppointment',
  'provider',
  'wrapUp',
  'cycle',
] as const;
export type IntervalName = (typeof intervalNames)[number];

export type Wait = { ms: number; state: 'running' | 'finished'; isEstimated: boolean };

type Span = {
  from: Milestone;
  to: Milestone;
  label: string;
  /** Where the clock starts, when that is not the milestone itself; null when the interval does not apply. */
  start?: (visit: Visit, from: number) => number | null;
};

/** An early patient waits from the booked time on; a walk-in from the arrival on. */
const adjustedStart = (visit: Visit, arrivedAt: number): number =>
  Math.max(arrivedAt, visit.startAt ?? arrivedAt);

export const spans: Record<Exclude<IntervalName, 'provider'>, Span> = {
  lobbyRaw: { from: 'arrivedAt', to: 'roomedAt', label: 'Lobby wait' },
  lobbyAdjusted: {
    from: 'arrivedAt',
    to: 'roomedAt',
    label: 'Lobby wait from the booked time',
    start: adjustedStart,
  },
  checkIn: { from: 'arrivedAt', to: 'checkInCompletedAt', label: 'Check-in' },
  readyToRoom: { from: 'checkInCompletedAt', to: 'roomedAt', label: 'Ready to room' },
  prep: { from: 'roomedAt', to: 'readyAt', label: 'Prep' },
  inRoomWait: { from: 'readyAt', to: 'withDoctorAt', label: 'Wait in the room' },
  roomToProvider: { from: 'roomedAt', to: 'withDoctorAt', label: 'Room to provider' },
  doorToProvider: { from: 'arrivedAt', to: 'withDoctorAt', label: 'Door to provider' },
  pastAppointment: {
    from: 'arrivedAt',
    to: 'withDoctorAt',
    label: 'Past the booked time',
    start: (visit) => visit.startAt,
  },
  wrapUp: { from: 'seenAt', to: 'completedAt', label: 'Wrap-up' },
  cycle: { from: 'arrivedAt', to: 'completedAt', label: 'Whole visit' },
};

/** The tick is optional: once the patient has moved on without it, its interval never was. */
function isStillComing(visit: Visit, to: Milestone): boolean {
  if (!isInOffice(visit.status) || visit.skipped.includes(to)) return false;
  return to !== 'checkInCompletedAt' || visit.status === 'arrived';
}

function spanWait(visit: Visit, span: Span, now: number): Wait | null {
  const from = visit.milestones[span.from];
  if (from === undefined) return null;
  const start = span.start ? span.start(visit, from) : from;
  if (start === null) return null;
  const to = visit.milestones[span.to];
  if (to === undefined && !isStillComing(visit, span.to)) return null;
  const isEstimated = visit.estimated.includes(span.from) || visit.estimated.includes(span.to);
  const ms = Math.max(0, (to ?? now) - start);
  return { ms, state: to === undefined ? 'running' : 'finished', isEstimated };
}

/** Total length of segments in ms, the open one up to `now`. */
export function totalMs(segments: readonly { from: number; to: number | null }[], now: number): number {
  return segments.reduce((sum, each) => sum + Math.max(0, (each.to ?? now) - each.from), 0);
}

function providerWait(visit: Visit, now: number): Wait | null {
  const { providerSegments } = visit;
  if (providerSegments.length === 0) return null;
  const isOpen = providerSegments.some((each) => each.to === null);
  if (!isOpen && visit.milestones.seenAt === undefined) return null;
  const isEstimated = visit.estimated.some((name) => name === 'withDoctorAt' || name === 'seenAt');
  return { ms: totalMs(providerSegments, now), state: isOpen ? 'running' : 'finished', isEstimated };
}

/** One interval of a visit at `now` (epoch ms); null when it does not apply or is unknown. Never negative. */
export function waitOf(visit: Visit, name: IntervalName, now: number): Wait | null {
  return name === 'provider' ? providerWait(visit, now) : spanWait(visit, spans[name], now);
}

export function waitsOf(visit: Visit, now: number): Record<IntervalName, Wait | null> {
  return Object.fromEntries(intervalNames.map((name) => [name, waitOf(visit, name, now)])) as Record<
    IntervalName,
    Wait | null
  >;
}

export const timeInStatusMs = (visit: Visit, now: number): number => Math.max(0, now - visit.statusSince);

/** All stays in ready-for-md together: called away and back counts again (ms). */
export const providerWaitsMs = (visit: Visit, now: number): number => totalMs(visit.waitSegments, now);

/** Has not met the provider yet and is here: since arrival or the booked time, whichever is later (ms). */
export function runningWaitMs(visit: Visit, now: number): number | null {
  const isWaiting = ['arrived', 'appt-prep', 'ready-for-md'].includes(visit.status);
  const { arrivedAt } = visit.milestones;
  if (!isWaiting || arrivedAt === undefined) return null;
  return Math.max(0, now - adjustedStart(visit, arrivedAt));
}

function measured(visit: Visit, name: IntervalName): number | null {
  const wait = waitOf(visit, name, 0);
  return wait?.state === 'finished' && !wait.isEstimated ? wait.ms : null;
}

/** Part of the visit spent in prep and with the provider, 0 to 1; null unless every time is known. */
export function valueAddedShare(visit: Visit): number | null {
  const prep = measured(visit, 'prep');
  const provider = measured(visit, 'provider');
  const cycle = measured(visit, 'cycle');
  if (prep === null || provider === null || !cycle) return null;
  return (prep + provider) / cycle;
}
