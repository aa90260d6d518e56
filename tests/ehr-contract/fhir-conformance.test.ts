import { validateResource } from '@medplum/core';
import type { Appointment, Encounter, Resource } from '@medplum/fhirtypes';
import { readClinicDay, type StatusWrite } from '@workflow-bolt/ehr';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { booking, CLINIC_DATE, CLINIC_ZONE, encounter, PRACTICE, seedClinic } from './fhir-clinic.ts';
import { type FhirServer, startFhirServer } from './fhir-server.ts';
import { hastyFhirAdapter } from './fhir-stage.ts';

/** What is R4's own: both resources of a visit, versions, zones, places, and that all we send is valid. */
let server: FhirServer;
beforeAll(async () => {
  server = await startFhirServer();
}, 120_000);
afterAll(() => server.stop());
beforeEach(async () => {
  await seedClinic(server);
  server.calls.splice(0);
});

const port = () => hastyFhirAdapter(server);
const day = async (more: { serviceLocationName?: string } = {}) => {
  const read = await readClinicDay(port(), {
    practiceName: PRACTICE,
    zone: CLINIC_ZONE,
    date: CLINIC_DATE,
    ...more,
  });
  if (!read.ok) throw new Error(read.failure.kind);
  return read.value;
};
const change = (desired: StatusWrite['desired'], more: Partial<StatusWrite> = {}): StatusWrite => ({
  appointmentId: 'app-1',
  occurrenceId: null,
  patientId: 'pat-1',
  desired,
  lastAgreed: { status: 'Scheduled', version: null },
  ...more,
});
const stored = (id: string = 'app-1') => server.repo.readResource<Appointment>('Appointment', id);
const encounters = () => server.repo.searchResources<Encounter>({ resourceType: 'Encounter', count: 100 });
const writes = () => server.calls.filter(({ method }) => method !== 'GET');

test('everything that is sent is valid R4 by its structure definitions, and the server would refuse what is not', async () => {
  const walkIn = {
    ...{ practiceId: 'org-1', practiceName: PRACTICE, serviceLocationId: 'site-1', providerId: 'doc-1' },
    ...{
      patientId: 'pat-2',
      startAt: Date.parse(`${CLINIC_DATE}T20:00:00Z`),
      endAt: Date.parse(`${CLINIC_DATE}T20:20:00Z`),
    },
    ...{ name: 'walk-in', reasonId: null, caseId: null, resourceIds: [], notes: 'a note', triedAgoMs: null },
  };
  expect(await port().create({ ...walkIn, status: 'Roomed' })).toMatchObject({
    kind: 'written',
    status: { canonical: 'Roomed' },
  });
  for (const desired of [
    'Confirmed',
    'CheckedIn',
    'ReadyToBeSeen',
    'Roomed',
    'CheckedOut',
    'Cancelled',
    'NoShow',
  ] as const) {
    const all = [
      'Scheduled',
      'Confirmed',
      'CheckedIn',
      'ReadyToBeSeen',
      'Roomed',
      'CheckedOut',
      'Cancelled',
    ] as const;
    expect(await port().writeStatus(change(desired, { mayReplace: all }))).toMatchObject({ kind: 'written' });
  }
  expect(writes().length).toBeGreaterThan(10);
  for (const { body, status } of writes()) {
    expect(() => validateResource(body as Resource)).not.toThrow();
    expect(status).toBeLessThan(300);
  }
  const { status: _, ...invalid } = await stored();
  expect(() => validateResource(invalid as Resource)).toThrow();
});

test('an update names the version it was made from, and creating an Encounter the appointment it belongs to', async () => {
  const { meta } = await stored();
  await port().writeStatus(change('Roomed'));
  expect(
    writes().map(({ method, path, headers }) => [
      method,
      path,
      headers['if-match'],
      headers['if-none-exist'],
    ]),
  ).toEqual([
    ['POST', 'Encounter', undefined, 'appointment=Appointment/app-1'],
    ['PUT', 'Appointment/app-1', `W/"${meta?.versionId}"`, undefined],
  ]);
  expect(await encounters()).toMatchObject([
    { status: 'in-progress', class: { code: 'AMB' }, subject: { reference: 'Patient/pat-1' } },
  ]);
  expect((await stored()).status).toBe('fulfilled');
});

