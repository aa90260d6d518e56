import type { BoardEvent, CommandOf, Refusal, Visit, VisitStatus } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { minutes } from './clinic-time.ts';
import { effectiveNow, lastInstantOf } from './flow.ts';
import { planMilestones } from './milestone-plan.ts';
import { changeRoom, leaveAllRooms, roomRefusal } from './room-rules.ts';
import { accept, findVisit, isToday, nothingToChange, refusal, refuse, type Scene } from './scene.ts';
import { isInOffice, statusInfo } from './status-info.ts';
import { type MoveCondition, type Transition, targetsOf, transitionTable } from './transition-table.ts';
import { waitedMsAtDeparture } from './waited-at-departure.ts';

type MoveVisit = CommandOf<'moveVisit'>;
type Outcome = NonNullable<Visit['outcome']>;
type Ask = { visit: Visit; command: MoveVisit };

function isProviderNeeded({ day }: Scene, visit: Visit): boolean {
  return day.visitTypes.find((each) => each.id === visit.visitTypeId)?.needsProvider ?? true;
}

const notAllowed = (visit: Visit): Refusal =>
  refusal('move_not_allowed', { visitStatus: visit.status, allowed: targetsOf(visit.status) });

/** Each condition of the table: null when it holds. */
const conditions: Record<MoveCondition, (scene: Scene, ask: Ask) => Refusal | null> = {
  today: (scene) => (isToday(scene) ? null : refusal('not_todays_board', { date: scene.day.date })),
  room: ({ day }, { visit, command }) =>
    day.isRoomRequired && (command.roomId ?? visit.roomId) === null ? refusal('room_required') : null,
  provider: (_scene, { visit }) => (visit.providerId === null ? refusal('provider_required') : null),
  grace: ({ ctx, day }, { visit }) => {
    if (visit.startAt === null) return null;
    const notBefore = visit.startAt + minutes(day.thresholds.noShowProposal);
    return ctx.now >= notBefore ? null : refusal('grace_not_passed', { notBefore });
  },
  reason: ({ ctx }, { command }) =>
    ctx.actor.role === 'system' || command.reason ? null : refusal('reason_required'),
  departure: (_scene, { command }) =>
    command.by && command.reason ? null : refusal('confirm_departure', { suggested: 'left' }),
  'no-provider-type': (scene, { visit }) => (isProviderNeeded(scene, visit) ? notAllowed(visit) : null),
  'no-provider-type-for-front-desk': (scene, { visit }) =>
    scene.ctx.actor.role === 'front-desk' && isProviderNeeded(scene, visit) ? notAllowed(visit) : null,
};

function unmetCondition(scene: Scene, transition: Transition, ask: Ask): Refusal | null {
  for (const name of transition.conditions) {
    const unmet = conditions[name](scene, ask);
    if (unmet) return unmet;
  }
  return null;
}

/** Only a departure may be dated back: to when the patient was last seen. */
function badEffectiveTime(scene: Scene, { visit, command }: Ask): Refusal | null {
  const at = command.effectiveAt ?? null;
  if (at === null) return null;
  if (command.to !== 'left') return refusal('invalid_request', { field: 'effectiveAt' });
  const notAfter = effectiveNow(visit, scene.ctx.now);
  if (at > notAfter) return refusal('time_in_future', { notAfter });
  const notBefore = lastInstantOf(visit);
  return at < notBefore ? refusal('time_out_of_order', { notBefore, notAfter }) : null;
}

function badRoom(scene: Scene, { visit, command }: Ask): Refusal | null {
  if (!command.roomId || command.roomId === visit.roomId) return null;
  if (!isInOffice(command.to)) return refusal('visit_not_in_office', { visitStatus: command.to });
  return roomRefusal(scene, command.roomId, visit.id);
}

const closingKinds: Partial<Record<VisitStatus, Outcome['kind']>> = {
  'no-show': 'no-show',
  cancelled: 'cancelled',
  rescheduled: 'rescheduled',
  'entered-in-error': 'entered-in-error',
};

