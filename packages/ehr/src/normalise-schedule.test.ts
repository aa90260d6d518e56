import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalStatus } from './appointment-status.ts';
import type { EhrScheduleRow } from './ehr-records.ts';
import { normaliseSchedule, quarantineCounts } from './normalise-schedule.ts';
import { listTime } from './written-time.ts';

const ZONE = 'America/Chicago';
const DATE = '2026-03-09';

function row(overrides: Partial<EhrScheduleRow> = {}): EhrScheduleRow {
  return {
    appointmentId: '5001',
    occurrenceId: null,
    patientId: '601',
    patientName: 'Rowan Vale',
    start: listTime('3/9/2026 3:00:00 PM'),
    end: listTime('3/9/2026 3:30:00 PM'),
    durationMin: 30,
    status: canonicalStatus('Scheduled'),
    reasons: ['Check-up'],
    resources: [{ id: '81', name: 'Dana Moor, MD', kind: 'provider' }],
    locationId: '91',
    locationName: 'Fern Street',
    notes: null,
    type: 'P',
    typeRaw: 'P',
    allDay: false,
    recurring: false,
    practiceId: '7',
    practiceName: 'Fern Street Clinic ',
    patientCaseId: '41',
    createdDate: '3/2/2026 9:00:00 AM',
    lastModifiedDate: '3/8/2026 9:00:00 AM',
    ...overrides,
  };
}

const day = (...rows: EhrScheduleRow[]) => normaliseSchedule(rows, ZONE, DATE);

