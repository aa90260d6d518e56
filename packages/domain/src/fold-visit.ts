import type { EventOf, Milestone, Visit } from '@workflow-bolt/contracts';
import { minutesBetween } from './clinic-time.ts';
import { closeSegment, emptyFlow, flowOf, lastInstantOf } from './flow.ts';
import { restore } from './undoable.ts';

type Moved = EventOf<'visit.moved'>;

function lateness(visit: Pick<Visit, 'startAt' | 'milestones'>): number | null {
  const { arrivedAt } = visit.milestones;
  return visit.startAt === null || arrivedAt === undefined ? null : minutesBetween(visit.startAt, arrivedAt);
}

function withMilestones(visit: Visit, event: Moved): Visit {
  const milestones = { ...visit.milestones };
  for (const name of event.clears) delete milestones[name];
  if (event.sets) milestones[event.sets] = event.effectiveAt;
  const isTouched = (name: string) => name === event.sets || event.clears.some((each) => each === name);
  const untouched = visit.skipped.filter((name) => name !== event.sets);
  const estimated = visit.estimated.filter((name) => !isTouched(name));
  if (event.sets && event.isEstimated) estimated.push(event.sets);
  return {
    ...visit,
    milestones,
    estimated,
    skipped: [...untouched, ...event.skipped],
    corrected: visit.corrected.filter((name) => !isTouched(name)),
  };
}

/** Provider and wait segments end with the status that opened them. */
function withSegments(visit: Visit, event: Moved): Visit {
  const at = event.effectiveAt;
  const providerSegments = closeSegment(visit.providerSegments, at);
  const waitSegments = closeSegment(visit.waitSegments, at);
  if (event.to === 'with-doctor') {
    providerSegments.push({ from: at, to: null, providerId: visit.providerId });
  }
  if (event.to === 'ready-for-md') waitSegments.push({ from: at, to: null });
  return { ...visit, providerSegments, waitSegments };
}

function archived(visit: Visit): Visit {
  const earlierEpisodes = [...visit.earlierEpisodes, flowOf(visit)];
  return { ...visit, ...emptyFlow(visit.providerId, visit.statusSince), earlierEpisodes };
}

export function moved(former: Visit, event: Moved): Visit {
  const visit = withSegments(withMilestones(event.isReCheckIn ? archived(former) : former, event), event);
  return {
    ...visit,
    status: event.to,
    statusSince: event.effectiveAt,
    outcome: event.outcome,
    lateMin: event.sets === 'arrivedAt' ? lateness(visit) : visit.lateMin,
  };
}

export function checkInCompleted(
  visit: Visit,
  event: EventOf<'visit.check-in-completed'>,
  at: number,
): Visit {
  const { checkInCompletedAt: _former, ...others } = visit.milestones;
  const estimated: Milestone[] = visit.estimated.filter((name) => name !== 'checkInCompletedAt');
  const corrected = visit.corrected.filter((name) => name !== 'checkInCompletedAt');
  if (!event.isCompleted) return { ...visit, milestones: others, estimated, corrected };
  if (event.isEstimated) estimated.push('checkInCompletedAt');
  const checkInCompletedAt = Math.max(at, lastInstantOf(visit));
  return { ...visit, milestones: { ...others, checkInCompletedAt }, estimated, corrected };
}

export function roomAssigned(visit: Visit, event: EventOf<'visit.room-assigned'>, at: number): Visit {
  const from = Math.max(at, lastInstantOf(visit));
  const roomStays = closeSegment(visit.roomStays, from);
  if (event.to !== null) roomStays.push({ from, to: null, roomId: event.to });
  return { ...visit, roomId: event.to, roomStays };
}

export function providerChanged(visit: Visit, event: EventOf<'visit.provider-changed'>, at: number): Visit {
  if (!visit.providerSegments.some((each) => each.to === null)) return { ...visit, providerId: event.to };
  const from = Math.max(at, lastInstantOf(visit));
  const closed = closeSegment(visit.providerSegments, from);
  const providerSegments = [...closed, { from, to: null, providerId: event.to }];
  return { ...visit, providerId: event.to, providerSegments };
}

/** `choice` is null where the conflict ended with the visit and nobody chose. */
export function resolved(visit: Visit, choice: 'accept' | 'keep-mine' | null, at: number): Visit {
  const { ehrWrite } = visit;
  if (!ehrWrite && choice === null) return { ...visit, conflict: null };
  const known = { turn: 0, at, agreed: null, failed: null, dropped: null, would: null, ...ehrWrite };
  // Whoever keeps the board's has seen what the EHR holds: from there on it may be written over.
  const agreed = choice === 'keep-mine' && visit.conflict ? visit.conflict.ehrStatus : known.agreed;
  return { ...visit, conflict: null, ehrWrite: { ...known, agreed, resolved: choice } };
}

/** Undo never crosses a commit, so the record is the visit's own. */
export function undone(visit: Visit, event: EventOf<'visit.undone'>): Visit {
  const { undoable } = visit;
  if (undoable?.eventId !== event.undoes) throw new Error(`visit ${visit.id} cannot undo ${event.undoes}`);
  const before = restore(visit, undoable);
  // What staff chose about a conflict may be what was taken back.
  return before.ehrWrite?.resolved ? { ...before, ehrWrite: { ...before.ehrWrite, resolved: null } } : before;
}
