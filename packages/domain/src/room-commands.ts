import type { BoardEvent, CommandOf, Room } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { minutes } from './clinic-time.ts';
import { changeRoom, endOwnReservation, endReservation, roomRefusal } from './room-rules.ts';
import { accept, findRoom, findVisit, nothingToChange, notInOffice, refuse, type Scene } from './scene.ts';
import { isClosed, isHidden } from './status-info.ts';

/** Brings a present patient into a room, or out of it. The visit's clocks run on (V15). */
export function decideAssignRoom(scene: Scene, command: CommandOf<'assignRoom'>): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  const refused = notInOffice(visit);
  if (refused) return { ok: false, refusal: refused };
  if (visit.roomId === command.roomId) return nothingToChange({ alreadyThere: true });
  const taken = command.roomId === null ? null : roomRefusal(scene, command.roomId, visit.id);
  if (taken) return { ok: false, refusal: taken };
  return accept(changeRoom(scene, visit, command.roomId));
}

/** Keeps a room for a visit that is not in it yet. Not rooming: no clock starts (V16). */
export function decideReserve(scene: Scene, command: CommandOf<'reserveRoom'>): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  if (isClosed(visit.status) || isHidden(visit.status))
    return refuse('visit_closed', { visitStatus: visit.status });
  const refused = roomRefusal(scene, command.roomId, visit.id);
  if (refused) return { ok: false, refusal: refused };
  const room = findRoom(scene.view, command.roomId);
  if (!room || visit.roomId === room.id) return refuse('room_not_in_that_state', { state: room?.state });
  const { now, actor } = scene.ctx;
  const isOthers = room.reservation !== null && room.reservation.visitId !== visit.id;
  // A shared room holds one reservation at a time; a live one of another visit stays.
  if (isOthers && (room.reservation?.expiresAt ?? 0) > now) {
    return refuse('room_reserved', { roomId: room.id, reservedFor: room.reservation?.visitId });
  }
  const isElsewhere = visit.reservedRoomId !== null && visit.reservedRoomId !== room.id;
  return accept([
    ...(isOthers ? endReservation(scene, room) : []),
    ...(isElsewhere ? endOwnReservation(scene, visit) : []),
    {
      type: 'room.reserved',
      roomId: room.id,
      visitId: visit.id,
      by: actor.id,
      expiresAt: now + minutes(command.minutes),
    },
  ]);
}

type OnRoom = { roomId: string };

/** Finds the room, checks its state, and answers with one event. */
function onRoom(
  scene: Scene,
  { roomId }: OnRoom,
  rule: { states: readonly Room['state'][]; events: (room: Room) => BoardEvent[] },
): Decision {
  const room = findRoom(scene.view, roomId);
  if (!room) return refuse('room_not_found', { roomId });
  if (!rule.states.includes(room.state)) return refuse('room_not_in_that_state', { state: room.state });
  const events = rule.events(room);
  return events.length > 0 ? accept(events) : nothingToChange();
}

export function decideCancelReservation(scene: Scene, command: CommandOf<'cancelReservation'>): Decision {
  const room = findRoom(scene.view, command.roomId);
  if (!room) return refuse('room_not_found', { roomId: command.roomId });
  if (!room.reservation) return refuse('room_not_in_that_state', { state: room.state });
  return accept(endReservation(scene, room));
}

export function decideClean(scene: Scene, command: CommandOf<'markRoomClean'>): Decision {
  return onRoom(scene, command, {
    states: ['needs-cleaning'],
    events: (room) => [{ type: 'room.cleaned', roomId: room.id }],
  });
}

/** Silences the cleaning alarm for a few minutes while a patient dresses. */
export function decideDefer(scene: Scene, command: CommandOf<'deferRoomCleaning'>): Decision {
  const until = scene.ctx.now + minutes(command.minutes);
  return onRoom(scene, command, {
    states: ['needs-cleaning'],
    events: (room) => [{ type: 'room.cleaning-deferred', roomId: room.id, until }],
  });
}

/** Out of service from any state: whoever is inside stays until moved, a reservation ends. */
export function decideService(scene: Scene, command: CommandOf<'setRoomService'>): Decision {
  const room = findRoom(scene.view, command.roomId);
  if (!room) return refuse('room_not_found', { roomId: command.roomId });
  if ((room.state !== 'out-of-service') === command.isInService) return nothingToChange();
  const { roomId, isInService } = command;
  return accept([
    ...(isInService ? [] : endReservation(scene, room)),
    { type: 'room.service-changed', roomId, isInService, reason: command.reason ?? null },
  ]);
}
