import type {
  BoardEvent,
  BoardEventType,
  Day,
  Entity,
  EntityId,
  EventContext,
  EventOf,
  LogFrame,
  Person,
  Room,
  Visit,
} from '@workflow-bolt/contracts';
import type { BoardView, EntityChanges, EvolveInput, Versioned } from './board.ts';
import { overlay } from './board-state.ts';
import * as fold from './fold-room.ts';
import { timeCorrected } from './fold-time-correction.ts';
import * as visits from './fold-visit.ts';
import { isSameValue } from './same-value.ts';
import { recordLostReservation, recordUndo } from './undoable.ts';

type Meta = { view: BoardView; context: EventContext; index: number };
type Fold<T extends BoardEventType> = (event: EventOf<T>, meta: Meta) => EntityChanges;

function changes(...entries: [EntityId, Entity | null][]): EntityChanges {
  return new Map(entries);
}

function must<T extends Entity['type']>(
  view: BoardView,
  id: EntityId,
  type: T,
): Extract<Entity, { type: T }> {
  const entity = view.get(id)?.d;
  if (entity?.type !== type) throw new Error(`the log speaks of ${id}, which is no ${type} of this board`);
  return entity as Extract<Entity, { type: T }>;
}

/** A fold that changes one visit and can be undone. */
function onVisit<T extends BoardEventType>(
  next: (visit: Visit, event: EventOf<T> & { visitId: string }, at: number) => Visit,
): Fold<T> {
  return (event, { view, context, index }) => {
    const withId = event as EventOf<T> & { visitId: string };
    const before = must(view, `v:${withId.visitId}`, 'visit');
    const after = next(before, withId, context.at);
    return changes([`v:${before.id}`, recordUndo(before, after, { context, index, type: event.type })]);
  };
}

/** A fold of facts that come from outside and do not stand in the way of undoing the last step. */
function onVisitQuietly<T extends BoardEventType>(
  next: (visit: Visit, event: EventOf<T> & { visitId: string }) => Visit,
): Fold<T> {
  return (event, { view }) => {
    const withId = event as EventOf<T> & { visitId: string };
    const visit = must(view, `v:${withId.visitId}`, 'visit');
    return changes([`v:${visit.id}`, next(visit, withId)]);
  };
}

function onRoom<T extends BoardEventType>(
  next: (room: Room, event: EventOf<T> & { roomId: string }, at: number) => Room,
): Fold<T> {
  return (event, { view, context }) => {
    const withId = event as EventOf<T> & { roomId: string };
    const room = must(view, `r:${withId.roomId}`, 'room');
    return changes([`r:${room.id}`, next(room, withId, context.at)]);
  };
}

/** The visit loses its reservation when the event ends one of its own. */
function withoutReservation(room: Room, visitId: string, { view, context }: Meta): EntityChanges {
  const visit = view.get(`v:${visitId}`)?.d;
  const held = room.reservation?.visitId === visitId ? room.reservation : null;
  if (!held || visit?.type !== 'visit') return changes();
  const lost = { roomId: room.id, by: held.by, expiresAt: held.expiresAt };
  return changes([`v:${visitId}`, recordLostReservation({ ...visit, reservedRoomId: null }, lost, context)]);
}

function withPrivacy(view: BoardView, visitId: string, isPrivate: boolean): [EntityId, Person][] {
  const person = view.get(`p:${visitId}`)?.d;
  if (person?.type !== 'person' || (person.isPrivate ?? false) === isPrivate) return [];
  return [[`p:${visitId}`, { ...person, isPrivate }]];
}

function dayIn({ view }: Meta, state: Day['state']): EntityChanges {
  return changes(['day', { ...must(view, 'day', 'day'), state }]);
}

const resolvedAs = (choice: 'accept' | 'keep-mine' | null) =>
  onVisit<'visit.conflict-resolved'>((visit, _event, at) => visits.resolved(visit, choice, at));

const flagged = onVisit<'visit.flagged'>((visit, event) => ({ ...visit, flags: event.flags }));
const undone = onVisitQuietly<'visit.undone'>(visits.undone);

