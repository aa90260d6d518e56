import { type EhrAppointment, readClinicDay, type StatusWrite } from '@workflow-bolt/ehr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ContractStage, Target } from './contract-stage.ts';
import { fhirStage } from './fhir-stage.ts';
import { tebraStage } from './tebra-stage.ts';

/** What the port promises, held by each EHR behind it: the same questions, the same answers. */
describe.each([
  ['Tebra', tebraStage],
  ['FHIR R4', fhirStage],
] as const)('the EHR port over %s', (_name, start) => {
  let stage: ContractStage;
  beforeAll(async () => {
    stage = await start();
    // The first reads of a process load and compile; nobody is measured by them.
    await readDay();
  }, 120_000);
  afterAll(() => stage.stop());
  afterEach(() => stage.allWell());

  const readDay = async (more = {}): Promise<readonly EhrAppointment[]> => {
    const { practiceName, zone, date } = stage;
    const day = await readClinicDay(stage.port, { practiceName, zone, date, ...more });
    if (!day.ok) throw new Error(day.failure.kind);
    return day.value.appointments;
  };
  const checkIn = (target: Target, more: Partial<StatusWrite> = {}): StatusWrite => ({
    ...target,
    occurrenceId: null,
    desired: 'CheckedIn',
    lastAgreed: { status: 'Scheduled', version: null },
    ...more,
  });

  it('lists a day in the clinic’s zone, with who, when, where and with whom', async () => {
    const { appointmentId, patientId } = await stage.scheduled();
    const row = (await readDay()).find((one) => one.appointmentId === appointmentId);
    expect(row).toMatchObject({ patientId, status: { canonical: 'Scheduled' }, type: 'P' });
    expect(row?.externalKey).toContain(appointmentId);
    expect(row?.patientName).toMatch(/\S/);
    expect(row?.locationName).toMatch(/\S/);
    expect(row?.providerId).toMatch(/\S/);
    const local = new Intl.DateTimeFormat('en-CA', { timeZone: stage.zone }).format(row?.startAt);
    expect(local).toBe(stage.date);
    const single = await stage.port.appointment(appointmentId);
    expect(single).toMatchObject({
      ok: true,
      value: { appointmentId, patient: { patientId }, start: { kind: 'instant', at: row?.startAt } },
    });
  });

  it('reads the same day twice to the same fingerprints', async () => {
    const prints = async () => (await readDay()).map(({ fingerprint }) => fingerprint);
    expect(await prints()).toEqual(await prints());
  });

  it('answers null for what is not there, and a patient with name and birthday', async () => {
    const { patientId } = await stage.scheduled();
    expect(await stage.port.appointment('999999999')).toEqual({ ok: true, value: null });
    expect(await stage.port.patient('999999999')).toEqual({ ok: true, value: null });
    const patient = await stage.port.patient(patientId);
    expect(patient).toMatchObject({ ok: true, value: { patientId } });
    if (!patient.ok) return;
    expect(patient.value?.fullName).toMatch(/\S/);
    expect(patient.value?.dateOfBirth).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('names practices, sites and providers, and proves the account', async () => {
    const { port, practiceName } = stage;
    const practices = await port.practices();
    expect(practices.ok && practices.value.map(({ name }) => name)).toContain(practiceName);
    const sites = await port.serviceLocations({ practiceName });
    expect(sites.ok && sites.value.length > 0).toBe(true);
    const providers = await port.providers({});
    expect(providers.ok && providers.value.some(({ kind }) => kind === 'normal')).toBe(true);
    expect(await port.checkCredentials()).toMatchObject({ ok: true });
  });

  it('refuses a question that has no bounds, without asking it', async () => {
    const { port, practiceName } = stage;
    const refused = { ok: false, failure: { kind: 'our-bug', reason: 'bad-request' } };
    expect(await port.schedule({ practiceName })).toMatchObject(refused);
    expect(await port.patients({})).toMatchObject(refused);
    const year = { startAt: Date.UTC(2026, 0, 1), endAt: Date.UTC(2027, 0, 1) };
    expect(await port.schedule({ practiceName, window: year })).toMatchObject(refused);
  });

  it.each([
    ['reset-before', 'transport', 'retry'],
    ['html', 'service-down', 'retry'],
    ['truncate', 'malformed', 'retry'],
    ['garbage', 'malformed', 'stop'],
    ['throttled', 'throttled', 'wait'],
    ['refused-login', 'auth', 'stop'],
  ] as const)('%s is never an empty day', async (fault, kind, reads) => {
    stage.nextReads(fault);
    const { practiceName, zone, date } = stage;
    const failed = await readClinicDay(stage.port, { practiceName, zone, date });
    expect(failed).toMatchObject({ ok: false, failure: { kind, reads } });
    stage.allWell();
    expect((await readDay()).length).toBeGreaterThan(0);
  });

  it('[I6] writes a state, keeps everything else, and the day shows it', async () => {
    const target = await stage.scheduled();
    const before = await stage.held(target.appointmentId);
    const written = await stage.port.writeStatus(checkIn(target));
    expect(written).toMatchObject({
      kind: 'written',
      isAnswerLost: false,
      status: { canonical: 'CheckedIn' },
    });
    expect(await stage.held(target.appointmentId)).toEqual({ ...before, status: 'CheckedIn' });
    expect(before.billing).not.toBe('');
    const row = (await readDay()).find(({ appointmentId }) => appointmentId === target.appointmentId);
    expect(row?.status.canonical).toBe('CheckedIn');
  });

  it('echoes what is so already, and sends nothing', async () => {
    const target = await stage.scheduled();
    await stage.port.writeStatus(checkIn(target));
    const before = stage.writes();
    expect(await stage.port.writeStatus(checkIn(target))).toMatchObject({ kind: 'already-so' });
    expect(stage.writes()).toBe(before);
  });

  it('walks a whole visit through its states and back by one', async () => {
    const target = await stage.scheduled();
    let last = { status: 'Scheduled', version: null as string | null } as NonNullable<
      StatusWrite['lastAgreed']
    >;
    for (const desired of ['Confirmed', 'CheckedIn', 'ReadyToBeSeen', 'Roomed', 'CheckedOut'] as const) {
      const outcome = await stage.port.writeStatus(checkIn(target, { desired, lastAgreed: last }));
      expect(outcome).toMatchObject({ kind: 'written', status: { canonical: desired } });
      if (outcome.kind === 'written') last = { status: desired, version: outcome.version };
    }
    const undo = checkIn(target, { desired: 'Roomed', lastAgreed: last, onlyUntouched: true });
    expect(await stage.port.writeStatus(undo)).toMatchObject({
      kind: 'written',
      status: { canonical: 'Roomed' },
    });
    expect((await stage.held(target.appointmentId)).status).toBe('Roomed');
  });

  it('does not undo what somebody else has touched since', async () => {
    const target = await stage.scheduled();
    const made = await stage.port.writeStatus(checkIn(target));
    if (made.kind !== 'written') throw new Error(made.kind);
    await stage.changeNotes(target.appointmentId, 'called');
    const lastAgreed = { status: 'CheckedIn', version: made.version } as const;
    const undo = checkIn(target, { desired: 'Scheduled', lastAgreed, onlyUntouched: true });
    expect(await stage.port.writeStatus(undo)).toMatchObject({
      kind: 'conflict',
      reason: 'touched',
      isSent: false,
    });
    expect(await stage.held(target.appointmentId)).toMatchObject({ status: 'CheckedIn', notes: 'called' });
  });

  it('leaves a state that a second user has set, and says whose is whose', async () => {
    const target = await stage.scheduled();
    await stage.changeStatus(target.appointmentId, 'Cancelled');
    const before = stage.writes();
    expect(await stage.port.writeStatus(checkIn(target))).toMatchObject({
      kind: 'conflict',
      reason: 'status-changed',
      theirs: { canonical: 'Cancelled' },
      ours: 'CheckedIn',
      lastAgreed: { status: 'Scheduled' },
      isSent: false,
    });
    expect(stage.writes()).toBe(before);
    expect((await stage.held(target.appointmentId)).status).toBe('Cancelled');
    const allowed = checkIn(target, { mayReplace: ['Cancelled'] });
    expect(await stage.port.writeStatus(allowed)).toMatchObject({ kind: 'written' });
  });

  it('refuses an appointment that is another patient’s, or gone', async () => {
    const target = await stage.scheduled();
    const other = checkIn({ ...target, patientId: '999999999' });
    expect(await stage.port.writeStatus(other)).toMatchObject({ kind: 'refused', reason: 'other-patient' });
    await stage.remove(target.appointmentId);
    expect(await stage.port.writeStatus(checkIn(target))).toMatchObject({
      kind: 'refused',
      reason: 'not-found',
    });
  });

  it('[WB-SWITCH] says beforehand what a write would come to, and sends nothing', async () => {
    const target = await stage.scheduled();
    const before = stage.writes();
    const preview = (write: StatusWrite) => stage.port.previewStatus(write);
    expect(await preview(checkIn(target))).toEqual({ kind: 'would' });
    expect(await preview(checkIn(target, { desired: 'Scheduled' }))).toMatchObject({ kind: 'already-so' });
    expect(await preview(checkIn({ ...target, patientId: '999999999' }))).toMatchObject({
      ...{ kind: 'refused', reason: 'other-patient' },
    });
    const strange = { status: 'Scheduled', version: 'of-another-time' } as const;
    expect(await preview(checkIn(target, { lastAgreed: strange, onlyUntouched: true }))).toMatchObject({
      ...{ kind: 'conflict', reason: 'touched' },
    });
    await stage.changeStatus(target.appointmentId, 'Cancelled');
    expect(await preview(checkIn(target))).toMatchObject({ kind: 'conflict', reason: 'status-changed' });
    stage.nextReads('reset-before');
    expect(await preview(checkIn(target))).toMatchObject({ kind: 'not-applied', reason: 'not-read' });
    stage.allWell();
    await stage.remove(target.appointmentId);
    expect(await preview(checkIn(target))).toMatchObject({ kind: 'refused', reason: 'not-found' });
    expect(stage.writes()).toBe(before);
  });

  it.each([
    ['reset-before', { kind: 'not-applied', reason: 'lost' }, 'Scheduled'],
    ['reset-after', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['hang-after', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
    ['truncate-after', { kind: 'written', isAnswerLost: true }, 'CheckedIn'],
  ] as const)('%s: the next read tells, and nothing is sent twice', async (fault, expected, status) => {
    const target = await stage.scheduled();
    const before = stage.writes();
    stage.nextWrite(fault);
    const port = fault === 'hang-after' ? stage.hurried : stage.port;
    expect(await port.writeStatus(checkIn(target))).toMatchObject(expected);
    expect((await stage.held(target.appointmentId)).status).toBe(status);
    expect(stage.writes()).toBe(before + 1);
  });

  it('a throttled write has done nothing, and may be tried later', async () => {
    const target = await stage.scheduled();
    stage.nextWrite('throttled');
    expect(await stage.port.writeStatus(checkIn(target))).toMatchObject({
      kind: 'not-applied',
      reason: 'not-sent',
    });
    expect((await stage.held(target.appointmentId)).status).toBe('Scheduled');
    stage.allWell();
    expect(await stage.port.writeStatus(checkIn(target))).toMatchObject({ kind: 'written' });
  });

  it('creates a walk-in once, and finds it when asked again', async () => {
    const creation = { ...(await stage.newAppointment()), status: 'CheckedIn', triedAgoMs: null } as const;
    const made = await stage.port.create(creation);
    expect(made).toMatchObject({ kind: 'written', isAnswerLost: false, status: { canonical: 'CheckedIn' } });
    const again = await stage.port.create({ ...creation, triedAgoMs: 80_000 });
    expect(again).toMatchObject({ kind: 'already-so' });
    if (made.kind !== 'written' || again.kind !== 'already-so') return;
    expect(again.appointmentId).toBe(made.appointmentId);
    expect(await stage.count(creation.patientId, creation.startAt)).toBe(1);
  });

  it('a creation whose answer is lost exists once', async () => {
    const creation = { ...(await stage.newAppointment()), status: 'CheckedIn', triedAgoMs: null } as const;
    stage.nextWrite('reset-after');
    const made = await stage.port.create(creation);
    expect(['written', 'unknown']).toContain(made.kind);
    const again = await stage.port.create({ ...creation, triedAgoMs: 80_000 });
    expect(again).toMatchObject({ kind: 'already-so' });
    expect(await stage.count(creation.patientId, creation.startAt)).toBe(1);
  });
});

describe('[I6] somebody writes between our read and our write', () => {
  it('Tebra has no version check: what was theirs is lost, and the second read may not see it', async () => {
    const stage = await tebraStage();
    try {
      const target = await stage.scheduled();
      stage.betweenReadAndWrite(() => stage.changeNotes(target.appointmentId, 'from the other screen'));
      const write: StatusWrite = {
        ...target,
        occurrenceId: null,
        desired: 'CheckedIn',
        lastAgreed: { status: 'Scheduled', version: null },
      };
      expect(await stage.port.writeStatus(write)).toMatchObject({ kind: 'written' });
      expect((await stage.held(target.appointmentId)).notes).not.toBe('from the other screen');
    } finally {
      await stage.stop();
    }
  });

  it('FHIR refuses ours by its version: theirs stands, and the next try carries it along', async () => {
    const stage = await fhirStage();
    try {
      const target = await stage.scheduled();
      stage.betweenReadAndWrite(() => stage.changeNotes(target.appointmentId, 'from the other screen'));
      const write: StatusWrite = {
        ...target,
        occurrenceId: null,
        desired: 'CheckedIn',
        lastAgreed: { status: 'Scheduled', version: null },
      };
      expect(await stage.port.writeStatus(write)).toEqual({
        kind: 'not-applied',
        reason: 'changed-meanwhile',
        theirs: { canonical: 'Scheduled', raw: 'booked' },
        failure: null,
      });
      expect(await stage.port.writeStatus(write)).toMatchObject({ kind: 'written' });
      const notes = 'from the other screen';
      expect(await stage.held(target.appointmentId)).toEqual({ status: 'CheckedIn', notes, billing: '41' });
    } finally {
      await stage.stop();
    }
  });

  it.each([
    [
      'Cancelled',
      { kind: 'conflict', reason: 'status-changed', theirs: { canonical: 'Cancelled' }, isSent: false },
    ],
    ['CheckedIn', { kind: 'already-so', status: { canonical: 'CheckedIn' } }],
  ] as const)('FHIR: the other one has set %s', async (status, expected) => {
    const stage = await fhirStage();
    try {
      const target = await stage.scheduled();
      stage.betweenReadAndWrite(() => stage.changeStatus(target.appointmentId, status));
      const lastAgreed = { status: 'Scheduled', version: null } as const;
      const write: StatusWrite = { ...target, occurrenceId: null, desired: 'CheckedIn', lastAgreed };
      expect(await stage.port.writeStatus(write)).toMatchObject(expected);
      expect((await stage.held(target.appointmentId)).status).toBe(status);
    } finally {
      await stage.stop();
    }
  });
});
