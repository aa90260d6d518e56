import type { CommandOf, User } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds } from '@workflow-bolt/domain';
import { FakeServer } from './fake-server.ts';

export const users: readonly User[] = [
  { id: 'dana', name: 'Dana Whitfield', role: 'front-desk', clinics: ['cedar'] },
  { id: 'marcus', name: 'Marcus Bell', role: 'medical-assistant', clinics: ['cedar'] },
  { id: 'ines', name: 'Inés Carrillo', role: 'medical-assistant', clinics: ['cedar'] },
  { id: 'okafor', name: 'Dr. Okafor', role: 'provider', clinics: ['cedar'] },
  { id: 'robin', name: 'Robin Achebe', role: 'manager', clinics: ['cedar'] },
  { id: 'bob', name: 'Bob Alvarez', role: 'billing', clinics: ['cedar'] },
  { id: 'wanda', name: 'Wanda Liu', role: 'viewer', clinics: ['cedar'] },
];

export const zone = 'America/Chicago';
export const date = '2026-03-04';
/** Epoch ms of a wall-clock time on the test's day (UTC-6). */
export const at = (hour: number, minute = 0): number =>
  Date.parse(`${date}T00:00:00Z`) + ((hour + 6) * 60 + minute) * 60_000;

const configure: CommandOf<'configureDay'> = {
  type: 'configureDay',
  day: {
    clinicName: 'Cedar Hollow Family Medicine',
    zone,
    providers: [
      { id: 'okafor', name: 'Dr. Okafor', color: '#0b7285' },
      { id: 'lin', name: 'Dr. Lin', color: '#c2255c' },
    ],
    visitTypes: [{ id: 'follow-up', label: 'Follow Up', slotMin: 20, needsProvider: true }],
    thresholds: defaultThresholds,
    columnRules: defaultColumnRules,
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
  },
  rooms: [
    { id: 'room-1', name: 'Room 1', kind: 'exam', capacity: 1, position: 0 },
    { id: 'room-2', name: 'Room 2', kind: 'exam', capacity: 1, position: 1 },
  ],
};

const booked = (visitId: string, fullName: string, startAt: number): CommandOf<'createVisit'> => ({
  type: 'createVisit',
  visitId,
  kind: 'booked',
  fullName,
  dob: '1981-03-04',
  reason: 'Cough',
  startAt,
  durationMin: 20,
  providerId: 'okafor',
  visitTypeId: 'follow-up',
});

/** It is 9:30: Anna (9:30) and Omar (9:40) are expected, Bea arrived at 9:05 for 9:00. */
export function smallBoard(signedIn: string | null): FakeServer {
  const started = Date.now();
  const now = () => at(9, 30) + (Date.now() - started);
  const server = new FakeServer({ board: { clinic: 'cedar', date }, zone, users, now, signedIn });
  server.act(configure, { userId: 'system', at: at(6) });
  server.act(booked('anna', 'Anna Lee', at(9, 30)), { userId: 'dana', at: at(7) });
  server.act(booked('omar', 'Omar Haddad', at(9, 40)), { userId: 'dana', at: at(7) });
  server.act(booked('bea', 'Bea Kowalczyk', at(9)), { userId: 'dana', at: at(7) });
  server.act({ type: 'moveVisit', visitId: 'bea', to: 'arrived' }, { userId: 'dana', at: at(9, 5) });
  return server;
}

type Patient = { visitId: string; fullName: string; patientKey: string; dob: string | null; startAt: number };

/** An appointment that the EHR knows, with whose it is. */
export function schedule(server: FakeServer, { visitId, ...patient }: Patient): void {
  const row: CommandOf<'applyScheduleRow'> = {
    type: 'applyScheduleRow',
    visitId,
    system: 'tebra',
    key: visitId,
    appointmentId: visitId,
    patientId: patient.patientKey,
    fingerprint: visitId,
    status: 'Scheduled',
    rawStatus: 'Scheduled',
    durationMin: 15,
    providerId: 'okafor',
    visitTypeId: 'follow-up',
    locationName: null,
    phone: null,
    reason: null,
    ...patient,
  };
  server.act(row, { userId: 'system', at: at(7), source: 'tebra' });
}