test('the Encounter leads: one that is under way or over counts, whatever the appointment still says', async () => {
  await server.repo.createResource(encounter('app-1', 'in-progress'));
  await server.repo.createResource(encounter('app-2', 'finished'));
  await server.repo.createResource(encounter('app-3', 'entered-in-error'));
  const words = (await day()).appointments.map(({ appointmentId, status }) => [
    appointmentId,
    status.canonical,
    status.raw,
  ]);
  expect(words).toEqual([
    ['app-1', 'Roomed', 'booked/in-progress'],
    ['app-2', 'CheckedOut', 'booked/finished'],
    ['app-3', 'Scheduled', 'booked'],
  ]);
});

test('[I6] the second of two changes fails: what the Encounter says stands, and the next try is done already', async () => {
  server.faults = [
    {
      matches: ({ method, path }) => method === 'PUT' && path.startsWith('Appointment/'),
      fault: { kind: 'reset-before' },
    },
  ];
  expect(await port().writeStatus(change('Roomed'))).toMatchObject({ kind: 'written', isAnswerLost: true });
  expect(await port().writeStatus(change('Roomed'))).toMatchObject({ kind: 'already-so' });
  expect(await encounters()).toHaveLength(1);
});

test('[I6] somebody opens the Encounter at the same time: there is one, not two', async () => {
  server.after = async ({ path }) => {
    if (!path.startsWith('Encounter?')) return;
    server.after = async () => {};
    await server.repo.createResource(encounter('app-1', 'in-progress'));
  };
  expect(await port().writeStatus(change('Roomed'))).toMatchObject({ kind: 'written' });
  expect(await encounters()).toHaveLength(1);
});

describe('what must not be written', () => {
  test.each([
    ['a word that R4 lacks', {}, { desired: 'Rescheduled' }, 'no-word'],
    ['entered in error', { status: 'entered-in-error' }, {}, 'deleted'],
    ['fulfilled without an Encounter', { status: 'fulfilled' }, {}, 'status-unrecognised'],
    ['an occurrence of a series', {}, { occurrenceId: '2' }, 'other-occurrence'],
    ['an id that is a path', {}, { appointmentId: '../Patient/pat-1' }, 'not-found'],
  ] as const)('%s', async (_name, members, write, reason) => {
    await server.repo.updateResource({ ...(await stored()), ...members } as Appointment);
    expect(await port().writeStatus(change('CheckedIn', write))).toMatchObject({ kind: 'refused', reason });
    expect(writes()).toEqual([]);
  });

  test('a group, whose patients are not one state', async () => {
    const appointment = await stored();
    const second = { actor: { reference: 'Patient/pat-2' }, status: 'accepted' as const };
    await server.repo.updateResource({ ...appointment, participant: [...appointment.participant, second] });
    expect(await port().writeStatus(change('CheckedIn'))).toMatchObject({ kind: 'refused', reason: 'group' });
    const rows = (await day()).appointments.filter(({ appointmentId }) => appointmentId === 'app-1');
    expect(rows.map(({ patientId }) => patientId)).toEqual(['pat-1', 'pat-2']);
  });

  test('a server that numbers no versions is never written to', async () => {
    const bare = hastyFhirAdapter(server, {
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        const text = (await answer.text()).replaceAll(/"versionId":"[^"]*",?/g, '');
        return new Response(text, {
          status: answer.status,
          headers: { 'content-type': 'application/fhir+json' },
        });
      },
    });
    expect(await bare.writeStatus(change('CheckedIn'))).toMatchObject({
      kind: 'refused',
      reason: 'incomplete',
    });
    expect(writes()).toEqual([]);
  });
});

