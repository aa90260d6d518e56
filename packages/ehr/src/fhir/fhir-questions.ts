import { nextDate } from '../clinic-day.ts';
import { type EhrResult, ehrOk } from '../ehr-failure.ts';
import type { DayRange, PatientsFilter, ScheduleRange } from '../ehr-port.ts';
import { refused } from './fhir-call.ts';
import type { Criteria } from './fhir-search.ts';
import { fhirInstant } from './fhir-times.ts';

/**
 * The port's questions as search criteria of R4. A criterion that R4 has no word for refuses the question: leaving it
 * out would answer another, wider one.
 */

const DAY_MS = 86_400_000;
const WINDOW_DAYS_MAX = 31;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** Whether a text can be an id of the server. */
export function isFhirId(id: string): boolean {
  return ID.test(id);
}

type ScheduleWord = Exclude<
  keyof ScheduleRange,
  'practiceName' | 'window' | 'modified' | 'patientId' | 'type' | 'serviceLocationName'
>;
const UNKNOWN_TO_APPOINTMENT: readonly ScheduleWord[] = [
  'created',
  'resourceName',
  'patientFullName',
  'appointmentReason',
  'confirmationStatus',
  'payerScenario',
];

/** Criteria of Appointment but for its places, which names are resolved to. */
export function appointmentCriteria(range: ScheduleRange): EhrResult<Criteria> {
  const unknown = UNKNOWN_TO_APPOINTMENT.find((name) => range[name] !== undefined);
  if (unknown) return refused(unknown);
  if (range.type === 'O') return refused('type');
  const { window, modified, patientId } = range;
  if (!window && !modified) return refused('window');
  if (window && !isWindow(window)) return refused('window');
  if (patientId !== undefined && !isFhirId(patientId)) return refused('patientId');
  return ehrOk([
    ...(window ? startsWithin(window) : []),
    ...(modified ? changedWithin(modified) : []),
    ...(patientId === undefined ? [] : ([['patient', `Patient/${patientId}`]] as const)),
  ]);
}

type Window = NonNullable<ScheduleRange['window']>;

function isWindow({ startAt, endAt }: Window): boolean {
  return endAt > startAt && endAt - startAt <= WINDOW_DAYS_MAX * DAY_MS;
}

/** Both ends as instants in UTC: a date alone would mean the server's own day. */
export function startsWithin({ startAt, endAt }: Window): Criteria {
  return [
    ['date', `ge${fhirInstant(startAt)}`],
    ['date', `lt${fhirInstant(endAt)}`],
  ];
}

function changedWithin({ from, to }: DayRange): Criteria {
  return [
    ['_lastUpdated', `ge${from}T00:00:00.000Z`],
    ['_lastUpdated', `lt${nextDate(to)}T00:00:00.000Z`],
  ];
}

type PatientWord = keyof PatientsFilter;
const PATIENT_WORDS: Readonly<Partial<Record<PatientWord, string>>> = {
  firstName: 'given',
  lastName: 'family',
  gender: 'gender',
};
const KNOWN_TO_PATIENT: ReadonlySet<string> = new Set<PatientWord>([
  ...(Object.keys(PATIENT_WORDS) as PatientWord[]),
  'fullName',
  'practiceId',
  'practiceName',
  'dateOfBirth',
  'modified',
]);

/** Criteria of Patient; a practice's name is no criterion of R4 and is looked at afterwards. */
export function patientCriteria(filter: PatientsFilter): EhrResult<Criteria> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => !KNOWN_TO_PATIENT.has(name));
  if (unknown) return refused(unknown[0]);
  if (given.every(([name]) => name === 'practiceName')) return refused('filter');
  const { dateOfBirth, modified, practiceId } = filter;
  if (practiceId !== undefined && !isFhirId(practiceId)) return refused('practiceId');
  return ehrOk([
    ...Object.entries(PATIENT_WORDS).flatMap(([name, word]) => criterion(word, filter[name as PatientWord])),
    // A name is searched by the beginnings of its parts, so each word is one.
    ...words(filter.fullName).map((word): [string, string] => ['name', escaped(word)]),
    ...criterion('organization', practiceId && `Organization/${practiceId}`),
    ...(dateOfBirth ? bornWithin(dateOfBirth) : []),
    ...(modified ? changedWithin(modified) : []),
  ]);
}

function criterion(name: string, value: PatientsFilter[PatientWord]): [string, string][] {
  return typeof value === 'string' ? [[name, escaped(value)]] : [];
}

function words(name: string | undefined): string[] {
  return name?.split(/[\s,]+/).filter(Boolean) ?? [];
}

/** Comma, dollar, bar and backslash separate values in a search; inside one they are escaped. */
export function escaped(value: string): string {
  return value.replace(/[\\,$|]/g, (sign) => `\\${sign}`);
}

function bornWithin({ from, to }: DayRange): Criteria {
  return [
    ['birthdate', `ge${from}`],
    ['birthdate', `le${to}`],
  ];
}
