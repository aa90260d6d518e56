import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StatusWrite } from '../ehr-write-port.ts';
import { CHECK_IN, FakeEhr, STORED, type WriteFault, writingAdapter } from './writing-fixtures.ts';

const READ = 'GetAppointment';
const UPDATE = 'UpdateAppointment';

async function written(prepare: (ehr: FakeEhr) => void = () => {}, change: Partial<StatusWrite> = {}) {
  const ehr = new FakeEhr();
  prepare(ehr);
  const { port, clock } = writingAdapter(ehr);
  const outcome = await port.writeStatus({ ...CHECK_IN, ...change });
  return { ehr, outcome, clock };
}

describe('[WB3] a status that is written', () => {
  test('read, full copy, read again: only the status is another', async () => {
    const { ehr, outcome, clock } = await written();
    expect(ehr.calls).toEqual([READ, UPDATE, READ]);
    expect(clock.slept).toEqual([750]);
    expect(outcome).toEqual({
      kind: 'written',
      isAnswerLost: false,
      status: { canonical: 'CheckedIn', raw: 'CheckedIn' },
      version: '2026-03-09T10:00:00|77',
    });
    const { IsDeleted: _, IsGroupAppointment: __, OccurrenceId: ___, ...sent } = STORED;
    expect(ehr.written).toEqual([{ ...sent, AppointmentStatus: 'CheckedIn' }]);
  });

  test('[WB4] whatever an appointment holds comes back as it was, the billing case first of all', async () => {
    const id = fc.option(fc.integer({ min: 1, max: 2 ** 40 }).map(String));
    const words = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '&amp;', '\n', '&#13;', '&lt;') });
    const facts = {
      PatientCaseId: id,
      InsurancePolicyAuthorizationId: id,
      AppointmentReasonId: id,
      Notes: words,
    };
    await fc.assert(
      fc.asyncProperty(fc.record(facts), async (change) => {
        const { ehr, outcome } = await written((fake) => fake.change(change));
        expect(outcome).toMatchObject({ kind: 'written' });
        for (const [name, value] of Object.entries(change)) expect(ehr.stored?.[name], name).toBe(value);
      }),
      { numRuns: 40 },
    );
  });

  test('nothing is sent when the EHR says so already', async () => {
    const { ehr, outcome } = await written((fake) => fake.change({ AppointmentStatus: 'CheckedIn' }));
    expect(ehr.calls).toEqual([READ]);
    expect(outcome).toEqual({
      kind: 'already-so',
      status: { canonical: 'CheckedIn', raw: 'CheckedIn' },
      version: '2026-03-08T09:00:00.363|12',
    });
  });

  test('a state that the policy lets us replace is replaced', async () => {
    const confirmed = (fake: FakeEhr) => fake.change({ AppointmentStatus: 'Confirmed' });
    expect((await written(confirmed)).outcome.kind).toBe('conflict');
    expect((await written(confirmed, { mayReplace: ['Confirmed'] })).outcome.kind).toBe('written');
  });
});

