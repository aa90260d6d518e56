import { fhirStatuses } from '@workflow-bolt/domain';
import { describe, expect, test } from 'vitest';
import { CANONICAL_STATUSES } from '../appointment-status.ts';
import { FHIR_WORDS, fhirStatus, leadingEncounter } from './fhir-status-words.ts';

const patient = (status: string) => [{ actor: { reference: 'Patient/1' }, status }];
const read = (status: string, encounter: string | null = null, answer: string = 'needs-action') =>
  fhirStatus({ status, participant: patient(answer) }, encounter === null ? null : { status: encounter });

describe('a state that is written reads back as itself', () => {
  test.each(Object.entries(FHIR_WORDS))('%s', (status, words) => {
    const answer = words.participant ?? 'needs-action';
    expect(read(words.appointment, words.encounter, answer).canonical).toBe(status);
    if (!words.isCreated) expect(read(words.appointment, null, answer).canonical).toBe(status);
  });

  test('R4 has no word for these', () => {
    const wordless = CANONICAL_STATUSES.filter((status) => !(status in FHIR_WORDS));
    expect(wordless).toEqual(['Unrecognised', 'ReminderSent', 'NeedsReschedule', 'Rescheduled', 'Seen']);
  });
});

describe('every pair of words that a server may hold', () => {
  test.each([
    ['proposed', null, 'Tentative'],
    ['pending', null, 'Tentative'],
    ['waitlist', null, 'Tentative'],
    ['booked', null, 'Scheduled'],
    ['booked', 'planned', 'Scheduled'],
    ['arrived', null, 'CheckedIn'],
    ['arrived', 'in-progress', 'Roomed'],
    ['checked-in', null, 'ReadyToBeSeen'],
    ['checked-in', 'arrived', 'ReadyToBeSeen'],
    ['booked', 'arrived', 'CheckedIn'],
    ['fulfilled', 'arrived', 'CheckedIn'],
    ['fulfilled', 'triaged', 'Roomed'],
    ['fulfilled', 'onleave', 'Roomed'],
    ['fulfilled', 'finished', 'CheckedOut'],
    ['cancelled', 'in-progress', 'Cancelled'],
    ['noshow', null, 'NoShow'],
    // Nothing else tells how far a fulfilled appointment is, and guessing would move a patient.
    ['fulfilled', null, 'Unrecognised'],
    ['fulfilled', 'planned', 'Unrecognised'],
    ['fulfilled', 'unknown', 'Unrecognised'],
    ['entered-in-error', null, 'Unrecognised'],
    ['a-new-word', null, 'Unrecognised'],
  ] as const)('%s with %s is %s', (status, encounter, canonical) => {
    const raw = encounter === null ? status : `${status}/${encounter}`;
    expect(read(status, encounter)).toEqual({ canonical, raw });
  });

  test('confirmed is the patient’s own answer, not the doctor’s', () => {
    expect(read('booked', null, 'accepted').canonical).toBe('Confirmed');
    const doctor = { actor: { reference: 'Practitioner/1' }, status: 'accepted' };
    expect(
      fhirStatus({ status: 'booked', participant: [doctor, ...patient('tentative')] }, null).canonical,
    ).toBe('Scheduled');
  });
});

test('what is written agrees with the table of the board’s states', () => {
  const encounterOf = (status: keyof typeof FHIR_WORDS) => FHIR_WORDS[status]?.encounter;
  expect(encounterOf('Scheduled')).toBe(fhirStatuses.scheduled.r4Encounter);
  expect(encounterOf('Confirmed')).toBe(fhirStatuses.confirmed.r4Encounter);
  expect(encounterOf('CheckedIn')).toBe(fhirStatuses.arrived.r4Encounter);
  expect(encounterOf('Roomed')).toBe(fhirStatuses['appt-prep'].r4Encounter);
  expect(encounterOf('CheckedOut')).toBe(fhirStatuses.completed.r4Encounter);
  expect(encounterOf('NoShow')).toBe(fhirStatuses['no-show'].r4Encounter);
  expect(encounterOf('Cancelled')).toBe(fhirStatuses.cancelled.r4Encounter);
});

test('of several Encounters the one furthest along tells; one entered in error tells nothing', () => {
  const several = ['planned', 'finished', 'in-progress', 'entered-in-error'].map((status) => ({ status }));
  expect(leadingEncounter(several)).toEqual({ status: 'finished' });
  expect(leadingEncounter([{ status: 'entered-in-error' }])).toBeNull();
  expect(leadingEncounter([{ status: 'cancelled' }, { status: 'planned' }])).toEqual({ status: 'planned' });
});