describe('a row becomes an appointment', () => {
  test('whole', () => {
    const [appointment, ...rest] = day(row()).appointments;
    expect(rest).toEqual([]);
    expect(appointment).toEqual({
      externalKey: '5001@2026-03-09T15:00:00.000Z/601',
      appointmentId: '5001',
      occurrenceId: null,
      patientId: '601',
      patientName: 'Rowan Vale',
      startAt: Date.UTC(2026, 2, 9, 15),
      endAt: Date.UTC(2026, 2, 9, 15, 30),
      durationMin: 30,
      status: { canonical: 'Scheduled', raw: 'Scheduled' },
      reasons: ['Check-up'],
      providerId: '81',
      providerName: 'Dana Moor, MD',
      otherProviders: [],
      roomResources: [],
      unknownResources: [],
      locationId: '91',
      locationName: 'Fern Street',
      notes: null,
      type: 'P',
      allDay: false,
      recurring: false,
      practiceId: '7',
      practiceName: 'Fern Street Clinic ',
      patientCaseId: '41',
      createdDate: '3/2/2026 9:00:00 AM',
      lastModifiedDate: '3/8/2026 9:00:00 AM',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('resources by what they are', () => {
    const resources = [
      { id: '251', name: 'Exam 3', kind: 'room' },
      { id: '81', name: 'A', kind: 'provider' },
      { id: '9', name: 'Laser', kind: 'unknown' },
      { id: '82', name: 'B', kind: 'provider' },
    ] as const;
    expect(day(row({ resources })).appointments[0]).toMatchObject({
      providerId: '81',
      providerName: 'A',
      otherProviders: [{ id: '82' }],
      roomResources: [{ id: '251' }],
      unknownResources: [{ id: '9' }],
    });
  });

  test.each([
    ['both', row(), 15.5, 30],
    ['no end', row({ end: null }), 15.5, 30],
    ['no length', row({ durationMin: null }), 15.5, 30],
    ['an end before the start', row({ end: listTime('3/9/2026 2:00:00 PM') }), 15.5, 30],
    ['neither', row({ end: null, durationMin: null }), null, null],
  ])('end and length from %s', (_name, given, endHour, durationMin) => {
    const endAt = endHour === null ? null : Date.UTC(2026, 2, 9) + endHour * 3_600_000;
    expect(day(given).appointments[0]).toMatchObject({ endAt, durationMin });
  });

  test('names compare equal however they are composed', () => {
    const [a, b] = day(
      row({ patientName: 'Zoë  Núñez ' }),
      row({ appointmentId: '2', patientName: 'Zoe\u0308  Nu\u0301n\u0303ez' }),
    ).appointments;
    expect(a?.patientName).toBe(b?.patientName);
    expect(a?.patientName).toBe('Zoë  Núñez');
  });
});

describe('what cannot become a card is counted with its reason', () => {
  test('quarantine', () => {
    const seen = day(
      row({ appointmentId: '1', start: null }),
      row({ appointmentId: '2', start: listTime('soon') }),
      row({ appointmentId: '3', start: listTime('3/9/2026') }),
      row({ appointmentId: '4', patientId: null }),
      row({ appointmentId: '5', type: 'U', typeRaw: 'X' }),
    );
    expect(seen.appointments).toMatchObject([{ appointmentId: '5', type: 'U' }]);
    expect(seen.quarantined).toEqual([
      { appointmentId: '1', reason: 'no-start' },
      { appointmentId: '2', reason: 'start-unreadable' },
      { appointmentId: '3', reason: 'start-without-time' },
      { appointmentId: '4', reason: 'no-patient' },
    ]);
    expect(quarantineCounts([...seen.quarantined, { appointmentId: '9', reason: 'no-start' }])).toEqual({
      'no-start': 2,
      'start-unreadable': 1,
      'start-without-time': 1,
      'no-patient': 1,
    });
  });

  test('blocks without a patient are no patients, and no defects either', () => {
    expect(day(row({ type: 'O', patientId: null }), row({ type: 'O', start: null }))).toMatchObject({
      appointments: [],
      quarantined: [],
      blocks: 2,
    });
  });

  test('the day’s edges: midnight belongs, the next midnight does not', () => {
    const seen = day(
      row({ appointmentId: '1', start: listTime('3/9/2026 4:59:59 AM') }),
      row({ appointmentId: '2', start: listTime('3/9/2026 5:00:00 AM') }),
      row({ appointmentId: '3', start: listTime('3/10/2026 4:59:59 AM') }),
      row({ appointmentId: '4', start: listTime('3/10/2026 5:00:00 AM') }),
    );
    expect(seen.appointments.map((appointment) => appointment.appointmentId)).toEqual(['2', '3']);
    expect(seen.outsideDay).toBe(2);
  });
});

describe('one visit, one card', () => {
  test('a copied row is a duplicate, even if only LastModifiedDate differs', () => {
    const seen = day(row(), row({ lastModifiedDate: '3/9/2026 9:00:00 AM' }));
    expect(seen).toMatchObject({
      duplicates: 1,
      collisions: [],
      appointments: [{ lastModifiedDate: '3/9/2026 9:00:00 AM' }],
    });
  });

  test('the later change wins, whatever the states say', () => {
    const older = row({ status: canonicalStatus('Check-out') });
    const newer = row({ lastModifiedDate: '3/9/2026 8:00:00 AM' });
    for (const order of [
      [older, newer],
      [newer, older],
    ]) {
      const seen = day(...order);
      expect(seen.appointments).toMatchObject([{ status: { canonical: 'Scheduled' } }]);
      expect(seen.collisions).toMatchObject([
        { because: 'later-modified', dropped: { status: { canonical: 'CheckedOut' } } },
      ]);
    }
  });

  test('without a later change the further state wins', () => {
    const seen = day(
      row({ status: canonicalStatus('Cancelled') }),
      row({ status: canonicalStatus('I'), lastModifiedDate: null }),
    );
    expect(seen.appointments).toMatchObject([{ status: { canonical: 'CheckedIn' } }]);
    expect(seen.collisions).toMatchObject([
      { because: 'further-status', externalKey: '5001@2026-03-09T15:00:00.000Z/601' },
    ]);
  });

  test('a shared series id, a shared group id and namesakes stay apart', () => {
    const seen = day(
      row(),
      row({ start: listTime('3/9/2026 5:00:00 PM') }),
      row({ patientId: '602' }),
      row({ appointmentId: '5002', patientId: '603' }),
      row({ occurrenceId: '12' }),
    );
    expect(new Set(seen.appointments.map((appointment) => appointment.externalKey)).size).toBe(5);
    expect(seen.collisions).toEqual([]);
  });
});

describe('the fingerprint', () => {
  const print = (overrides: Partial<EhrScheduleRow>) => day(row(overrides)).appointments[0]?.fingerprint;

  test('changes with every field that counts', () => {
    const changed: Partial<EhrScheduleRow>[] = [
      {},
      { status: canonicalStatus('Confirmed') },
      { status: canonicalStatus('scheduled') },
      { patientName: 'Rowan Dale' },
      { notes: 'fasting' },
      { durationMin: 20 },
      { reasons: [] },
      { reasons: ['Check-up', ''] },
      { resources: [] },
      { patientCaseId: null },
      { patientCaseId: 'null' },
      { allDay: null },
    ];
    expect(new Set(changed.map(print)).size).toBe(changed.length);
  });

  test('does not change with LastModifiedDate or the order of members', () => {
    expect(print({ lastModifiedDate: null })).toBe(print({}));
    const reversed = Object.fromEntries(Object.entries(row()).reverse()) as unknown as EhrScheduleRow;
    expect(day(reversed).appointments[0]?.fingerprint).toBe(print({}));
  });
});

test('the order of the rows never matters to the appointments', () => {
  const rows = fc.array(
    fc.record({
      appointmentId: fc.constantFrom('1', '2'),
      patientId: fc.constantFrom('601', '602', null),
      status: fc.constantFrom('S', 'I', 'X', '?').map(canonicalStatus),
      lastModifiedDate: fc.constantFrom('3/8/2026', '3/9/2026', null),
      start: fc.constantFrom('3/9/2026 3:00:00 PM', '3/9/2026 4:00:00 PM').map(listTime),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rows, (given) => {
      const seen = day(...given.map(row));
      const turned = day(...given.map(row).reverse());
      const prints = (of: typeof seen) => of.appointments.map((appointment) => appointment.fingerprint);
      expect(prints(turned)).toEqual(prints(seen));
      expect(
        seen.appointments.length + seen.duplicates + seen.collisions.length + seen.quarantined.length,
      ).toBe(given.length);
    }),
  );
});
