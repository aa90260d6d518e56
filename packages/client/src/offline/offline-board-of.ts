/** What of a board may stay on a device: who is here and expected, by short names. */
import type { Day, EntityId, OfflineBoard, OfflineRow, Person, Room, Visit } from '@workflow-bolt/contracts';
import { initialsOf, isExpected, isInOffice, shortNameOf, type Versioned } from '@workflow-bolt/domain';

type Contents = { day: Day | null; rooms: Map<string, Room>; persons: Map<string, Person>; visits: Visit[] };

function contentsOf(entities: ReadonlyMap<EntityId, Versioned>): Contents {
  const found: Contents = { day: null, rooms: new Map(), persons: new Map(), visits: [] };
  for (const { d } of entities.values()) {
    if (d.type === 'day') found.day = d;
    else if (d.type === 'room') found.rooms.set(d.id, d);
    else if (d.type === 'person') found.persons.set(d.visitId, d);
    else if (d.type === 'visit') found.visits.push(d);
  }
  return found;
}

function nameOf(visit: Visit, person: Person | undefined): string {
  if (!person) return '?';
  const isPrivate = visit.flags.privacy || person.isPrivate === true;
  return isPrivate ? initialsOf(person.fullName) : shortNameOf(person.fullName);
}

const rowOf = (visit: Visit, { day, rooms, persons }: Contents): OfflineRow => ({
  status: visit.status,
  statusSince: visit.statusSince,
  startAt: visit.startAt,
  arrivedAt: visit.milestones.arrivedAt ?? null,
  name: nameOf(visit, persons.get(visit.id)),
  provider: day?.providers.find(({ id }) => id === visit.providerId)?.name ?? null,
  room: rooms.get(visit.roomId ?? '')?.name ?? null,
});

const timeOf = ({ startAt, arrivedAt }: OfflineRow): number =>
  startAt ?? arrivedAt ?? Number.MAX_SAFE_INTEGER;

/** The board as it may be kept; null while its day is not known. `asOf`: when it was last proved current, epoch ms. */
export function offlineBoardOf(
  entities: ReadonlyMap<EntityId, Versioned>,
  asOf: number,
): OfflineBoard | null {
  const contents = contentsOf(entities);
  if (contents.day === null) return null;
  const { clinic, clinicName, date, zone } = contents.day;
  const shown = contents.visits.filter(({ status }) => isInOffice(status) || isExpected(status));
  const rows = shown.map((visit) => rowOf(visit, contents)).sort((a, b) => timeOf(a) - timeOf(b));
  return { v: 1, clinic, clinicName, date, zone, asOf, rows };
}
