/**
 * How sensitive each stored field is: the one source for what is sealed before it reaches Redis (store/vault) and for
 * what each role may see (domain). A field that is not classified here does not compile, and a test compares the
 * trees with the zod schemas.
 *
 * What is clear at rest is operational: steps, rooms, times, counters and opaque ids, which identify nobody alone.
 */
import type { Day, Person, Room, Sync, Visit, VisitFlow } from './entities.ts';
import type { BoardEvent, BoardEventType, EventOf } from './events.ts';

/** L0 operational · L1 board display · L2 demographics · L3 clinical · L4 financial · L5 sensitive label · L6 secret. */
export type FieldLevel = 'L0' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6';
export type FieldClass = { readonly level: FieldLevel; readonly isSealed: boolean };

/** Steps, rooms, times, opaque ids, settings of the clinic. */
export const operational: FieldClass = { level: 'L0', isSealed: false };
/** What a card shows beside the name: kinds of appointment, colours. */
export const display: FieldClass = { level: 'L1', isSealed: false };
/** A text that somebody or the EHR wrote where no patient should be named; people do it anyway. */
export const remark: FieldClass = { level: 'L1', isSealed: true };
/** Who the patient is. */
export const demographic: FieldClass = { level: 'L2', isSealed: true };
/** Why the patient is here, and what was noted about it. */
export const clinical: FieldClass = { level: 'L3', isSealed: true };

type Defined<T> = Exclude<T, null | undefined>;
/** One class for a whole value, or one for each of its fields; `[x]` classifies the items of a list. */
export type Sensitivity<T> =
  | FieldClass
  | (Defined<T> extends readonly (infer Item)[]
      ? readonly [Sensitivity<Item>]
      : Defined<T> extends object
        ? { readonly [K in keyof Defined<T>]-?: Sensitivity<Defined<T>[K]> }
        : never);

/** The same trees without their types, for code that walks them. */
export type SensitivityNode =
  | FieldClass
  | readonly [SensitivityNode]
  | { readonly [field: string]: SensitivityNode };

export function isFieldClass(node: SensitivityNode): node is FieldClass {
  return 'isSealed' in node && typeof node.isSealed === 'boolean';
}

const outcome = {
  kind: operational,
  by: operational,
  reason: clinical,
  waitedMs: operational,
} as const satisfies Sensitivity<Visit['outcome']>;

const conflict = {
  ehrStatus: operational,
  rawStatus: remark,
  suggestedStatus: operational,
  since: operational,
  reason: operational,
  ours: operational,
  lastAgreed: operational,
  /** Names of fields of the EHR, out of a fixed list. */
  members: operational,
  laterAt: operational,
} as const satisfies Sensitivity<Visit['conflict']>;

/** Codes and words of closed lists, counters and times. */
const ehrWrite = {
  turn: operational,
  at: operational,
  agreed: operational,
  failed: operational,
  dropped: operational,
  resolved: operational,
  would: operational,
} as const satisfies Sensitivity<Visit['ehrWrite']>;

const ehrWarning = { raw: remark, since: operational } as const satisfies Sensitivity<Visit['ehrWarning']>;

/** The EHR's own numbers of patient and appointment, and a hash over the row with the name in it. */
const external = {
  system: operational,
  key: demographic,
  appointmentId: demographic,
  patientId: demographic,
  status: operational,
  rawStatus: remark,
  fingerprint: demographic,
  absences: operational,
  isRemoved: operational,
} as const satisfies Sensitivity<Visit['external']>;

const flags = {
  interpreter: clinical,
  mobility: clinical,
  privacy: clinical,
} as const satisfies Sensitivity<Visit['flags']>;

const flow = {
  status: operational,
  statusSince: operational,
  milestones: operational,
  skipped: operational,
  estimated: operational,
  corrected: operational,
  roomId: operational,
  providerId: operational,
  roomStays: operational,
  providerSegments: operational,
  waitSegments: operational,
  steppedOut: { from: operational, where: remark },
  outcome,
  lateMin: operational,
} as const satisfies Sensitivity<VisitFlow>;

export const visitSensitivity = {
  type: operational,
  id: operational,
  kind: operational,
  ...flow,
  startAt: operational,
  durationMin: operational,
  visitTypeId: display,
  locationName: remark,
  patientKey: demographic,
  reservedRoomId: operational,
  earlierEpisodes: [flow],
  isPinned: operational,
  flags,
  external,
  ehrWarning,
  conflict,
  ehrWrite,
  steadySince: operational,
  source: operational,
  createdAt: operational,
  undoable: {
    eventId: operational,
    type: operational,
    at: operational,
    actorId: operational,
    before: { ...flow, isPinned: operational, flags, visitTypeId: display, conflict },
    startedEpisode: operational,
    reservation: operational,
  },
} as const satisfies Sensitivity<Visit>;

