import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { type Actor, clinicSettingsSchema, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { readJobBoard } from '../../apps/worker/src/board-port.ts';
import { BoltWorker } from '../../apps/worker/src/worker.ts';
import { PRACTICE } from './fhir-clinic.ts';
import { clinic, dana, startClinic, zone } from './fhir-worker-stage.ts';

/** Longer than all that is waited for together. */
vi.setConfig({ testTimeout: 240_000 });
const patienceMs = 60_000;

test('a clinic on FHIR has its day on the board, with names, birthdays and doctors, and follows what the server says', async () => {
  const { stack, server, worker, board, registry } = await startClinic();
  await using _ = stack;
  const isDone = async () => (await readJobBoard(board)).sync?.phase === 'done';
  await awaitUntil('the first pull is done', isDone, 60_000);
  const { day, visits, persons } = await readJobBoard(board);
  expect(day?.providers).toMatchObject([{ id: 'ehr-doc-1', name: 'Ada Okafor MD' }]);
  const shown = visits.map(({ id, external, status, providerId }) => ({
    system: external?.system,
    appointmentId: external?.appointmentId,
    status,
    providerId,
    name: persons.get(id)?.fullName,
    dob: persons.get(id)?.dob,
    isPartial: persons.get(id)?.isPartial,
  }));
  const same = { system: 'fhir', status: 'scheduled', providerId: 'ehr-doc-1', isPartial: false };
  expect(shown.sort((a, b) => String(a.appointmentId).localeCompare(String(b.appointmentId)))).toEqual([
    { ...same, appointmentId: 'app-1', name: 'Rowan Vale', dob: '1970-01-01' },
    { ...same, appointmentId: 'app-2', name: 'Mara Quill', dob: '1970-01-02' },
    { ...same, appointmentId: 'app-3', name: 'Ines Thorn', dob: '1970-01-03' },
  ]);
  const appointment = await server.repo.readResource<Appointment>('Appointment', 'app-2');
  await server.repo.updateResource({ ...appointment, status: 'cancelled' });
  expect(await worker.pullNow(clinic, 'timer')).toMatchObject({ ok: true, changed: 1, unchanged: 2 });
  await registry.checkAll();
  const after = (await readJobBoard(board)).visits.find(
    ({ external }) => external?.appointmentId === 'app-2',
  );
  expect(after?.status).toBe('cancelled');
  // Nobody asks again for what has not changed.
  expect(await worker.pullNow(clinic, 'timer')).toMatchObject({ ok: true, changed: 0, unchanged: 3 });
});

test('[I6] steps on the board are on the server a moment later: an arrival, a rooming as an Encounter, a walk-in', async () => {
  const { stack, server, board, submit, visitOf } = await startClinic('on');
  await using _ = stack;
  const isWriting = async () => {
    const { sync, day } = await readJobBoard(board);
    return sync?.phase === 'done' && day?.writeBack === 'on';
  };
  await awaitUntil('the pull is done and the board says that it writes', isWriting, 60_000);
  const stored = (id: string) => server.repo.readResource<Appointment>('Appointment', id);
  const { id: visitId } = await visitOf('app-1');
  await submit({ type: 'moveVisit', visitId, to: 'arrived' });
  await awaitUntil(
    'the arrival is written',
    async () => (await stored('app-1')).status === 'arrived',
    60_000,
  );
  const marcus: Actor = { ...dana, id: 'marcus', name: 'Marcus', role: 'medical-assistant' };
  await submit({ type: 'moveVisit', visitId, to: 'appt-prep' }, marcus);
  await awaitUntil(
    'the rooming is written',
    async () => (await stored('app-1')).status === 'fulfilled',
    60_000,
  );
  expect(await server.repo.searchResources<Encounter>({ resourceType: 'Encounter' })).toMatchObject([
    { status: 'in-progress', appointment: [{ reference: 'Appointment/app-1' }] },
  ]);
  const agreed = async () => (await visitOf('app-1')).ehrWrite?.agreed;
  await awaitUntil('the board knows', async () => (await agreed()) === 'Roomed', 60_000);
  expect((await stored('app-1')).extension).toEqual([{ url: 'urn:example:billing-case', valueString: '41' }]);

  const walkIn = { fullName: 'Mara Quill', dob: '1970-01-02', providerId: 'ehr-doc-1' };
  await submit({ type: 'createVisit', visitId: 'walk-in-1', kind: 'walk-in', ...walkIn });
  const made = async () =>
    (await readJobBoard(board)).visits.find(({ id }) => id === 'walk-in-1')?.external?.appointmentId ?? null;
  await awaitUntil('the walk-in has an appointment', async () => (await made()) !== null, 60_000);
  const created = await stored((await made()) ?? '');
  expect(created.status).toBe('arrived');
  expect(created.participant.map(({ actor }) => actor?.reference)).toEqual([
    'Patient/pat-2',
    'Practitioner/doc-1',
    'Location/site-1',
  ]);
  expect((await readJobBoard(board)).visits.find(({ id }) => id === 'walk-in-1')?.external?.system).toBe(
    'fhir',
  );
});

test('[WB8] [I6] an update that the server refuses because somebody has cancelled meanwhile (412) is a conflict card; kept, ours is written', async () => {
  const stage = await startClinic('on');
  await using _ = stage.stack;
  const { server, submit, visitOf } = stage;
  const isWriting = async () => {
    const { sync, day } = await readJobBoard(stage.board);
    return sync?.phase === 'done' && day?.writeBack === 'on';
  };
  await awaitUntil('the pull is done and the board says that it writes', isWriting, patienceMs);
  const stored = () => server.repo.readResource<Appointment>('Appointment', 'app-1');
  server.after = async ({ method, path }) => {
    // The last thing that is read before a write.
    if (method !== 'GET' || !path.startsWith('Encounter?')) return;
    server.after = async () => {};
    await server.repo.updateResource({ ...(await stored()), status: 'cancelled' });
  };
  const { id: visitId } = await visitOf('app-1');
  await submit({ type: 'moveVisit', visitId, to: 'arrived' });
  const asked = async () => (await visitOf('app-1')).conflict ?? false;
  expect(await awaitUntil('the card asks', asked, patienceMs)).toMatchObject({
    ...{ reason: 'status-changed', ehrStatus: 'Cancelled', ours: 'CheckedIn', lastAgreed: 'Scheduled' },
    suggestedStatus: 'cancelled',
  });
  const puts = () => server.calls.filter(({ method }) => method === 'PUT').map(({ status }) => status);
  expect([puts(), (await stored()).status, (await visitOf('app-1')).status]).toEqual([
    [412],
    'cancelled',
    'arrived',
  ]);
  await submit({ type: 'resolveConflict', visitId, choice: 'keep-mine' });
  await awaitUntil('ours is written', async () => (await stored()).status === 'arrived', patienceMs);
  await awaitUntil(
    'the board knows',
    async () => (await visitOf('app-1')).ehrWrite?.agreed === 'CheckedIn',
    patienceMs,
  );
  expect((await visitOf('app-1')).conflict).toBeNull();
});

test('settings that no worker could serve are refused with the reason', () => {
  const fhir = { system: 'fhir', practiceName: PRACTICE };
  const settings = { id: clinic, name: 'Fern Street', zone, rooms: [], ehr: fhir };
  expect(
    clinicSettingsSchema.safeParse({ ...settings, readyToBeSeenMeans: 'ready-for-md' }).error?.issues,
  ).toMatchObject([
    {
      path: ['readyToBeSeenMeans'],
      message: 'an EHR of the kind fhir needs readyToBeSeenMeans "check-in-completed"',
    },
  ]);
  const config = readConfig(workerOptions, { REDIS_URL: 'redis://127.0.0.1:1', BOLT_CLINICS_FILE: 'none' });
  const start = (...systems: ('fhir' | 'tebra')[]) => {
    const clinics = systems.map((system) =>
      clinicSettingsSchema.parse({ ...settings, ehr: { ...fhir, system } }),
    );
    return () => new BoltWorker({ config, clinics, log: pino({ level: 'silent' }) });
  };
  expect(start('fhir', 'tebra')).toThrow('The clinics have two kinds of EHR');
  expect(start('fhir')).toThrow('set BOLT_EHR_URL');
  expect(start('tebra')).toThrow('Set BOLT_EHR_CUSTOMER_KEY');
});
