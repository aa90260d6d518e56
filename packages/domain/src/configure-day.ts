import type { BoardEvent, CommandOf, Day, EntityId, Room } from '@workflow-bolt/contracts';
import type { BoardView, Decision, DecisionContext } from './board.ts';
import { endReservation } from './room-rules.ts';
import { isSameValue } from './same-value.ts';
import { accept, findDay, findRoom, nothingToChange, refuse } from './scene.ts';

type ConfigureDay = CommandOf<'configureDay'>;

/** Rooms only come and go with `day.configured`, so the version of the day guards this list. */
function presentRooms(view: BoardView): Room[] {
  const ids: EntityId[] = [];
  for (const [id, { d }] of view.entries()) if (d.type === 'room') ids.push(id);
  return ids.flatMap((id) => findRoom(view, id.slice(2)) ?? []);
}

function roomOf(wanted: ConfigureDay['rooms'][number], present: Room | undefined, now: number): Room {
  const fresh: Omit<Room, keyof typeof wanted> = {
    type: 'room',
    state: 'available',
    since: now,
    occupants: [],
    reservation: null,
    deferredUntil: null,
    outOfServiceReason: null,
  };
  return { ...fresh, ...present, ...wanted };
}

function dayOf(command: ConfigureDay, ctx: DecisionContext, present: Day | null): Day {
  const { clinic, date } = ctx.board;
  // The mode of write-back is the relay's to say: settings put in place must not turn it off or on.
  const mode = present?.writeBack ? { writeBack: present.writeBack } : {};
  return { ...command.day, ...mode, type: 'day', clinic, date, state: present?.state ?? 'open' };
}

/** Patients inside a room that would vanish or become too small. */
function displaced(present: readonly Room[], kept: readonly Room[]): Room | undefined {
  return present.find((room) => {
    const next = kept.find((each) => each.id === room.id);
    if (!next) return room.occupants.length > 0;
    return next.capacity !== null && room.occupants.length > next.capacity;
  });
}

/** Opens the board or changes its settings; rooms that stay keep their state. A closed day keeps its own (V33). */
export function decideConfigure(view: BoardView, ctx: DecisionContext, command: ConfigureDay): Decision {
  const former = findDay(view);
  const ids = command.rooms.map((room) => room.id);
  if (new Set(ids).size < ids.length) return refuse('invalid_request', { field: 'rooms' });
  const present = presentRooms(view);
  // Also a room that is new: its absence is part of what was decided on.
  for (const id of ids) findRoom(view, id);
  const day = dayOf(command, ctx, former);
  const rooms = command.rooms.map((wanted) =>
    roomOf(
      wanted,
      present.find((room) => room.id === wanted.id),
      ctx.now,
    ),
  );
  const removed = present.filter((room) => !ids.includes(room.id));
  const changed = rooms.filter(
    (room) =>
      !isSameValue(
        room,
        present.find((each) => each.id === room.id),
      ),
  );
  if (isSameValue(day, former) && changed.length === 0 && removed.length === 0) return nothingToChange();
  if (former?.state === 'closed') return refuse('board_closed');
  const inTheWay = displaced(present, rooms);
  if (inTheWay) {
    return refuse('room_occupied', { roomId: inTheWay.id, occupants: inTheWay.occupants });
  }
  const scene = { view, ctx, day };
  const ended: BoardEvent[] = removed.flatMap((room) => endReservation(scene, room));
  const removedRoomIds = removed.map((room) => room.id);
  return accept([...ended, { type: 'day.configured', day, rooms: changed, removedRoomIds }]);
}
