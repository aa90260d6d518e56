import type { EventOf, Milestone, Visit } from '@workflow-bolt/contracts';
import { minutesBetween } from './clinic-time.ts';
import type { Segment } from './flow.ts';
import { statusInfo } from './status-info.ts';
import { waitedMsAtDeparture } from './waited-at-departure.ts';

type Lane = 'roomStays' | 'providerSegments' | 'waitSegments';
type Edge = { lane: Lane; end: 'from' | 'to' };

/** Segment ends that were recorded by the same click as a milestone, and follow its correction. */
export const edgesOf: Partial<Record<Milestone, readonly Edge[]>> = {
  roomedAt: [{ lane: 'roomStays', end: 'from' }],
  readyAt: [{ lane: 'waitSegments', end: 'from' }],
  withDoctorAt: [
    { lane: 'waitSegments', end: 'to' },
    { lane: 'providerSegments', end: 'from' },
  ],
  seenAt: [{ lane: 'providerSegments', end: 'to' }],
  completedAt: [
    { lane: 'providerSegments', end: 'to' },
    { lane: 'roomStays', end: 'to' },
  ],
  leftAt: [
    { lane: 'waitSegments', end: 'to' },
    { lane: 'providerSegments', end: 'to' },
    { lane: 'roomStays', end: 'to' },
  ],
};

function shifted<S extends Segment>(
  segments: readonly S[],
  edges: readonly Edge[],
  times: { was: number; at: number },
): S[] {
  return segments.map((segment) => {
    const ends = edges.filter((edge) => segment[edge.end] === times.was).map(({ end }) => end);
    return ends.length === 0
      ? segment
      : { ...segment, ...Object.fromEntries(ends.map((end) => [end, times.at])) };
  });
}

function withSegments(visit: Visit, event: EventOf<'visit.time-corrected'>): Visit {
  if (event.was === null) return visit;
  const times = { was: event.was, at: event.at };
  const edges = edgesOf[event.milestone] ?? [];
  const on = (lane: Lane) => edges.filter((edge) => edge.lane === lane);
  return {
    ...visit,
    roomStays: shifted(visit.roomStays, on('roomStays'), times),
    providerSegments: shifted(visit.providerSegments, on('providerSegments'), times),
    waitSegments: shifted(visit.waitSegments, on('waitSegments'), times),
  };
}

function withOutcome(visit: Visit): Visit {
  const { outcome } = visit;
  if (outcome?.kind !== 'lwbs' && outcome?.kind !== 'lwot') return visit;
  const { leftAt } = visit.milestones;
  return leftAt === undefined
    ? visit
    : { ...visit, outcome: { ...outcome, waitedMs: waitedMsAtDeparture(visit, leftAt) } };
}

/** A milestone at its corrected time, and all that was recorded by the same click. */
export function timeCorrected(former: Visit, event: EventOf<'visit.time-corrected'>): Visit {
  const { milestone, at } = event;
  const visit = withSegments(former, event);
  const isPresent = statusInfo[visit.status].milestone === milestone && visit.statusSince === event.was;
  const isArrival = milestone === 'arrivedAt' && visit.startAt !== null;
  return withOutcome({
    ...visit,
    milestones: { ...visit.milestones, [milestone]: at },
    statusSince: isPresent ? at : visit.statusSince,
    estimated: visit.estimated.filter((name) => name !== milestone),
    corrected: [...visit.corrected.filter((name) => name !== milestone), milestone],
    lateMin: isArrival && visit.startAt !== null ? minutesBetween(visit.startAt, at) : visit.lateMin,
  });
}
