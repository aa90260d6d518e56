import type { Day, Room } from '@workflow-bolt/contracts';
import { liveReservation, roomAlarms } from '@workflow-bolt/domain';
import { shortDuration } from '../format/duration.ts';
import type { RoomFace, RoomLook } from '../rooms/room-tile.tsx';

type PatientName = (visitId: string) => string;
type Asking = { day: Day; now: number; patientName: PatientName };

const stateTexts: Record<RoomLook, string> = {
  available: 'Available',
  shared: 'Open',
  reserved: 'Held',
  occupied: 'Occupied',
  'needs-cleaning': 'Needs cleaning',
  'out-of-service': 'Out of service',
};

const shortTexts: Partial<Record<RoomLook, string>> = {
  'needs-cleaning': 'To clean',
  'out-of-service': 'Out',
};

function lookOf(room: Room, now: number): RoomLook {
  if (room.state === 'reserved' && !liveReservation(room, now)) return 'available';
  const isShared = room.capacity === null || room.occupants.length < room.capacity;
  if (room.state === 'occupied' && isShared) return 'shared';
  return room.state === 'available' && room.capacity !== 1 ? 'shared' : room.state;
}

function occupantsText(room: Room, patientName: PatientName): string | null {
  if (room.occupants.length === 0) return null;
  if (room.occupants.length <= 2) return room.occupants.map(patientName).join(', ');
  return `${room.occupants.length} patients`;
}

function detailOf(room: Room, { now, patientName }: Asking): string | null {
  const reservation = liveReservation(room, now);
  if (room.state === 'out-of-service') return room.outOfServiceReason;
  const occupants = occupantsText(room, patientName);
  if (occupants !== null) return occupants;
  if (reservation) return `for ${patientName(reservation.visitId)}`;
  return room.deferredUntil !== null && room.deferredUntil > now ? 'cleaning deferred' : null;
}

const timed: readonly RoomLook[] = ['occupied', 'needs-cleaning', 'reserved', 'out-of-service'];

/** What a room tile says at `now`. */
export function roomFace(room: Room, asking: Asking): RoomFace {
  const look = lookOf(room, asking.now);
  const isCounted = look === 'shared' && room.capacity !== null;
  const stateText = isCounted ? `${room.occupants.length} of ${room.capacity}` : stateTexts[look];
  return {
    id: room.id,
    name: room.name,
    look,
    stateText,
    shortText: shortTexts[look] ?? stateText,
    detail: detailOf(room, asking),
    since: timed.includes(look) ? shortDuration(asking.now - room.since) : null,
    isOverdue: roomAlarms(room, asking.day, asking.now).length > 0,
  };
}
