import { commandSchema, type Day, type Person, providerIdSchema, type Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookedProviders } from './board-providers.ts';
import { diffSchedule, missingDetails } from './schedule-commands.ts';
import { isSuspect } from './sync-schedule.ts';

const day = {
  clinic: 'c',
  providers: [{ id: 'ehr-201', name: 'Ada Park, MD', color: '#112233' }],
  visitTypes: [{ id: 'follow-up', label: 'Follow Up', slotMin: 20, needsProvider: true }],
} as unknown as Day;

const row: EhrAppointment = {
  externalKey: '1@x/7',
  appointmentId: '1',
  occurrenceId: null,
  patientId: '7',
  patientName: ' Lee \u0007Anna ',
  startAt: 1_790_000_000_000,
  endAt: null,
  durationMin: 20,
  status: { canonical: 'Confirmed', raw: 'Confirmed' },
  reasons: ['Follow Up'],
  providerId: '201',
  providerName: 'Ada Park, MD',
  otherProviders: [],
  roomResources: [],
  unknownResources: [],
  locationId: null,
  locationName: 'Main',
  notes: 'Knee pain\r\nsince May',
  type: 'P',
  allDay: null,
  recurring: null,
  practiceId: null,
  practiceName: null,
  patientCaseId: null,
  createdDate: null,
  lastModifiedDate: null,
  fingerprint: 'f1',
};

const known = (over: Partial<Visit['external'] & object> = {}): Visit =>
  ({
    id: 'v1',
    providerId: 'ehr-201',
    status: 'confirmed',
    milestones: {},
    startAt: row.startAt,
    external: {
      system: 'tebra',
      key: row.externalKey,
      appointmentId: '1',
      patientId: '7',
      fingerprint: 'f1',
      absences: 0,
      isRemoved: false,
      ...over,
    },
  }) as Visit;

const board = (visits: Visit[], persons: Person[] = []) => ({
  day,
  visits,
  persons: new Map(persons.map((p) => [p.visitId, p])),
});

describe('the difference between an answer and a board', () => {
  test('a new row becomes one command that says what the EHR said and nothing more', () => {
    const [command] = diffSchedule([row], board([])).commands;
    expect(command).toMatchObject({
      type: 'applyScheduleRow',
      system: 'tebra',
      key: '1@x/7',
      status: 'Confirmed',
      providerId: 'ehr-201',
      visitTypeId: 'follow-up',
      fullName: 'Lee Anna',
      dob: null,
      phone: null,
      reason: 'Knee pain since May',
      locationName: 'Main',
    });
  });

  test('an unchanged row asks for nothing', () => {
    expect(diffSchedule([row], board([known()]))).toEqual({ commands: [], absent: [], beingMade: 0 });
  });

  test.each([
    ['its contents changed', { fingerprint: 'f0' }],
    ['it had been missing', { absences: 1 }],
    ['it had been removed', { isRemoved: true }],
  ])('a known row is sent again when %s', (_, over) => {
    expect(diffSchedule([row], board([known(over)])).commands).toHaveLength(1);
  });

  test('a provider that the board does not know stays unknown', () => {
    const stranger = { ...row, providerId: '999', providerName: 'Somebody Else' };
    expect(diffSchedule([stranger], board([])).commands[0]).toMatchObject({ providerId: null });
  });

  test('a row without a name is shown as such, not left out', () => {
    const unnamed = { ...row, patientName: null };
    expect(diffSchedule([unnamed], board([])).commands[0]).toMatchObject({
      fullName: '(no name, patient 7)',
    });
  });

  test('a visit that the EHR had already removed is not reported absent again', () => {
    expect(diffSchedule([], board([known({ isRemoved: true })])).absent).toEqual([]);
    expect(diffSchedule([], board([known()])).absent.map((v) => v.id)).toEqual(['v1']);
  });
});

test('details are read for those in the building first, then by booked time', () => {
  const visit = (id: string, startAt: number, arrivedAt?: number) =>
    ({ ...known(), id, startAt, milestones: arrivedAt ? { arrivedAt } : {} }) as Visit;
  const persons = ['a', 'b', 'c'].map((visitId) => ({ visitId, isPartial: true }) as Person);
  const visits = [visit('a', 3_000), visit('b', 1_000), visit('c', 9_000, 500)];
  expect(missingDetails(board(visits, persons)).map((m) => m.visitId)).toEqual(['c', 'b', 'a']);
});

test('an answer that lost more than half of a known day is suspect; a small day is not judged', () => {
  const visits = (count: number) => Array.from({ length: count }, () => known());
  expect(isSuspect(0, visits(10))).toBe(true);
  expect(isSuspect(4, visits(10))).toBe(true);
  expect(isSuspect(5, visits(10))).toBe(false);
  expect(isSuspect(0, visits(3))).toBe(false);
});

describe('[injection] whatever a row holds, the board is given what its contract allows', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400, size: 'max' }),
    fc.string({ unit: 'grapheme' }),
  );
  /** As FHIR allows them; Tebra's are digits. */
  const fhirId = fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/);

  test('names, notes, lengths and ids of any kind', () => {
    fc.assert(
      fc.property(
        ...([
          words,
          words,
          words,
          fhirId,
          fhirId,
          fhirId,
          fc.nat(),
          fc.array(words, { maxLength: 10 }),
        ] as const),
        (patientName, notes, locationName, appointmentId, patientId, providerId, durationMin, reasons) => {
          const odd: EhrAppointment = {
            ...{
              ...row,
              patientName,
              notes,
              locationName,
              appointmentId,
              patientId,
              providerId,
              durationMin,
            },
            ...{
              reasons,
              providerName: notes || 'Dr. Okafor',
              status: { canonical: 'Unrecognised', raw: notes },
            },
          };
          const providers = bookedProviders([odd]).map((each) => ({ ...each, color: '#112233' }));
          for (const { id } of providers) expect(providerIdSchema.safeParse(id).error).toBeUndefined();
          const { commands } = diffSchedule([odd], {
            day: { ...day, providers },
            visits: [],
            persons: new Map(),
          });
          expect(commands).toHaveLength(1);
          expect(commandSchema.safeParse(commands[0]).error).toBeUndefined();
        },
      ),
      // A failing row of 400 signs is not made smaller: that takes minutes.
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('an appointment over several days has no length, one of a day has', () => {
    const lengthOf = (durationMin: number) =>
      diffSchedule([{ ...row, durationMin }], { day, visits: [], persons: new Map() }).commands[0];
    expect(lengthOf(4_320)).toMatchObject({ durationMin: null });
    expect(lengthOf(1_440)).toMatchObject({ durationMin: 1_440 });
  });
});
