/** Typed access to the entities of a board snapshot. */
import type { Day, EntityId, Person, Room, Visit } from '@workflow-bolt/contracts';
import type { Versioned } from '@workflow-bolt/domain';

export type Entities = ReadonlyMap<EntityId, Versioned>;

export function findVisit(entities: Entities, id: string): Visit | null {
  const d = entities.get(`v:${id}`)?.d;
  return d?.type === 'visit' ? d : null;
}

export function findPerson(entities: Entities, visitId: string): Person | null {
  const d = entities.get(`p:${visitId}`)?.d;
  return d?.type === 'person' ? d : null;
}

export function findRoom(entities: Entities, id: string): Room | null {
  const d = entities.get(`r:${id}`)?.d;
  return d?.type === 'room' ? d : null;
}

export function findDay(entities: Entities): Day | null {
  const d = entities.get('day')?.d;
  return d?.type === 'day' ? d : null;
}

export function listVisits(entities: Entities): Visit[] {
  const visits: Visit[] = [];
  for (const { d } of entities.values()) if (d.type === 'visit') visits.push(d);
  return visits;
}

/** In the order of the board. */
export function listRooms(entities: Entities): Room[] {
  const rooms: Room[] = [];
  for (const { d } of entities.values()) if (d.type === 'room') rooms.push(d);
  return rooms.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

export function patientName(entities: Entities, visitId: string): string {
  return findPerson(entities, visitId)?.fullName ?? 'a patient';
}

export function roomName(entities: Entities, roomId: string): string {
  return findRoom(entities, roomId)?.name ?? roomId;
}

export function providerName(day: Day | null, providerId: string | null): string | null {
  return day?.providers.find((each) => each.id === providerId)?.name ?? null;
}
