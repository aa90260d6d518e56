/** What the EHR must be told about a visit besides its status; for a walk-in, who it is and where. */
import type { ClinicSettings, Day, Person, Visit, WriteFailure } from '@workflow-bolt/contracts';
import { normalisedName } from '@workflow-bolt/domain';
import {
  type EhrReadPort,
  type EhrResult,
  type EhrServiceLocation,
  occurrenceOfKey,
} from '@workflow-bolt/ehr';
import { boardProviderId, isEhrProvider, plainProviderId } from '../provider-ids.ts';
import { textOrNull } from '../schedule-commands.ts';
import type { WriteSubject } from './perform-work.ts';

/** `away`: the EHR did not answer, and nothing was sent. */
export type FoundSubject =
  | { kind: 'found'; subject: WriteSubject }
  | { kind: 'refused'; reason: WriteFailure }
  | { kind: 'away' };

export type SubjectQuestion = {
  visit: Visit;
  person: Person | null;
  day: Day;
  /** The board's other visits: the same patient may be booked too. */
  others: Iterable<{ visit: Visit; person: Person | null }>;
  triedAgoMs: number | null;
};

type Place = { practiceId: string; serviceLocationId: string };
type Sites = { practiceId: string; locations: readonly EhrServiceLocation[]; readAt: number };
type Looked<T> = { kind: 'found'; value: T } | Exclude<FoundSubject, { kind: 'found' }>;

const away = { kind: 'away' } as const;
const refused = (reason: WriteFailure) => ({ kind: 'refused', reason }) as const;
const minuteMs = 60_000;
/** Patients asked for one by one; more in one second are no evidence of anybody. */
const askedMax = 5;
const second = (at: number): number => Math.floor(at / 1_000);
/** Where neither the visit nor its type says how long it is. */
const slotMinutesDefault = 15;
/** How long a practice's sites are believed. */
const sitesMs = 600_000;
/** Characters of a place's name that the board keeps. */
const nameMax = 120;

export class WriteSubjects {
  readonly #ehr: EhrReadPort;
  readonly #settings: NonNullable<ClinicSettings['ehr']>;
  #sites: Sites | null = null;

  constructor(ehr: EhrReadPort, settings: NonNullable<ClinicSettings['ehr']>) {
    this.#ehr = ehr;
    this.#settings = settings;
  }

  /** Never throws. Asks the EHR only for a visit that has no appointment yet. */
  async find(question: SubjectQuestion, signal?: AbortSignal): Promise<FoundSubject> {
    const { external } = question.visit;
    if (!external?.appointmentId) return this.#findNew(question, signal);
    if (!external.patientId) return refused('patient-unknown');
    const occurrenceId = occurrenceOfKey(external.key);
    const subject = { patientId: external.patientId, occurrenceId, creation: null, triedAgoMs: null };
    return { kind: 'found', subject };
  }

  async #findNew(question: SubjectQuestion, signal?: AbortSignal): Promise<FoundSubject> {
    const { visit, day, triedAgoMs } = question;
    const provider = await this.#findProvider(visit, signal);
    if (provider.kind !== 'found') return provider;
    const earlier = triedAgoMs === null ? null : await this.#findTried(question, signal);
    const patient = earlier ?? patientOnBoard(question) ?? (await this.#findPatient(question.person, signal));
    if (patient.kind !== 'found') return patient;
    const place = await this.#findPlace(question, signal);
    if (place.kind !== 'found') return place;
    // The same second at every try: an earlier one is searched for by it.
    const startAt = visit.startAt ?? visit.createdAt;
    const type = day.visitTypes.find(({ id }) => id === visit.visitTypeId);
    const minutes = visit.durationMin || (type?.slotMin ?? slotMinutesDefault);
    const creation = {
      ...{ ...place.value, practiceName: this.#settings.practiceName, providerId: provider.value },
      ...{ startAt, endAt: startAt + minutes * minuteMs },
      ...{ name: null, reasonId: null, caseId: null, resourceIds: [], notes: null },
    };
    return {
      kind: 'found',
      subject: { patientId: patient.value, occurrenceId: null, creation, triedAgoMs },
    };
  }

  /** The EHR's own id of the visit's provider; an id that the board cannot hold is looked up in the EHR's list. */
  async #findProvider({ providerId }: Visit, signal?: AbortSignal): Promise<Looked<string>> {
    if (providerId === null || !isEhrProvider(providerId)) return refused('provider-unknown');
    const plain = plainProviderId(providerId);
    if (plain !== null) return { kind: 'found', value: plain };
    const listed = await this.#ehr.providers({}, signal);
    if (!listed.ok) return unread(listed);
    const found = listed.value.find((each) => boardProviderId(each.providerId) === providerId);
    return found ? { kind: 'found', value: found.providerId } : refused('provider-unknown');
  }