describe('a day', () => {
  test('takes times with their zone, and only those of the clinic’s own day', async () => {
    const at = (id: string, start: string) =>
      server.repo.createResource<Appointment>({
        ...booking({ id, patient: 'pat-1', time: '12:00' }),
        id,
        start,
        end: start,
      });
    await at('late', '2026-07-07T04:59:00Z');
    await at('after', '2026-07-07T05:00:00Z');
    await at('early', '2026-07-06T07:00:00+02:00');
    const { appointments, outsideDay } = await day();
    expect(appointments.map(({ appointmentId, startAt }) => [appointmentId, startAt])).toEqual([
      ['early', Date.UTC(2026, 6, 6, 5)],
      ['app-1', Date.UTC(2026, 6, 6, 14)],
      ['app-2', Date.UTC(2026, 6, 6, 14, 20)],
      ['app-3', Date.UTC(2026, 6, 6, 15)],
      ['late', Date.UTC(2026, 6, 7, 4, 59)],
    ]);
    expect(outsideDay).toBe(1);
  });

  test('knows rooms from sites, blocks from patients, and leaves out what was entered in error', async () => {
    await server.repo.createResource(booking({ id: 'block', patient: null, time: '12:00' }));
    await server.repo.createResource(
      booking({ id: 'wrong', patient: 'pat-1', time: '11:00', status: 'entered-in-error' }),
    );
    const { appointments, blocks } = await day();
    expect(blocks).toBe(1);
    expect(
      appointments.map(({ appointmentId, locationName, roomResources }) => [
        appointmentId,
        locationName,
        roomResources,
      ]),
    ).toEqual([
      ['app-1', 'Fern Street', []],
      ['app-2', 'Fern Street', []],
      ['app-3', null, [{ id: 'room-3', name: 'Room 3', kind: 'room' }]],
    ]);
  });

  test('is that of the practice by its exact name, and of one site when asked', async () => {
    await server.repo.createResource(
      booking({ id: 'west', patient: 'pat-1', time: '11:00', place: 'site-9' }),
    );
    expect((await day()).appointments.map(({ appointmentId }) => appointmentId)).toEqual([
      'app-1',
      'app-2',
      'app-3',
    ]);
    const site = await day({ serviceLocationName: 'Fern Street' });
    expect(site.appointments.map(({ appointmentId }) => appointmentId)).toEqual(['app-1', 'app-2']);
    const wrong = await readClinicDay(port(), {
      practiceName: 'Fern Street',
      zone: CLINIC_ZONE,
      date: CLINIC_DATE,
    });
    expect(wrong).toMatchObject({ ok: false, failure: { kind: 'business-error', reason: 'not-found' } });
  });

  test('of many pages is read to its last', async () => {
    for (let n = 0; n < 23; n += 1) {
      await server.repo.createResource(
        booking({ id: `more-${n}`, patient: 'pat-3', time: `1${1 + (n % 6)}:15` }),
      );
    }
    server.pageSize = 7;
    expect((await day()).appointments).toHaveLength(26);
    server.faults = [
      { matches: ({ path }) => path.includes('_offset=14'), fault: { kind: 'truncate' }, isLasting: true },
    ];
    const cut = await readClinicDay(port(), { practiceName: PRACTICE, zone: CLINIC_ZONE, date: CLINIC_DATE });
    expect(cut).toMatchObject({ ok: false, failure: { kind: 'malformed', reason: 'truncated' } });
    server.faults = [];
    server.pageSize = 1_000;
  });
});

test('patients are found by name and birthday; another practice’s are left out', async () => {
  const born = { from: '1970-01-01', to: '1970-01-01' };
  const found = await port().patients({ practiceName: PRACTICE, fullName: 'Rowan Vale', dateOfBirth: born });
  expect(found.ok && found.value.map(({ patientId, dateOfBirth }) => [patientId, dateOfBirth])).toEqual([
    ['pat-1', '1970-01-01'],
  ]);
  const elsewhere = await port().patients({
    practiceName: `${PRACTICE} West`,
    fullName: 'Rowan Vale',
    dateOfBirth: born,
  });
  expect(elsewhere).toEqual({ ok: true, value: [] });
});
