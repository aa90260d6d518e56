import type { CommandOf, Day, EhrStatus, User } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds, isInOffice, syncOf } from '@workflow-bolt/domain';
import {
  type Appointment,
  type ClinicDay,
  dayTrace,
  generateDay,
  seeingProviders,
  type TraceStep,
  VISIT_TYPES,
} from '@workflow-bolt/testkit/generate';
import { FakeServer } from './fake-server.ts';

export const demoZone = 'America/Chicago';
export const demoUsers: readonly User[] = [
  { id: 'dana', name: 'Dana Whitfield', role: 'front-desk', clinics: ['cedar'] },
  { id: 'marcus', name: 'Marcus Bell', role: 'medical-assistant', clinics: ['cedar'] },
  { id: 'dr-okafor', name: 'Dr. Ngozi Okafor', role: 'provider', clinics: ['cedar'] },
  { id: 'robin', name: 'Robin Achebe', role: 'manager', clinics: ['cedar'] },
  { id: 'wanda', name: 'Wanda Liu', role: 'viewer', clinics: ['cedar'] },
];

const colors = ['#0b7285', '#c2255c', '#5f3dc4', '#2b8a3e', '#e67700', '#1864ab', '#862e9c'];
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
const roomId = (id: number) => `room-${id}`;
const providerId = (id: number) => `p-${id}`;
const visitIdOf = (key: string): string => slug(key);

function settings(day: ClinicDay): CommandOf<'configureDay'> {
  const { clinic } = day;
  return {
    type: 'configureDay',
    day: {
      clinicName: clinic.practiceName,
      zone: demoZone,
      providers: seeingProviders(clinic).map(({ id, fullName }, i) => ({
        id: providerId(id),
        name: fullName,
        color: colors[i % colors.length] ?? '#0b7285',
      })),
      visitTypes: VISIT_TYPES.map((type) => ({
        id: slug(type.name),
        label: type.name,
        slotMin: type.slotMin,
        needsProvider: type.needsProvider,
      })),
      thresholds: defaultThresholds,
      columnRules: defaultColumnRules,
      isRoomRequired: false,
      readyToBeSeenMeans: 'check-in-completed',
    },
    rooms: clinic.rooms.map(({ id, name, kind, capacity }, position) => ({
      id: roomId(id),
      name,
      kind: kind === 'iv' ? 'procedure' : kind,
      capacity: capacity > 99 ? null : capacity,
      position,
    })),
  };
}

function scheduleRow(day: ClinicDay, row: Appointment): CommandOf<'applyScheduleRow'> {
  const patient = day.patients.find((each) => each.id === row.patientId);
  const known: readonly string[] = ['Scheduled', 'Confirmed', 'ReminderSent', 'Tentative'];
  return {
    type: 'applyScheduleRow',
    visitId: visitIdOf(row.key),
    system: 'tebra',
    key: row.key,
    appointmentId: String(row.id),
    patientId: String(row.patientId),
    patientKey: `patient-${row.patientId}`,
    fingerprint: row.key,
    status: (known.includes(row.status) ? row.status : 'Unrecognised') as EhrStatus,
    rawStatus: row.status,
    startAt: row.startMs,
    durationMin: Math.round((row.endMs - row.startMs) / 60_000),
    providerId: providerId(row.providerId),
    visitTypeId: slug(row.visitType.name),
    locationName: null,
    fullName: patient?.fullName ?? 'Unknown Patient',
    dob: patient?.dob ?? null,
    phone: null,
    reason: row.complaint,
  };
}

