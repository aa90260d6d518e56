import type { BoardEvent, CommandOf, Refusal, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { minutes } from './clinic-time.ts';
import { lateUndoers } from './permissions.ts';
import { endOwnReservation, endReservation, freeRoomIds, liveReservation } from './room-rules.ts';
import {
  accept,
  findPerson,
  findRoom,
  findVisit,
  isToday,
  refusal,
  refuse,
  type Scene,
  sceneAfter,
} from './scene.ts';
import { isClosed, isHidden } from './status-info.ts';
import { restore } from './undoable.ts';

type Undoable = NonNullable<Visit['undoable']>;

/** How long people may take back their own last step (ms). */
export const undoWindowMs = minutes(5);

const commandOf = (eventId: string): string => eventId.slice(0, eventId.lastIndexOf('#'));

function mayNotUndo(scene: Scene, undoable: Undoable): Refusal | null {
  const { actor, now } = scene.ctx;
  if (lateUndoers.includes(actor.role)) return isToday(scene) ? null : refusal('undo_too_late');
  const isOwn = actor.id === undoable.actorId;
  if (isOwn && now - undoable.at <= undoWindowMs) return null;
  return refusal('undo_too_late', { required: lateUndoers });
}

/** A room takes its patient back even when it waits to be cleaned after that very patient. */
function cannotReturn(scene: Scene, visit: Visit, roomId: string): Refusal | null {
  const room = findRoom(scene.view, roomId);
  if (!room) return refusal('room_not_found', { roomId });
  const free = freeRoomIds(scene.view, visit.id, scene.ctx.now);
  if (room.state === 'out-of-service') return refusal('room_not_ready', { roomId, state: room.state, free });
  const others = room.occupants.filter((id) => id !== visit.id);
  if (room.capacity !== null && others.length >= room.capacity) {
    return refusal('room_occupied', { roomId, occupants: others, free });
  }
  const reservation = liveReservation(room, scene.ctx.now);
  if (!reservation || reservation.visitId === visit.id) return null;
  if (room.capacity === null || others.length + 1 < room.capacity) return null;
  return refusal('room_reserved', { roomId, reservedFor: reservation.visitId, free });
}

/** The step is said not to have happened, so the room that is left was never used and stays clean. */
function roomsBack(scene: Scene, visit: Visit, target: string | null): BoardEvent[] {
  if (target === visit.roomId) return [];
  const events: BoardEvent[] = [];
  if (visit.roomId !== null) {
    const { roomId } = visit;
    events.push({ type: 'room.released', roomId, visitId: visit.id, needsCleaning: false });
  }
  if (target === null) return events;
  const room = findRoom(scene.view, target);
  if (room && !liveReservation(room, scene.ctx.now)) events.push(...endReservation(scene, room));
  events.push({ type: 'room.occupied', roomId: target, visitId: visit.id });
  return events;
}

function reservationBack(scene: Scene, visit: Visit, lost: Undoable['reservation']): BoardEvent[] {
  if (!lost || lost.expiresAt <= scene.ctx.now || visit.reservedRoomId !== null) return [];
  const room = findRoom(scene.view, lost.roomId);
  if (room?.state !== 'available') return [];
  const { roomId, by, expiresAt } = lost;
  return [{ type: 'room.reserved', roomId, visitId: visit.id, by, expiresAt }];
}

function eventsOf(scene: Scene, visit: Visit, undoable: Undoable, reason: string | null): BoardEvent[] {
  const target = undoable.before.roomId === undefined ? visit.roomId : undoable.before.roomId;
  const { status } = restore(visit, undoable);
  // The person mirrors the privacy flag and changes with it.
  if (undoable.before.flags) findPerson(scene.view, visit.id);
  const isOver = isClosed(status) || isHidden(status);
  const events: BoardEvent[] = [
    { type: 'visit.undone', visitId: visit.id, undoes: undoable.eventId, reason },
    ...roomsBack(scene, visit, target),
    ...(isOver ? endOwnReservation(scene, visit) : []),
  ];
  const after = sceneAfter(scene, events, 'undoLast');
  const restored = findVisit(after.view, visit.id) ?? visit;
  return isOver ? events : [...events, ...reservationBack(after, restored, undoable.reservation)];
}

/**
 * Takes the last step back: state, former milestones and room. The person who did it has five minutes, a
 * manager the day; a later step on the visit refuses it (V12).
 */
export function decideUndo(scene: Scene, command: CommandOf<'undoLast'>): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  const { undoable } = visit;
  if (!undoable) return refuse('undo_nothing');
  if (commandOf(undoable.eventId) !== commandOf(command.eventId)) {
    return refuse('undo_superseded', { last: undoable.eventId });
  }
  const target = undoable.before.roomId ?? null;
  const refused =
    mayNotUndo(scene, undoable) ??
    (target !== null && target !== visit.roomId ? cannotReturn(scene, visit, target) : null);
  if (refused) return { ok: false, refusal: refused };
  return accept(eventsOf(scene, visit, undoable, command.reason ?? null));
}