type Words = { by: Outcome['by']; reason: string | null };

function outcomeOf(visit: Visit, to: VisitStatus, words: Words, at: number): Outcome | null {
  if (to === 'left') {
    const isSeen = visit.status === 'with-doctor' || visit.status === 'seen-by-md';
    return { kind: isSeen ? 'lwot' : 'lwbs', ...words, waitedMs: waitedMsAtDeparture(visit, at) };
  }
  const kind = closingKinds[to];
  return kind ? { kind, ...words, waitedMs: null } : null;
}

export type MoveFacts = {
  transition: Transition;
  to: VisitStatus;
  /** Epoch ms; never before the visit's last instant. */
  effectiveAt: number;
  isEstimated: boolean;
  roomId: string | null;
  words: Words;
};

function isBack(visit: Visit, to: VisitStatus): boolean {
  return visit.steppedOut !== null && (to === 'with-doctor' || !isInOffice(to));
}

/** A visit that ends, or comes back, settles its open conflict with the EHR: there is nothing left to choose. */
function settledConflict(visit: Visit, to: VisitStatus): BoardEvent[] {
  if (!visit.conflict || (isInOffice(to) && isInOffice(visit.status))) return [];
  const choice = visit.conflict.suggestedStatus === to ? 'accept' : 'keep-mine';
  return [{ type: 'visit.conflict-resolved', visitId: visit.id, choice, reason: null }];
}

function roomEvents(scene: Scene, visit: Visit, { to, roomId }: MoveFacts): BoardEvent[] {
  if (isInOffice(to))
    return roomId === null || roomId === visit.roomId ? [] : changeRoom(scene, visit, roomId);
  return statusInfo[to].group === 'expected' ? [] : leaveAllRooms(scene, visit);
}

/** The events of a move that has been found allowed: status, room, reservation, stepped-out overlay. */
export function moveEvents(scene: Scene, visit: Visit, facts: MoveFacts): BoardEvent[] {
  const { transition, to, effectiveAt, words } = facts;
  const isReCheckIn = transition.kind === 're-check-in' || transition.kind === 'reinstate';
  const events: BoardEvent[] = [
    {
      type: 'visit.moved',
      visitId: visit.id,
      from: visit.status,
      to,
      effectiveAt,
      reason: words.reason,
      outcome: outcomeOf(visit, to, words, effectiveAt),
      ...planMilestones(visit, to, transition.kind),
      isEstimated: facts.isEstimated,
      isReCheckIn,
    },
  ];
  if (isBack(visit, to)) events.push({ type: 'visit.stepped-back', visitId: visit.id });
  return [...events, ...settledConflict(visit, to), ...roomEvents(scene, visit, facts)];
}

/** Answers `moveVisit` from the transition table: who, conditions, then effects. */
export function decideMove(scene: Scene, command: MoveVisit): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  const { role } = scene.ctx.actor;
  if (visit.status === command.to) return nothingToChange({ alreadyThere: true, visitStatus: visit.status });
  const transition = transitionTable[visit.status][command.to];
  if (!transition || transition.who.length === 0) return { ok: false, refusal: notAllowed(visit) };
  if (!transition.who.includes(role)) return refuse('permission_denied', { required: transition.who });
  const ask = { visit, command };
  const refused =
    unmetCondition(scene, transition, ask) ?? badEffectiveTime(scene, ask) ?? badRoom(scene, ask);
  if (refused) return { ok: false, refusal: refused };
  return accept(
    moveEvents(scene, visit, {
      transition,
      to: command.to,
      effectiveAt: command.effectiveAt ?? effectiveNow(visit, scene.ctx.now),
      isEstimated: false,
      roomId: command.roomId ?? null,
      words: { by: command.by ?? null, reason: command.reason ?? null },
    }),
  );
}