function apply(server: FakeServer, step: TraceStep, day: ClinicDay): void {
  const visitId = visitIdOf(step.visit);
  const by = (userId: string) => ({ userId, at: step.atMs });
  const move = (
    to: CommandOf<'moveVisit'>['to'],
    userId: string,
    more: Partial<CommandOf<'moveVisit'>> = {},
  ) => server.act({ type: 'moveVisit', visitId, to, ...more }, by(userId));
  const room = step.roomId === null ? null : roomId(step.roomId);
  switch (step.step) {
    case 'arrive':
      move('arrived', 'dana');
      break;
    case 'walk-in': {
      const row = day.walkIns.find((each) => each.key === step.visit);
      const patient = day.patients.find((each) => each.id === step.patientId);
      server.act(
        {
          type: 'createVisit',
          visitId,
          kind: 'walk-in',
          fullName: patient?.fullName ?? 'Walk In',
          dob: patient?.dob ?? null,
          reason: row?.complaint ?? null,
          providerId: row ? providerId(row.providerId) : null,
          visitTypeId: row ? slug(row.visitType.name) : null,
        },
        by('dana'),
      );
      break;
    }
    case 'check-in-complete':
      server.act({ type: 'setCheckInCompleted', visitId, isCompleted: true }, by('dana'));
      break;
    case 'room':
      move('appt-prep', 'marcus', { roomId: room });
      break;
    case 'ready':
      move('ready-for-md', 'marcus');
      break;
    case 'with-doctor':
      move('with-doctor', 'dr-okafor');
      break;
    case 'seen':
      move('seen-by-md', 'dr-okafor');
      break;
    case 'complete':
      move('completed', 'marcus');
      break;
    case 'no-show':
      move('no-show', 'dana');
      break;
    case 'leave':
      move('left', 'marcus', { reason: step.reason ?? 'Left' });
      break;
    case 'cancel':
      move('cancelled', 'dana', { reason: step.reason ?? 'Cancelled', by: 'patient' });
      break;
    case 'room-clean':
      server.act({ type: 'markRoomClean', roomId: room ?? '' }, by('marcus'));
      break;
  }
}

/** The generated staff is too quick for a story: each visit's steps come later by its own delay. */
function slowed(steps: readonly TraceStep[]): TraceStep[] {
  const delayMs = (visit: string) =>
    ([...visit].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 23) * 60_000;
  const stage: Partial<Record<TraceStep['step'], number>> = {
    'check-in-complete': 0.3,
    room: 0.6,
    ready: 1,
    'with-doctor': 1.6,
    seen: 2,
    complete: 2.6,
  };
  return steps
    .map((step) => ({ ...step, atMs: step.atMs + (stage[step.step] ?? 0) * delayMs(step.visit) }))
    .sort((a, b) => a.atMs - b.atMs);
}

export type DemoOptions = {
  appointments: number /** Minutes since local midnight at which the day stands still. */;
  minute: number;
  signedIn: string | null;
};

/** A generated clinic day, played up to a moment, which then runs on in real time. */
export function demoBoard({ appointments, minute, signedIn }: DemoOptions): {
  server: FakeServer;
  now: () => number;
} {
  const date = '2026-03-04';
  const day = generateDay({ seed: 7, date, zone: demoZone, profile: 'busy', appointments });
  const midnight = Date.parse(`${date}T06:00:00Z`);
  const stopAt = midnight + minute * 60_000;
  const started = Date.now();
  const now = () => stopAt + (Date.now() - started);
  const server = new FakeServer({
    board: { clinic: 'cedar', date },
    zone: demoZone,
    users: demoUsers,
    now,
    signedIn,
  });
  server.act(settings(day), { userId: 'system', at: midnight });
  for (const row of day.appointments)
    if (row.type === 'P' && row.patientId !== null)
      server.act(scheduleRow(day, row), { userId: 'system', at: midnight + 60_000, source: 'tebra' });
  for (const step of slowed(dayTrace(day))) {
    if (step.atMs > stopAt) break;
    try {
      apply(server, step, day);
    } catch {
      // A step of the generated day that the rules refuse is left out: the story needs a board, not all of it.
    }
  }
  return { server, now };
}

/** Nearly everybody is in step with the EHR; two wait, two failed, and one was put off. */
function writeBackOddities(server: FakeServer): void {
  const by = { userId: 'system', source: 'tebra' } as const;
  server.act({ type: 'setWriteBack', mode: 'on' }, by);
  const visits = [...server.state.entries()].flatMap(([, { d }]) => (d.type === 'visit' ? [d] : []));
  const open = visits.filter((visit) => isInOffice(visit.status) && visit.conflict === null);
  const failures = new Map([
    [open[2]?.id, 'outcome-unknown'],
    [open[6]?.id, 'patient-unknown'],
  ] as const);
  const isLeft = new Set([open[0]?.id, open[4]?.id]);
  for (const [i, visit] of visits.entries()) {
    const { word, state } = syncOf(visit, { ...dayOf(server), writeBack: 'on' });
    const failed = failures.get(visit.id) ?? null;
    if (isLeft.has(visit.id) || (state !== 'waiting' && !failed)) continue;
    const agreed = failed ? null : word;
    const made = failed || visit.external ? null : { appointmentId: `9${i}`, patientId: `8${i}` };
    const said = {
      theirs: agreed,
      agreed,
      failed,
      dropped: null,
      conflict: null,
      created: made,
      would: null,
    };
    server.act({ type: 'settleWrite', visitId: visit.id, turn: 1, ...said }, by);
  }
}

