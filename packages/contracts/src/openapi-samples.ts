/** One clinic day in a few values, from which all examples are made: invented people, opaque ids. */
import type { Actor } from './actor.ts';
import type { Day, ExternalRef, Person, Room, Sync, Visit } from './entities.ts';

/** 2026-03-02 09:00 in Chicago. */
export const nineOClock = 1_772_463_600_000;
const minute = 60_000;

export const sampleEpoch = '5f1c0a9e3b7d42688c11d2f0a4b6e7c9';
export const sampleChain = 'a3d94f20b1c8475e9d6607f1e2b3c4d5';
export const sampleStreamId = `${nineOClock + 20 * minute}-0`;
export const sampleCursor = `v1.staff.1.${sampleEpoch}.42.${sampleStreamId}.${sampleChain}`;
export const sampleClient = 'web-3f2a9c71d4';
export const sampleTab = '0b9c1f52-7c7f-4a8e-9b1d-5f6a7b8c9d0e';

export const sampleActor: Actor = {
  id: 'marcus',
  name: 'Marcus Bell',
  role: 'medical-assistant',
  station: 'ma-tablet-1',
};

export const sampleExternal: ExternalRef = {
  system: 'tebra',
  key: '881201-0-40017',
  appointmentId: '881201',
  patientId: '40017',
  status: 'Confirmed',
  rawStatus: 'Confirmed',
  fingerprint: '9b2f6c1d8e7a4053b6c9d2e1f0a48b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a',
  absences: 0,
  isRemoved: false,
};

export const sampleVisit: Visit = {
  type: 'visit',
  id: 't1c9k2',
  kind: 'booked',
  status: 'arrived',
  statusSince: nineOClock + 20 * minute,
  milestones: { confirmedAt: nineOClock, arrivedAt: nineOClock + 20 * minute },
  skipped: [],
  estimated: [],
  corrected: [],
  roomId: null,
  providerId: 'dr-okafor',
  roomStays: [],
  providerSegments: [],
  waitSegments: [],
  steppedOut: null,
  outcome: null,
  lateMin: -10,
  startAt: nineOClock + 30 * minute,
  durationMin: 20,
  visitTypeId: 'follow-up',
  locationName: 'Main Street',
  patientKey: 't5wq0z',
  reservedRoomId: null,
  earlierEpisodes: [],
  isPinned: false,
  flags: { interpreter: false, mobility: false, privacy: false },
  external: sampleExternal,
  ehrWarning: null,
  conflict: null,
  source: 'tebra',
  createdAt: nineOClock - 90 * minute,
  undoable: null,
};

export const samplePerson: Person = {
  type: 'person',
  visitId: 't1c9k2',
  fullName: 'Avery Example',
  dob: '1984-05-17',
  phone: '555-0142',
  reason: 'Blood pressure check',
  note: null,
  alert: null,
  isPartial: false,
  isPrivate: false,
};

export const sampleRoom: Room = {
  type: 'room',
  id: 'exam-1',
  name: 'Exam 1',
  kind: 'exam',
  capacity: 1,
  position: 1,
  state: 'available',
  since: nineOClock,
  occupants: [],
  reservation: null,
  deferredUntil: null,
  outOfServiceReason: null,
};

export const sampleDay: Day = {
  type: 'day',
  clinic: 'main-street',
  clinicName: 'Main Street Family Medicine',
  date: '2026-03-02',
  zone: 'America/Chicago',
  state: 'open',
  providers: [{ id: 'dr-okafor', name: 'Dr. Okafor', color: '#2f6fde' }],
  visitTypes: [{ id: 'follow-up', label: 'Follow-up', slotMin: 20, needsProvider: true }],
  thresholds: {
    lobbyAmber: 10,
    lobbyRed: 15,
    roomIdleAmber: 10,
    roomIdleRed: 20,
    visitTotalRed: 60,
    seenRed: 15,
    cleaningRed: 10,
    late: 1,
    noShowProposal: 30,
    withDoctorSlotFactor: 1.5,
  },
  columnRules: { arrivedSoon: 15, readySoon: 10, walkInLong: 75, doctorSoon: 5 },
  isRoomRequired: false,
  readyToBeSeenMeans: 'check-in-completed',
};

export const sampleSync: Sync = {
  type: 'sync',
  jobId: '17',
  phase: 'details',
  startedAt: nineOClock,
  finishedAt: null,
  lastGoodAt: nineOClock + 2_000,
  cards: 42,
  detailsDone: 18,
  detailsTotal: 42,
  quarantined: [{ reason: 'no patient', count: 1 }],
  failure: null,
};