describe('a conflict is handed to people with all three sides', () => {
  test('the EHR moved on since both agreed: nothing is sent', async () => {
    const { ehr, outcome } = await written((fake) => fake.change({ AppointmentStatus: 'Cancelled' }));
    expect(ehr.written).toEqual([]);
    expect(outcome).toEqual({
      kind: 'conflict',
      reason: 'status-changed',
      theirs: { canonical: 'Cancelled', raw: 'Cancelled' },
      ours: 'CheckedIn',
      lastAgreed: CHECK_IN.lastAgreed,
      version: '2026-03-08T09:00:00.363|12',
      isSent: false,
      members: [],
    });
  });

  test('[WB7] an undo is written only to an appointment that nobody touched', async () => {
    const touched = (fake: FakeEhr) => fake.change({ UpdatedAt: '2026-03-08T09:30:00' });
    expect((await written(touched, { onlyUntouched: true })).outcome).toMatchObject({
      reason: 'touched',
      isSent: false,
    });
    expect((await written(touched)).outcome.kind).toBe('written');
    expect((await written(undefined, { onlyUntouched: true })).outcome.kind).toBe('written');
    const never = { onlyUntouched: true, lastAgreed: { status: 'Scheduled', version: null } } as const;
    expect((await written(undefined, never)).outcome).toMatchObject({ kind: 'conflict', reason: 'touched' });
  });

  test('a second user writes after us: seen, and not written over', async () => {
    const { ehr, outcome } = await written((fake) => {
      fake.after = (operation) => operation === UPDATE && fake.change({ AppointmentStatus: 'NoShow' });
    });
    expect(ehr.written).toHaveLength(1);
    expect(outcome).toMatchObject({
      kind: 'conflict',
      reason: 'status-changed',
      theirs: { canonical: 'NoShow' },
      isSent: true,
    });
  });

  test('our state stands but something else was lost: named, without its value', async () => {
    const { outcome } = await written((fake) => {
      fake.after = (operation) =>
        operation === UPDATE && fake.change({ PatientCaseId: null, Notes: 'secret' });
    });
    expect(outcome).toMatchObject({
      kind: 'conflict',
      reason: 'members-changed',
      members: ['Notes', 'PatientCaseId'],
      isSent: true,
    });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

describe('[WB10] what must not be written is refused before anything is sent', () => {
  test.each([
    ['deleted', { IsDeleted: 'true' }, {}],
    ['group', { IsGroupAppointment: 'true' }, {}],
    ['series', { IsRecurring: 'true' }, {}],
    ['other-occurrence', { IsRecurring: 'true', OccurrenceId: '8' }, { occurrenceId: '9' }],
    ['other-occurrence', {}, { occurrenceId: '9' }],
    ['other-patient', { PatientId: '602' }, {}],
    ['status-unrecognised', { AppointmentStatus: 'WaitingOnLabs' }, {}],
    ['status-unrecognised', { AppointmentStatus: 'Unknown' }, {}],
    ['incomplete', { StartTime: null }, {}],
    ['incomplete', { ServiceLocationId: null }, {}],
  ])('%s', async (reason, stored, change) => {
    const { ehr, outcome } = await written((fake) => fake.change(stored), change);
    expect(outcome).toMatchObject({ kind: 'refused', reason });
    expect(ehr.calls).toEqual([READ]);
  });

  test('an occurrence that is the wanted one is written', async () => {
    const { outcome } = await written((fake) => fake.change({ IsRecurring: 'true', OccurrenceId: '9' }), {
      occurrenceId: '9',
    });
    expect(outcome.kind).toBe('written');
  });

  test('an appointment that is not there, and one that the EHR refuses', async () => {
    const gone = await written((fake) => {
      fake.stored = null;
    });
    expect(gone.outcome).toEqual({ kind: 'refused', reason: 'not-found', theirs: null, failure: null });
    const refused = await written((fake) => fake.faults.push('refused'));
    expect(refused.outcome).toMatchObject({
      kind: 'refused',
      reason: 'ehr-refused',
      failure: { kind: 'business-error' },
    });
    expect(refused.ehr.calls).toEqual([READ, UPDATE]);
  });
});

describe('[WB5] a write whose outcome is unknown is read back and never repeated', () => {
  test.each<[WriteFault, object, number]>([
    ['reset-after', { kind: 'written', isAnswerLost: true }, 1],
    ['reset-before', { kind: 'not-applied', reason: 'lost', failure: { kind: 'transport' } }, 2],
    ['html', { kind: 'not-applied', reason: 'lost', failure: { kind: 'service-down' } }, 2],
    ['ignored', { kind: 'not-applied', reason: 'accepted-not-applied', failure: null }, 2],
    ['ignored-in-echo', { kind: 'not-applied', reason: 'accepted-not-applied', failure: null }, 1],
    ['no-echo', { kind: 'written', isAnswerLost: false }, 1],
  ])('%s', async (fault, expected, readBacks) => {
    const { ehr, outcome } = await written((fake) => fake.faults.push(fault));
    expect(outcome).toMatchObject(expected);
    expect(ehr.calls).toEqual([READ, UPDATE, ...Array<string>(readBacks).fill(READ)]);
  });

  test('when it cannot be read back it stays unknown, and the next try reads first', async () => {
    const ehr = new FakeEhr();
    ehr.faults = ['reset-after'];
    ehr.readsFailFrom = 3;
    const { port } = writingAdapter(ehr);
    expect(await port.writeStatus(CHECK_IN)).toMatchObject({
      kind: 'unknown',
      failure: { kind: 'transport' },
    });
    ehr.readsFailFrom = null;
    ehr.calls.length = 0;
    expect(await port.writeStatus(CHECK_IN)).toMatchObject({ kind: 'already-so' });
    expect(ehr.calls).toEqual([READ]);
  });

  test('a throttled write did nothing and is tried again; a caller who leaves in between leaves it unknown', async () => {
    const { ehr, outcome } = await written((fake) => fake.faults.push('throttled'));
    expect(outcome.kind).toBe('written');
    expect(ehr.written).toHaveLength(2);
    const leaving = new AbortController();
    const fake = new FakeEhr();
    fake.after = (operation) => operation === UPDATE && leaving.abort();
    const { port } = writingAdapter(fake);
    expect(await port.writeStatus(CHECK_IN, leaving.signal)).toMatchObject({ kind: 'unknown' });
  });

  test('a first read that fails means that nothing was sent', async () => {
    const { ehr, outcome } = await written((fake) => {
      fake.readsFailFrom = 1;
    });
    expect(outcome).toMatchObject({ kind: 'not-applied', reason: 'not-read', theirs: null });
    expect(ehr.written).toEqual([]);
  });

  test('[I6] whatever goes wrong, one call sends at most one update that may have been applied', async () => {
    const faults = fc.array(
      fc.constantFrom<WriteFault>('reset-before', 'reset-after', 'html', 'ignored', 'throttled', 'no-echo'),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(faults, fc.option(fc.integer({ min: 1, max: 6 })), async (several, readsFailFrom) => {
        const throttled = several.indexOf('throttled');
        const { ehr, outcome } = await written((fake) => {
          fake.faults = [...several];
          fake.readsFailFrom = readsFailFrom;
        });
        const repeats = ehr.written.length - 1;
        if (throttled !== 0) expect(repeats).toBeLessThanOrEqual(0);
        if (outcome.kind === 'written') expect(ehr.stored?.AppointmentStatus).toBe('CheckedIn');
        if (outcome.kind === 'not-applied') expect(ehr.stored?.AppointmentStatus).toBe('Scheduled');
      }),
      { numRuns: 60 },
    );
  });
});