export const personSensitivity = {
  type: operational,
  visitId: operational,
  fullName: demographic,
  dob: demographic,
  ageBand: demographic,
  phone: demographic,
  reason: clinical,
  note: clinical,
  alert: clinical,
  isPartial: operational,
  isPrivate: clinical,
} as const satisfies Sensitivity<Person>;

export const roomSensitivity = {
  type: operational,
  id: operational,
  name: display,
  kind: operational,
  capacity: operational,
  position: operational,
  state: operational,
  since: operational,
  occupants: operational,
  reservation: operational,
  deferredUntil: operational,
  outOfServiceReason: remark,
} as const satisfies Sensitivity<Room>;

/** The clinic's own settings; the people in them work there. */
export const daySensitivity = {
  type: operational,
  clinic: operational,
  clinicName: display,
  date: operational,
  zone: operational,
  state: operational,
  providers: display,
  visitTypes: display,
  thresholds: operational,
  columnRules: operational,
  isRoomRequired: operational,
  readyToBeSeenMeans: operational,
  leftMeans: operational,
  writeBack: operational,
} as const satisfies Sensitivity<Day>;

export const syncSensitivity = {
  type: operational,
  jobId: operational,
  phase: operational,
  startedAt: operational,
  finishedAt: operational,
  lastGoodAt: operational,
  cards: operational,
  detailsDone: operational,
  detailsTotal: operational,
  /** Reasons are words of a closed list (ehr/normalise-schedule.ts). */
  quarantined: operational,
  failure: { code: operational, message: remark },
} as const satisfies Sensitivity<Sync>;

export const entitySensitivity = {
  visit: visitSensitivity,
  person: personSensitivity,
  room: roomSensitivity,
  day: daySensitivity,
  sync: syncSensitivity,
} as const;

const onVisit = { type: operational, visitId: operational };
const onRoom = { type: operational, roomId: operational };

/** Each event as it is kept in the log; what holds an entity is as sensitive as the entity. */
export const eventSensitivity: { readonly [T in BoardEventType]: Sensitivity<EventOf<T>> } = {
  'day.configured': {
    type: operational,
    day: daySensitivity,
    rooms: [roomSensitivity],
    removedRoomIds: operational,
  },
  'day.closing-started': { type: operational },
  'day.closed': { type: operational, noShows: operational },
  'day.reopened': { type: operational, from: operational, reason: remark },
  'day.write-back-set': { type: operational, mode: operational },
  'visit.created': { type: operational, visit: visitSensitivity, person: personSensitivity },
  'visit.moved': {
    ...onVisit,
    from: operational,
    to: operational,
    effectiveAt: operational,
    reason: clinical,
    outcome,
    sets: operational,
    clears: operational,
    skipped: operational,
    isEstimated: operational,
    isReCheckIn: operational,
  },
  'visit.check-in-completed': { ...onVisit, isCompleted: operational, isEstimated: operational },
  'visit.undone': { ...onVisit, undoes: operational, reason: clinical },
  'visit.time-corrected': {
    ...onVisit,
    milestone: operational,
    was: operational,
    at: operational,
    reason: clinical,
  },
  'visit.room-assigned': { ...onVisit, from: operational, to: operational },
  'visit.provider-changed': { ...onVisit, from: operational, to: operational },
  'visit.type-changed': { ...onVisit, to: display },
  'visit.pinned': { ...onVisit, isPinned: operational },
  'visit.flagged': { ...onVisit, flags },
  'visit.stepped-out': { ...onVisit, where: remark },
  'visit.stepped-back': onVisit,
  'visit.booking-changed': {
    ...onVisit,
    startAt: operational,
    durationMin: operational,
    providerId: operational,
    visitTypeId: display,
    locationName: remark,
  },
  'visit.ehr-seen': { ...onVisit, external, ehrWarning, conflict },
  'visit.conflict-resolved': { ...onVisit, choice: operational, reason: clinical },
  'visit.conflict-postponed': onVisit,
  'visit.write-settled': { ...onVisit, external, ehrWrite, conflict },
  'visit.write-retried': onVisit,
  'person.changed': { type: operational, person: personSensitivity },
  'person.noted': { ...onVisit, note: clinical },
  'room.reserved': { ...onVisit, roomId: operational, by: operational, expiresAt: operational },
  'room.reservation-cancelled': { ...onVisit, roomId: operational },
  'room.occupied': { ...onVisit, roomId: operational },
  'room.released': { ...onVisit, roomId: operational, needsCleaning: operational },
  'room.cleaned': onRoom,
  'room.cleaning-deferred': { ...onRoom, until: operational },
  'room.service-changed': { ...onRoom, isInService: operational, reason: remark },
  'sync.reported': { type: operational, sync: syncSensitivity },
};

/** The tree of one event type, for code that walks it. */
export function sensitivityOfEvent(type: BoardEvent['type']): SensitivityNode {
  return eventSensitivity[type] as SensitivityNode;
}
