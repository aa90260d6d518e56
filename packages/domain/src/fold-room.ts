import type { EventOf, Room } from '@workflow-bolt/contracts';

type RoomState = Room['state'];

/** Occupied before reserved before free: what a glance at the room would say. */
function stateOf(occupants: readonly string[], reservation: Room['reservation']): RoomState {
  if (occupants.length > 0) return 'occupied';
  return reservation ? 'reserved' : 'available';
}

function entering(room: Room, state: RoomState, at: number): Pick<Room, 'state' | 'since'> {
  return { state, since: state === room.state ? room.since : Math.max(room.since, at) };
}

export function reserved(room: Room, event: EventOf<'room.reserved'>, at: number): Room {
  const reservation = { visitId: event.visitId, by: event.by, expiresAt: event.expiresAt };
  return { ...room, reservation, ...entering(room, stateOf(room.occupants, reservation), at) };
}

export function reservationCancelled(room: Room, at: number): Room {
  const isKept = room.state === 'needs-cleaning' || room.state === 'out-of-service';
  const state = isKept ? room.state : stateOf(room.occupants, null);
  return { ...room, reservation: null, ...entering(room, state, at) };
}

export function occupied(room: Room, event: EventOf<'room.occupied'>, at: number): Room {
  const occupants = [...room.occupants, event.visitId];
  const reservation = room.reservation?.visitId === event.visitId ? null : room.reservation;
  return { ...room, occupants, reservation, deferredUntil: null, ...entering(room, 'occupied', at) };
}

export function released(room: Room, event: EventOf<'room.released'>, at: number): Room {
  const occupants = room.occupants.filter((id) => id !== event.visitId);
  if (room.state === 'out-of-service') return { ...room, occupants };
  const isEmpty = occupants.length === 0;
  const state = isEmpty && event.needsCleaning ? 'needs-cleaning' : stateOf(occupants, room.reservation);
  return { ...room, occupants, deferredUntil: null, ...entering(room, state, at) };
}

export function cleaned(room: Room, at: number): Room {
  return { ...room, deferredUntil: null, ...entering(room, stateOf(room.occupants, room.reservation), at) };
}

export function serviceChanged(room: Room, event: EventOf<'room.service-changed'>, at: number): Room {
  const state = event.isInService ? stateOf(room.occupants, room.reservation) : 'out-of-service';
  const outOfServiceReason = event.isInService ? null : (event.reason?.slice(0, 120) ?? null);
  return { ...room, deferredUntil: null, outOfServiceReason, ...entering(room, state, at) };
}