  /**
   * Whose appointment an earlier try has made: it stands at that very second, nobody on the board has it, and its
   * patient was born that day, whatever they are called by now. Null where that is nobody, or not one alone.
   */
  async #findTried(
    { visit, person, others }: SubjectQuestion,
    signal?: AbortSignal,
  ): Promise<Looked<string> | null> {
    if (!person?.dob) return null;
    const { practiceName } = this.#settings;
    const startAt = visit.startAt ?? visit.createdAt;
    const window = { startAt: startAt - minuteMs, endAt: startAt + minuteMs };
    const read = await this.#ehr.schedule({ practiceName, window }, signal);
    if (!read.ok) return unread(read);
    const known = new Set([...others].map(({ visit: other }) => other.external?.appointmentId));
    const rows = read.value.rows.filter(
      ({ appointmentId, start }) =>
        !known.has(appointmentId) && start?.kind === 'instant' && second(start.at) === second(startAt),
    );
    return this.#bornOn(person.dob, new Set(rows.flatMap(({ patientId }) => patientId ?? [])), signal);
  }

  async #bornOn(dob: string, ids: ReadonlySet<string>, signal?: AbortSignal): Promise<Looked<string> | null> {
    const found: string[] = [];
    for (const id of [...ids].slice(0, askedMax)) {
      const patient = await this.#ehr.patient(id, signal);
      if (!patient.ok) return unread(patient);
      if (patient.value?.dateOfBirth?.slice(0, 10) === dob) found.push(id);
    }
    const [only, ...more] = found;
    if (more.length > 0) return refused('patient-ambiguous');
    return only === undefined ? null : { kind: 'found', value: only };
  }

  /** By name and date of birth together: a name alone is too often somebody else's. */
  async #findPatient(person: Person | null, signal?: AbortSignal): Promise<Looked<string>> {
    if (!person?.dob) return refused('patient-unknown');
    const { dob, fullName } = person;
    const { practiceName } = this.#settings;
    const found = await this.#ehr.patients(
      { practiceName, fullName, dateOfBirth: { from: dob, to: dob } },
      signal,
    );
    if (!found.ok) return unread(found);
    const name = normalisedName(fullName);
    const same = found.value.filter(
      (each) => each.dateOfBirth?.slice(0, 10) === dob && normalisedName(each.fullName ?? '') === name,
    );
    const [only, ...more] = same;
    if (more.length > 0) return refused('patient-ambiguous');
    return only ? { kind: 'found', value: only.patientId } : refused('patient-unknown');
  }

  /** Where the visit is: as the settings say, as it was booked, or where its provider works that day. */
  async #findPlace(question: SubjectQuestion, signal?: AbortSignal): Promise<Looked<Place>> {
    const wanted = this.#settings.serviceLocationName ?? placeOnBoard(question);
    const wereKept = this.#sites !== null;
    const place = await this.#placeNamed(wanted, signal);
    // A site may be new in the EHR: what was read a while ago refuses nobody.
    return place.kind === 'refused' && wereKept ? this.#placeNamed(wanted, signal) : place;
  }

  /** Null: the only one there is. */
  async #placeNamed(wanted: string | null, signal?: AbortSignal): Promise<Looked<Place>> {
    const sites = await this.#findSites(signal);
    if (sites.kind !== 'found') return sites;
    const { practiceId, locations } = sites.value;
    const fitting = wanted === null ? locations : locations.filter(({ name }) => isSamePlace(name, wanted));
    const [location, ...others] = fitting;
    // Where it would be is not guessed: the wrong site is a wrong booking, and a bill from there.
    if (!location || others.length > 0) {
      this.#sites = null;
      return refused('incomplete');
    }
    return { kind: 'found', value: { practiceId, serviceLocationId: location.locationId } };
  }

  /** The practice and its sites, as read a short while ago. */
  async #findSites(signal?: AbortSignal): Promise<Looked<Sites>> {
    if (this.#sites && performance.now() - this.#sites.readAt < sitesMs)
      return { kind: 'found', value: this.#sites };
    const { practiceName } = this.#settings;
    const practices = await this.#ehr.practices(signal);
    if (!practices.ok) return unread(practices);
    const practice = practices.value.find(({ name }) => name === practiceName);
    if (!practice) return refused('incomplete');
    const { practiceId } = practice;
    const locations = await this.#ehr.serviceLocations({ practiceId }, signal);
    if (!locations.ok) return unread(locations);
    this.#sites = { practiceId, locations: locations.value, readAt: performance.now() };
    return { kind: 'found', value: this.#sites };
  }
}

/** The board cuts and trims the names of places; the settings hold them to the letter. */
function isSamePlace(name: string | null, wanted: string): boolean {
  return name !== null && (name === wanted || textOrNull(name, nameMax) === textOrNull(wanted, nameMax));
}

/**
 * The place of the visit itself, else where most of its provider's others are; where most of the board is only for a
 * provider of whom no place is known.
 */
function placeOnBoard({ visit, others }: SubjectQuestion): string | null {
  if (visit.locationName !== null) return visit.locationName;
  const all = [...others].map(({ visit: other }) => other);
  const ofProvider = all.filter(({ providerId }) => providerId === visit.providerId);
  const isKnown = ofProvider.some(({ locationName }) => locationName !== null);
  return mainPlace(isKnown ? ofProvider : all);
}

/** More than half of them: a call by video among many visits is no second site. Null where none has so many. */
function mainPlace(visits: readonly Visit[]): string | null {
  const places = Map.groupBy(
    visits.flatMap(({ locationName }) => locationName ?? []),
    (name) => name,
  );
  const count = [...places.values()].reduce((sum, { length }) => sum + length, 0);
  return [...places].find(([, { length }]) => length * 2 > count)?.[0] ?? null;
}

/** A question that the EHR refused is refused again; anything else may be answered later. */
function unread(
  result: Extract<EhrResult<unknown>, { ok: false }>,
): Exclude<FoundSubject, { kind: 'found' }> {
  const { kind } = result.failure;
  return kind === 'business-error' || kind === 'our-bug' ? refused('ehr-refused') : away;
}

/** The patient's number from another visit of the same person: same name, same date of birth. */
function patientOnBoard({ visit, person, others }: SubjectQuestion): Looked<string> | null {
  if (visit.external?.patientId) return { kind: 'found', value: visit.external.patientId };
  if (!person?.dob) return null;
  const name = normalisedName(person.fullName);
  const ids = new Set<string>();
  for (const { visit: other, person: one } of others) {
    const isSame = one?.dob === person.dob && normalisedName(one.fullName) === name;
    if (isSame && other.external?.patientId) ids.add(other.external.patientId);
  }
  const [only, ...more] = ids;
  return only !== undefined && more.length === 0 ? { kind: 'found', value: only } : null;
}
