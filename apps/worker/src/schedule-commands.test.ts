import type { Day, Person, Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import { describe, expect, test } from 'vitest';
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
