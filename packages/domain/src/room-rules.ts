import type { BoardEvent, Refusal, Room, Visit } from '@workflow-bolt/contracts';
import type { BoardView } from './board.ts';
import { findRoom, findVisit, refusal, type Scene } from './scene.ts';

/** A reservation that still holds at `now`. An expired one is as good as none. */
export function liveReservation(room: Room, now: number): Room['reservation'] {
  return room.reservation && room.reservation.expiresAt > now ? room.reservation : null;
}

const isFull = (room: Room, others: number): boolean => room.capacity !== null && others >= room.capacity;

function whyNot(room: Room, visitId: string, now: number): Refusal | null {
  if (room.state === 'out-of-service' || room.state === 'needs-cleaning') {
    return refusal('room_not_ready', { roomId: room.id, state: room.state });
  }
  const others = room.occupants.filter((id) => id !== visitId).length;
  if (isFull(room, others)) {
    return refusal('room_occupied', { roomId: room.id, occupants: room.occupants });
  }
  const reservation = liveReservation(room, now);
  if (!reservation || reservation.visitId === visitId || !isFull(room, others + 1)) return null;
  return refusal('room_reserved', { roomId: room.id, reservedFor: reservation.visitId });
}

/** May this visit enter the room now (I4)? A screen uses it to offer rooms; `decide` to refuse them. */
export function isRoomFree(room: Room, visitId: string, now: number): boolean {
  return whyNot(room, visitId, now) === null;
}

/** Ids of rooms a visit could enter, in the order of the board. A hint: it is not part of any precondition. */
export function freeRoomIds(view: BoardView, visitId: string, now: number): string[] {
  const rooms: Room[] = [];
  for (const [, { d }] of view.entries()) {
    if (d.type === 'room' && isRoomFree(d, visitId, now)) rooms.push(d);
  }
  return rooms.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1)).map((room) => room.id);
}

/** Null when the visit may enter the room, else who or what stands in the way and which rooms are free. */
export function roomRefusal({ view, ctx }: Scene, roomId: string, visitId: string): Refusal | null {
  const room = findRoom(view, roomId);
  if (!room) return refusal('room_not_found', { roomId });
  const why = whyNot(room, visitId, ctx.now);
  return why && { ...why, details: { ...why.details, free: freeRoomIds(view, visitId, ctx.now) } };
}

/** Exclusive treatment rooms are cleaned between patients; places and shared rooms are not. */
export const needsTurnover = (room: Room): boolean => room.capacity === 1 && room.kind !== 'place';

function cancelledReservation(room: Room | null): BoardEvent[] {
  if (!room?.reservation) return [];
  return [{ type: 'room.reservation-cancelled', roomId: room.id, visitId: room.reservation.visitId }];
}

/**
 * Ends the reservation that stands on a room. Reads the visit that holds it, since that entity changes too.
 */
export function endReservation({ view }: Scene, room: Room): BoardEvent[] {
  if (room.reservation) findVisit(view, room.reservation.visitId);
  return cancelledReservation(room);
}

export function endOwnReservation({ view }: Scene, visit: Visit): BoardEvent[] {
  if (visit.reservedRoomId === null) return [];
  const room = findRoom(view, visit.reservedRoomId);
  return room?.reservation?.visitId === visit.id ? cancelledReservation(room) : [];
}

function leaving({ view }: Scene, visit: Visit): BoardEvent[] {
  const room = visit.roomId === null ? null : findRoom(view, visit.roomId);
  if (!room) return [];
  return [{ type: 'room.released', roomId: room.id, visitId: visit.id, needsCleaning: needsTurnover(room) }];
}

/** The patient goes from the present room, if any, to another one, if any. Callers check `roomRefusal`. */
export function changeRoom(scene: Scene, visit: Visit, to: string | null): BoardEvent[] {
  const room = to === null ? null : findRoom(scene.view, to);
  const isOthers = room?.reservation && room.reservation.visitId !== visit.id;
  // Only an expired reservation of another visit can be in the way of an exclusive room by now.
  const isExpired = isOthers && !liveReservation(room, scene.ctx.now);
  const isElsewhere = visit.reservedRoomId !== null && visit.reservedRoomId !== to;
  return [
    { type: 'visit.room-assigned', visitId: visit.id, from: visit.roomId, to },
    ...leaving(scene, visit),
    ...(isExpired ? endReservation(scene, room) : []),
    ...(isElsewhere ? endOwnReservation(scene, visit) : []),
    ...(room ? [{ type: 'room.occupied' as const, roomId: room.id, visitId: visit.id }] : []),
  ];
}

/** Closing a visit gives its room and its reservation back. */
export function leaveAllRooms(scene: Scene, visit: Visit): BoardEvent[] {
  if (visit.roomId !== null) return changeRoom(scene, visit, null);
  return endOwnReservation(scene, visit);
}
