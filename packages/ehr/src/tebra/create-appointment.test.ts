import { describe, expect, test } from 'vitest';
import type { AppointmentCreation } from '../ehr-write-port.ts';
import { FakeEhr, WALK_IN, type WriteFault, writingAdapter } from './writing-fixtures.ts';

const SEARCH = 'GetAppointments';
const CREATE = 'CreateAppointment';
const READ = 'GetAppointment';

async function created(
  prepare: (ehr: FakeEhr) => void = () => {},
  change: Partial<AppointmentCreation> = {},
) {
  const ehr = new FakeEhr();
  ehr.stored = null;
  prepare(ehr);
  const { port } = writingAdapter(ehr);
  return { ehr, outcome: await port.create({ ...WALK_IN, ...change }) };
}

describe('a walk-in is created', () => {
  test('searched for, created, read back', async () => {
    const { ehr, outcome } = await created();
    expect(ehr.calls).toEqual([SEARCH, CREATE, READ]);
    expect(outcome).toEqual({
      kind: 'written',
      appointmentId: '7001',
      isAnswerLost: false,
      status: { canonical: 'CheckedIn', raw: 'CheckedIn' },
      version: '2026-03-09T10:00:00|77',
    });
    expect(ehr.written).toEqual([
      {
        AppointmentName: 'Rowan Vale',
        AppointmentReasonId: '402',
        AppointmentStatus: 'CheckedIn',
        AppointmentType: 'P',
        EndTime: '2026-03-09T15:40:00Z',
        IsRecurring: 'false',
        MaxAttendees: '1',
        PatientCaseId: '41',
        PatientId: '601',
        PracticeId: '7',
        ProviderId: '81',
        ResourceIds: '<a:long>81</a:long>',
        ServiceLocationId: '91',
        StartTime: '2026-03-09T15:20:00Z',
      },
    ]);
  });

  test('one that stands there already is not created again; another hour or patient is no hindrance', async () => {
    const at = (minute: string, patient: string) => (fake: FakeEhr) =>
      fake.change({ StartTime: `2026-03-09T15:${minute}:00Z`, PatientId: patient });
    const same = await created(at('20', '0601'));
    expect(same.outcome).toMatchObject({ kind: 'already-so', appointmentId: '5001' });
    expect(same.ehr.calls).toEqual([SEARCH]);
    expect((await created(at('21', '601'))).outcome.kind).toBe('written');
    expect((await created(at('20', '602'))).outcome.kind).toBe('written');
  });

  test('what was read back otherwise is a conflict, by the names of its members', async () => {
    const { outcome } = await created((fake) => {
      fake.after = (operation) =>
        operation === CREATE && fake.change({ ProviderId: '82', PatientCaseId: null });
    });
    expect(outcome).toEqual({
      kind: 'conflict',
      appointmentIds: ['7001'],
      members: ['PatientCaseId', 'ProviderId'],
      theirs: { status: expect.objectContaining({ canonical: 'CheckedIn' }), version: expect.any(String) },
    });
  });
});

describe('[WB5] a creation whose outcome is unknown is searched for and never repeated blindly', () => {
  test.each<[WriteFault, object]>([
    ['reset-after', { kind: 'written', appointmentId: '7001', isAnswerLost: true }],
    ['reset-before', { kind: 'unknown', searchAfterMs: 75_000, isSent: true }],
    ['html', { kind: 'unknown', searchAfterMs: 75_000, isSent: true }],
    ['no-echo', { kind: 'unknown', searchAfterMs: 75_000, isSent: true }],
    ['refused', { kind: 'refused', reason: 'ehr-refused' }],
  ])('%s', async (fault, expected) => {
    const { ehr, outcome } = await created((fake) => fake.faults.push(fault));
    expect(outcome).toMatchObject(expected);
    expect(ehr.calls.filter((operation) => operation === CREATE)).toHaveLength(1);
  });

  test('created, but the list does not show it yet: unknown, nothing is sent until it must have, then found', async () => {
    const ehr = new FakeEhr();
    ehr.stored = null;
    ehr.isListed = false;
    ehr.faults = ['reset-after'];
    const { port } = writingAdapter(ehr);
    expect(await port.create(WALK_IN)).toMatchObject({
      kind: 'unknown',
      searchAfterMs: 75_000,
      isSent: true,
    });
    const soon = await port.create({ ...WALK_IN, triedAgoMs: 30_000 });
    expect(soon).toEqual({ kind: 'unknown', failure: null, searchAfterMs: 45_000, isSent: false });
    ehr.isListed = true;
    expect(await port.create({ ...WALK_IN, triedAgoMs: 75_000 })).toMatchObject({
      kind: 'already-so',
      appointmentId: '7001',
    });
    expect(ehr.written).toHaveLength(1);
  });

  test('never created after all: once the list must show it, it is sent again', async () => {
    const { ehr, outcome } = await created(undefined, { triedAgoMs: 75_000 });
    expect([outcome.kind, ehr.written.length]).toEqual(['written', 1]);
  });

  test('a search that fails sends nothing, and a time that is none is refused', async () => {
    const failed = await created((fake) => {
      fake.readsFailFrom = 1;
    });
    expect(failed.outcome).toMatchObject({ kind: 'not-applied', reason: 'not-read' });
    const timeless = await created(undefined, { endAt: Number.NaN });
    expect(timeless.outcome).toMatchObject({ kind: 'refused', reason: 'incomplete' });
    expect([...failed.ehr.written, ...timeless.ehr.written]).toEqual([]);
  });
});
