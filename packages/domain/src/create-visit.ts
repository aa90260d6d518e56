import type { BoardEvent, CommandOf, Person, Refusal, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { dayBounds } from './clinic-time.ts';
import { emptyFlow } from './flow.ts';
import {
  accept,
  findPerson,
  findVisit,
  isKnownProvider,
  isKnownVisitType,
  isToday,
  refusal,
  refuse,
  type Scene,
} from './scene.ts';

type CreateVisit = CommandOf<'createVisit'>;

/** A visit that nobody has touched yet; `overrides` says what is known of it. */
export function newVisit(scene: Scene, overrides: Partial<Visit> & Pick<Visit, 'id' | 'kind'>): Visit {
  const { now, source } = scene.ctx;
  return {
    type: 'visit',
    ...emptyFlow(overrides.providerId ?? null, now),
    startAt: null,
    durationMin: null,
    visitTypeId: null,
    locationName: null,
    patientKey: null,
    reservedRoomId: null,
    earlierEpisodes: [],
    isPinned: false,
    flags: { interpreter: false, mobility: false, privacy: false },
    external: null,
    ehrWarning: null,
    conflict: null,
    source,
    createdAt: now,
    undoable: null,
    ...overrides,
  };
}

/** Null when the start lies on the board's clinic-local day, else the bounds of that day. */
export function startRefusal({ day }: Scene, startAt: number): Refusal | null {
  const { startMs, endMs } = dayBounds(day.zone, day.date);
  if (startAt >= startMs && startAt < endMs) return null;
  return refusal('invalid_request', { field: 'startAt', notBefore: startMs, notAfter: endMs - 1 });
}

function badStart(scene: Scene, command: CreateVisit): Refusal | null {
  const startAt = command.startAt ?? null;
  if (command.kind === 'walk-in') {
    if (startAt !== null) return refusal('invalid_request', { field: 'startAt' });
    return isToday(scene) ? null : refusal('not_todays_board', { date: scene.day.date });
  }
  if (startAt === null) return refusal('invalid_request', { field: 'startAt' });
  return startRefusal(scene, startAt);
}

function badReference({ day }: Scene, command: CreateVisit): Refusal | null {
  if (!isKnownProvider(day, command.providerId)) {
    return refusal('unknown_provider', { providerId: command.providerId });
  }
  if (isKnownVisitType(day, command.visitTypeId)) return null;
  return refusal('unknown_visit_type', { visitTypeId: command.visitTypeId });
}

function visitOf(scene: Scene, command: CreateVisit): Visit {
  const { now } = scene.ctx;
  const isWalkIn = command.kind === 'walk-in';
  return newVisit(scene, {
    id: command.visitId,
    kind: command.kind,
    status: isWalkIn ? 'arrived' : 'scheduled',
    milestones: isWalkIn ? { arrivedAt: now } : {},
    startAt: command.startAt ?? null,
    durationMin: command.durationMin ?? null,
    providerId: command.providerId ?? null,
    visitTypeId: command.visitTypeId ?? null,
  });
}

function personOf(command: CreateVisit): Person {
  return {
    type: 'person',
    visitId: command.visitId,
    fullName: command.fullName,
    dob: command.dob ?? null,
    phone: command.phone ?? null,
    reason: command.reason ?? null,
    note: null,
    alert: null,
    isPartial: false,
    isPrivate: false,
  };
}

/** A booked visit starts scheduled; a walk-in is here already and starts arrived (V6). */
export function decideCreate(scene: Scene, command: CreateVisit): Decision {
  const { visitId } = command;
  if (findVisit(scene.view, visitId) || findPerson(scene.view, visitId)) {
    return refuse('already_exists', { visitId });
  }
  if (scene.day.state === 'closing') return refuse('day_closing');
  const refused = badStart(scene, command) ?? badReference(scene, command);
  if (refused) return { ok: false, refusal: refused };
  const event: BoardEvent = {
    type: 'visit.created',
    visit: visitOf(scene, command),
    person: personOf(command),
  };
  return accept([event]);
}