function dayOf(server: FakeServer): Day {
  const d = server.state.get('day')?.d;
  if (d?.type !== 'day') throw new Error('the board has no day');
  return d;
}

/** Marks that a quiet day lacks: alerts, a conflict with the EHR, an unknown word, holds, a note. */
export function addOddities(server: FakeServer): void {
  const visits = [...server.state.entries()].flatMap(([, { d }]) => (d.type === 'visit' ? [d] : []));
  const of = (status: string, index = 0) => visits.filter((visit) => visit.status === status)[index];
  const quietly = (run: () => void) => {
    try {
      run();
    } catch (cause) {
      console.warn(String(cause));
    }
  };
  const arrived = of('arrived');
  const ready = of('ready-for-md');
  const prep = of('appt-prep');
  const scheduled = of('scheduled', 3);
  if (arrived) {
    quietly(() =>
      server.act(
        { type: 'setNote', visitId: arrived.id, note: 'Brings a wheelchair; daughter waits outside.' },
        { userId: 'dana' },
      ),
    );
    quietly(() =>
      server.act(
        { type: 'setFlags', visitId: arrived.id, mobility: true, interpreter: true },
        { userId: 'dana' },
      ),
    );
    quietly(() => server.act({ type: 'setPinned', visitId: arrived.id, isPinned: true }, { userId: 'dana' }));
    const room = [...server.state.entries()].flatMap(([, { d }]) =>
      d.type === 'room' && d.state === 'available' && d.capacity === 1 ? [d] : [],
    )[0];
    if (room)
      quietly(() =>
        server.act(
          { type: 'reserveRoom', visitId: arrived.id, roomId: room.id, minutes: 20 },
          { userId: 'dana' },
        ),
      );
  }
  for (const [visit, raw, status] of [
    [ready, 'Cancelled', 'Cancelled'],
    [scheduled, 'Waitlisted', 'Unrecognised'],
  ] as const) {
    const external = visit?.external;
    const person = visit && server.state.get(`p:${visit.id}`)?.d;
    if (!visit || !external || person?.type !== 'person' || visit.startAt === null) continue;
    const { key, appointmentId, patientId } = external;
    const { startAt, durationMin, providerId: provider, visitTypeId, locationName, patientKey } = visit;
    const { fullName, dob, phone, reason } = person;
    quietly(() =>
      server.act(
        {
          type: 'applyScheduleRow',
          visitId: visit.id,
          system: 'tebra',
          key,
          appointmentId,
          patientId,
          patientKey,
          fingerprint: `${key}-2`,
          status,
          rawStatus: raw,
          startAt,
          durationMin,
          providerId: provider,
          visitTypeId,
          locationName,
          fullName,
          dob,
          phone,
          reason,
        },
        { userId: 'system', source: 'tebra' },
      ),
    );
  }
  if (prep)
    quietly(() => server.act({ type: 'stepOut', visitId: prep.id, where: 'Lab' }, { userId: 'marcus' }));
  writeBackOddities(server);
  const twin = of('scheduled', 1);
  const other = of('scheduled', 2);
  if (twin && other) {
    const person = server.state.get(`p:${twin.id}`)?.d;
    if (person?.type === 'person')
      quietly(() =>
        server.act(
          { type: 'updatePerson', visitId: other.id, fullName: person.fullName },
          { userId: 'dana' },
        ),
      );
  }
  quietly(() =>
    server.act(
      {
        type: 'reportSync',
        sync: {
          jobId: 'sync-1',
          phase: 'details',
          startedAt: Date.now(),
          finishedAt: null,
          lastGoodAt: Date.now(),
          cards: visits.length,
          detailsDone: 12,
          detailsTotal: visits.length,
          quarantined: [{ reason: 'no start time', count: 2 }],
          failure: null,
        },
      },
      { userId: 'system' },
    ),
  );
}
