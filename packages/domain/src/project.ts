import type { Day, Entity, EntityId, Person, Room, View, Visit } from '@workflow-bolt/contracts';
import { isInOffice } from './status-info.ts';

/** Up to three initials, such as "J. D."; a name without letters shows as "?". */
export function initialsOf(fullName: string): string {
  const words = fullName.includes(',') ? fullName.split(',').reverse() : [fullName];
  const letters = words
    .join(' ')
    .split(/\s+/)
    .flatMap((word) => /\p{L}/u.exec(word)?.[0].toUpperCase() ?? [])
    .slice(0, 3);
  return letters.length > 0 ? letters.map((letter) => `${letter}.`).join(' ') : '?';
}

/** What replaces each field on the wall; a field that is not named here is shown as it is. */
const wallVisit: Partial<Visit> = {
  milestones: {},
  skipped: [],
  estimated: [],
  corrected: [],
  roomStays: [],
  providerSegments: [],
  waitSegments: [],
  steppedOut: null,
  outcome: null,
  lateMin: null,
  startAt: null,
  durationMin: null,
  visitTypeId: null,
  locationName: null,
  patientKey: null,
  reservedRoomId: null,
  earlierEpisodes: [],
  external: null,
  ehrWarning: null,
  conflict: null,
  undoable: null,
  flags: { interpreter: false, mobility: false, privacy: false },
};

const wallPerson: Partial<Person> = { dob: null, phone: null, reason: null, note: null, alert: null };

const wallRoom: Partial<Room> = { reservation: null, outOfServiceReason: null };

const wallDay: Partial<Day> = { visitTypes: [] };

/**
 * A private patient is not on the wall at all; the room still shows as occupied. Neither is anyone who is
 * not in the building.
 */
function onWall(entity: Entity): Entity | null {
  switch (entity.type) {
    case 'visit':
      if (entity.flags.privacy || !isInOffice(entity.status)) return null;
      return { ...entity, ...wallVisit };
    case 'person':
      if (entity.isPrivate) return null;
      return { ...entity, ...wallPerson, fullName: initialsOf(entity.fullName) };
    case 'room':
      return { ...entity, ...wallRoom };
    case 'day':
      return { ...entity, ...wallDay };
    case 'sync':
      return null;
  }
}

/**
 * The entity as a view may see it; null when it may not see it at all. Staff see everything; the wall shows
 * initials and rooms, never a date of birth, a reason or a telephone number (V29).
 */
export function projectEntity(view: View, _id: EntityId, entity: Entity): Entity | null {
  return view === 'staff' ? entity : onWall(entity);
}
