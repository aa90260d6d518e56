/**
 * Rules of the search for patients: what may be asked by whom, under which values a patient is found again, and who is
 * the one that was meant. What a reader does not see is neither compared nor accepted as a question.
 */
import {
  type PatientIdentifier,
  type PatientSearchRequest,
  type Person,
  patientIdentifiers,
  type Role,
  searchDaysMax,
  searchLettersMin,
  type Visit,
} from '@workflow-bolt/contracts';
import {
  countLetters,
  isNamed,
  lastNamesOf,
  nameWords,
  normalisedPhone,
  normalisedRecord,
} from './patient-names.ts';
import { actionMatrix, type FieldRow, fieldMatrix } from './permission-matrix.ts';
import { shownTo } from './project.ts';
import { dateAfter } from './retention.ts';

/** Kinds under which a patient is found again on all days; each has an index key of its own. */
export const indexedKinds = ['phone', 'record', 'name-dob'] as const;
export type IndexedKind = (typeof indexedKinds)[number];
export type IndexedValue = { kind: IndexedKind; value: string };
export type Patient = { visit: Visit; person: Person };

/** Who must name two things of a patient: they help whoever calls, and see everybody. */
export const twoIdentifierRoles: readonly Role[] = ['front-desk', 'manager'];

/** So many days before and after today they look through by a name alone. */
const nearDays = 15;

const fieldOf: Readonly<Record<PatientIdentifier, FieldRow>> = {
  name: fieldMatrix.person.fullName,
  dob: fieldMatrix.person.dob,
  phone: fieldMatrix.person.phone,
  record: fieldMatrix.visit.external,
};

/** Identifiers that these roles see as they are, and may therefore search by. */
export function searchableBy(roles: readonly Role[]): PatientIdentifier[] {
  return patientIdentifiers.filter((each) => shownTo(roles, fieldOf[each]) === 'as-is');
}

const nameWithDob = (name: string, dob: string): IndexedValue => ({
  kind: 'name-dob',
  value: `${name}|${dob}`,
});
const found = (kind: IndexedKind, value: string | null): IndexedValue[] =>
  value === null ? [] : [{ kind, value }];

/** What is indexed of a patient. Of one who asked for privacy, nothing: only that day's board knows them. */
export function indexedValues({ visit, person }: Patient): IndexedValue[] {
  if (visit.flags.privacy || person.isPrivate) return [];
  const { dob, phone, fullName } = person;
  const { patientId = null } = visit.external ?? {};
  return [
    ...(phone === null ? [] : found('phone', normalisedPhone(phone))),
    ...(patientId === null ? [] : found('record', normalisedRecord(patientId))),
    ...(dob === null ? [] : lastNamesOf(fullName).map((name) => nameWithDob(name, dob))),
  ];
}

/** What is missing before anybody is searched for. */
export type SearchNeeds = 'letters' | 'fewer-days' | 'identifier' | 'second-identifier';
export type SearchPlan = {
  /** What the question names, for the record. */
  identifiers: PatientIdentifier[];
  /** What to look up; any of one kind leads to the patient. Empty when days are looked through. */
  lookups: IndexedValue[];
  isMeant: (patient: Patient) => boolean;
};
export type SearchVerdict =
  | { ok: true; plan: SearchPlan }
  | { ok: false; unseen: PatientIdentifier }
  | { ok: false; needed: SearchNeeds };

type OnDays = Extract<PatientSearchRequest, { in: 'days' }>;
type OnAll = Extract<PatientSearchRequest, { in: 'all' }>;

/**
 * What a question of somebody with these roles leads to. `today` is the clinic's date (YYYY-MM-DD); without it, as on a
 * page that only says what is missing, it is not judged how far off the days are.
 */
export function planSearch(
  request: PatientSearchRequest,
  roles: readonly Role[],
  today: string | null = null,
): SearchVerdict {
  const given = patientIdentifiers.filter((each) => each in request && request[each as 'name'] !== undefined);
  const seen = searchableBy(roles);
  const unseen = given.find((each) => !seen.includes(each));
  if (unseen) return { ok: false, unseen };
  return request.in === 'days' ? planDays(request, roles, today) : planAll(request, given, roles);
}

/** Another role that may not search at all frees nobody of it. */
function needsTwo(roles: readonly Role[]): boolean {
  const searching = roles.filter((role) => actionMatrix['patient.search-days'].who[role]);
  return searching.every((role) => twoIdentifierRoles.includes(role));
}

const dayMs = 86_400_000;

function planDays({ name, from, to }: OnDays, roles: readonly Role[], today: string | null): SearchVerdict {
  if (countLetters(name) < searchLettersMin) return { ok: false, needed: 'letters' };
  const span = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (span < 1 || span > searchDaysMax) return { ok: false, needed: 'fewer-days' };
  // One stretch of days after another would be all days by a name alone.
  const isFar = today !== null && (from < dateAfter(today, -nearDays) || to > dateAfter(today, nearDays));
  if (isFar && needsTwo(roles)) return { ok: false, needed: 'second-identifier' };
  const isMeant = ({ person }: Patient) => isNamed(person.fullName, name, { isWhole: false });
  return { ok: true, plan: { identifiers: ['name'], lookups: [], isMeant } };
}

function planAll(request: OnAll, identifiers: PatientIdentifier[], roles: readonly Role[]): SearchVerdict {
  const lookups = lookupsOf(request);
  if (lookups.length === 0) return { ok: false, needed: 'identifier' };
  if (needsTwo(roles) && identifiers.length < 2) return { ok: false, needed: 'second-identifier' };
  return { ok: true, plan: { identifiers, lookups, isMeant: meantBy(request) } };
}

/** By the narrowest of what is known: a number of the EHR, a telephone, or last name and date of birth. */
function lookupsOf({ name, dob, phone, record }: OnAll): IndexedValue[] {
  if (record !== undefined) return found('record', normalisedRecord(record));
  if (phone !== undefined) return found('phone', normalisedPhone(phone));
  if (name === undefined || dob === undefined) return [];
  const said = new Set([nameWords(name).join(' '), ...lastNamesOf(name)].filter(Boolean));
  return [...said].map((each) => nameWithDob(each, dob));
}

/** Everything that was named must hold, whichever of it led there. */
function meantBy({ name, dob, phone, record }: OnAll): (patient: Patient) => boolean {
  const [askedPhone, askedRecord] = [phone && normalisedPhone(phone), record && normalisedRecord(record)];
  return ({ visit, person }) =>
    (name === undefined || isNamed(person.fullName, name, { isWhole: true })) &&
    (dob === undefined || person.dob === dob) &&
    (phone === undefined || isSame(askedPhone, person.phone, normalisedPhone)) &&
    (record === undefined || isSame(askedRecord, visit.external?.patientId ?? null, normalisedRecord));
}

function isSame(
  asked: string | null | undefined,
  known: string | null,
  normalised: (text: string) => string | null,
): boolean {
  return Boolean(asked) && known !== null && normalised(known) === asked;
}