const folds: { [T in BoardEventType]: Fold<T> } = {
  'day.configured': (event) =>
    changes(
      ['day', event.day],
      ...event.rooms.map((room): [EntityId, Entity] => [`r:${room.id}`, room]),
      ...event.removedRoomIds.map((id): [EntityId, null] => [`r:${id}`, null]),
    ),
  'day.closing-started': (_event, meta) => dayIn(meta, 'closing'),
  'day.closed': (_event, meta) => dayIn(meta, 'closed'),
  'day.reopened': (_event, meta) => dayIn(meta, 'open'),
  'day.write-back-set': (event, meta) =>
    changes(['day', { ...must(meta.view, 'day', 'day'), writeBack: event.mode }]),
  'visit.created': (event) =>
    changes([`v:${event.visit.id}`, event.visit], [`p:${event.visit.id}`, event.person]),
  'visit.moved': onVisit(visits.moved),
  'visit.check-in-completed': onVisit(visits.checkInCompleted),
  'visit.undone': (event, meta) => {
    const result = undone(event, meta);
    const visit = result.get(`v:${event.visitId}`);
    const isPrivate = visit?.type === 'visit' && visit.flags.privacy;
    return new Map([...result, ...withPrivacy(meta.view, event.visitId, isPrivate)]);
  },
  'visit.time-corrected': onVisit(timeCorrected),
  'visit.room-assigned': onVisit(visits.roomAssigned),
  'visit.provider-changed': onVisit(visits.providerChanged),
  'visit.type-changed': onVisit((visit, event) => ({ ...visit, visitTypeId: event.to })),
  'visit.pinned': onVisit((visit, event) => ({ ...visit, isPinned: event.isPinned })),
  'visit.flagged': (event, meta) =>
    new Map([...flagged(event, meta), ...withPrivacy(meta.view, event.visitId, event.flags.privacy)]),
  'visit.stepped-out': onVisit((visit, event, at) => ({
    ...visit,
    steppedOut: { from: at, where: event.where },
  })),
  'visit.stepped-back': onVisit((visit) => ({ ...visit, steppedOut: null })),
  'visit.booking-changed': onVisitQuietly((visit, event) => ({
    ...visit,
    startAt: event.startAt,
    durationMin: event.durationMin,
    providerId: event.providerId,
    visitTypeId: event.visitTypeId,
    locationName: event.locationName,
  })),
  'visit.ehr-seen': onVisitQuietly((visit, event) => ({
    ...visit,
    external: event.external,
    ehrWarning: event.ehrWarning,
    conflict: event.conflict,
  })),
  'visit.conflict-resolved': (event, meta) => {
    // A conflict that ended with the visit itself was chosen by nobody: nothing may be written over for it.
    const isChosen = meta.context.command === 'resolveConflict';
    return resolvedAs(isChosen ? event.choice : null)(event, meta);
  },
  'visit.conflict-postponed': (event, meta) => {
    const laterAt = meta.context.at;
    const postponed = onVisitQuietly<'visit.conflict-postponed'>((visit) => ({
      ...visit,
      conflict: visit.conflict && { ...visit.conflict, laterAt },
    }));
    return postponed(event, meta);
  },
  'visit.write-settled': onVisitQuietly((visit, event) => ({
    ...visit,
    external: event.external,
    ehrWrite: event.ehrWrite,
    conflict: event.conflict,
  })),
  'visit.write-retried': onVisitQuietly((visit) => ({
    ...visit,
    ehrWrite: visit.ehrWrite ? { ...visit.ehrWrite, failed: null } : null,
  })),
  'person.changed': (event) => changes([`p:${event.person.visitId}`, event.person]),
  'person.noted': (event, { view }) => {
    const person = must(view, `p:${event.visitId}`, 'person');
    return changes([`p:${event.visitId}`, { ...person, note: event.note }]);
  },
  'room.reserved': (event, { view, context }) => {
    const visit = must(view, `v:${event.visitId}`, 'visit');
    const room = must(view, `r:${event.roomId}`, 'room');
    return changes(
      [`r:${room.id}`, fold.reserved(room, event, context.at)],
      [`v:${visit.id}`, { ...visit, reservedRoomId: room.id }],
    );
  },
  'room.reservation-cancelled': (event, meta) => {
    const room = must(meta.view, `r:${event.roomId}`, 'room');
    const result = withoutReservation(room, event.visitId, meta);
    return result.set(`r:${room.id}`, fold.reservationCancelled(room, meta.context.at));
  },
  'room.occupied': (event, meta) => {
    const room = must(meta.view, `r:${event.roomId}`, 'room');
    const result = withoutReservation(room, event.visitId, meta);
    return result.set(`r:${room.id}`, fold.occupied(room, event, meta.context.at));
  },
  'room.released': onRoom(fold.released),
  'room.cleaned': onRoom((room, _event, at) => fold.cleaned(room, at)),
  'room.cleaning-deferred': onRoom((room, event) => ({ ...room, deferredUntil: event.until })),
  'room.service-changed': onRoom(fold.serviceChanged),
  'sync.reported': (event) => changes(['sync', event.sync]),
};

/**
 * The post-states of the entities one event changes. Holds no rule: what was decided is in the event.
 * Throws when the log speaks of an entity that the view does not have; that log is not this board's.
 */
export function evolve(view: BoardView, input: EvolveInput): EntityChanges {
  const foldOne = folds[input.event.type] as Fold<BoardEventType>;
  return foldOne(input.event as EventOf<BoardEventType>, {
    view,
    context: input.context,
    index: input.index,
  });
}

/** Folds the events of one commit over each other; the id of the i-th event is `${commandId}#${i}`. */
export function foldFrame(view: BoardView, frame: LogFrame): EntityChanges {
  const { rules: _rules, events, ...context } = frame;
  return foldEvents(view, events, context);
}

/** As `foldFrame`, before the events have become a frame. */
export function foldEvents(
  view: BoardView,
  events: readonly BoardEvent[],
  context: EventContext,
): EntityChanges {
  const total: EntityChanges = new Map();
  events.forEach((event, index) => {
    for (const [id, d] of evolve(overlay(view, total), { event, index, context })) total.set(id, d);
  });
  const isBookkeeping = events.every(({ type }) => type === 'visit.write-settled');
  for (const [id, d] of total)
    if (d?.type === 'visit') total.set(id, steadied(d, view.get(id), isBookkeeping));
  return total;
}

/** The visit with the oldest version that says the same to staff; a question to them is something new. */
function steadied(visit: Visit, before: Versioned | undefined, isBookkeeping: boolean): Visit {
  const former = before?.d.type === 'visit' ? before.d : null;
  if (isBookkeeping && former && isSameValue(former.conflict, visit.conflict))
    return { ...visit, steadySince: former.steadySince ?? before?.v };
  if (visit.steadySince === undefined) return visit;
  const { steadySince: _former, ...unsteady } = visit;
  return unsteady;
}
