import { createHash } from 'node:crypto';
import { type EhrFailure, type EhrResult, ehrOk } from '../ehr-failure.ts';
import type { AppointmentCreation, CreateOutcome } from '../ehr-write-port.ts';
import { refusedBy, slept } from '../write-verdicts.ts';
import { patientsOf } from './decode-fhir.ts';
import { refused } from './fhir-call.ts';
import { newEncounter } from './fhir-changes.ts';
import { isFhirId, startsWithin } from './fhir-questions.ts';
import type { ReadingTools } from './fhir-reads.ts';
import { appointmentSchema, encounterSchema, type FhirAppointment } from './fhir-resources.ts';
import { searchAll } from './fhir-search.ts';
import { FHIR_WORDS, type FhirWords, isPatient } from './fhir-status-words.ts';
import { fhirInstant, fhirTime } from './fhir-times.ts';
import { type FhirVisit, readVisit } from './fhir-visit.ts';

/** A server that indexes behind its writes shows a new record by then. */
export const FHIR_SEARCH_DELAY_MS = 15_000;
const MINUTE_MS = 60_000;
const SETTLE_MS = 750;

/** Appointments that we have made, so that the same one is not made twice. */
const OUR_SYSTEM = 'urn:workflow-bolt:visit';

/**
 * Creates an appointment unless one of the patient's stands at that time already. Sends at most once, and with a mark
 * of its own: a server that knows conditional creation makes it once however often it is asked.
 */
export async function createFhirAppointment(
  tools: ReadingTools,
  creation: AppointmentCreation,
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const words = FHIR_WORDS[creation.status];
  const missing = words ? unsayable(creation) : 'status';
  if (!words || missing) return unsent(refused(missing ?? 'status').failure, 'not-sent');
  const search = await searchEarlier(tools, creation, signal);
  if (!search.ok) return unsent(search.failure, 'not-read');
  const earlier = await settledBySearch(tools, search.value, signal);
  if (earlier) return earlier;
  const sinceMs = creation.triedAgoMs ?? FHIR_SEARCH_DELAY_MS;
  if (sinceMs < FHIR_SEARCH_DELAY_MS)
    return { kind: 'unknown', failure: null, searchAfterMs: FHIR_SEARCH_DELAY_MS - sinceMs, isSent: false };
  const mark = markOf(creation);
  const sent = await tools.call(
    {
      operation: 'CreateAppointment',
      schema: appointmentSchema,
      method: 'POST',
      path: 'Appointment',
      body: newAppointment(creation, words, mark),
      ifNoneExist: `identifier=${encodeURIComponent(`${OUR_SYSTEM}|${mark}`)}`,
    },
    signal,
  );
  if (!sent.ok && sent.failure.writes === 'not-applied') return unsent(sent.failure, 'not-sent');
  const made = sent.ok ? sent.value.resource.id : await searchLost(tools, creation, signal);
  const failure = sent.ok ? null : sent.failure;
  return made === null ? unknown(failure) : finish(tools, { creation, words, id: made, failure }, signal);
}

/** The name of a member that R4's Appointment has no place for, or that is no id of the server. */
function unsayable({ caseId, reasonId, ...creation }: AppointmentCreation): string | null {
  if (caseId !== null) return 'PatientCaseId';
  if (reasonId !== null) return 'AppointmentReasonId';
  if (creation.resourceIds.some((id) => id !== creation.providerId)) return 'ResourceIds';
  if (!(creation.endAt > creation.startAt)) return 'EndTime';
  const ids = {
    patientId: creation.patientId,
    providerId: creation.providerId,
    site: creation.serviceLocationId,
  };
  return Object.entries(ids).find(([, id]) => !isFhirId(id))?.[0] ?? null;
}

/** Nobody can read from it whose visit it is. */
function markOf({ practiceId, patientId, startAt }: AppointmentCreation): string {
  return createHash('sha256').update(`${practiceId}|${patientId}|${startAt}`).digest('hex').slice(0, 32);
}

function newAppointment(creation: AppointmentCreation, words: FhirWords, mark: string): object {
  const { name, notes, startAt, endAt } = creation;
  const actor = (reference: string, status: string = 'accepted') => ({ actor: { reference }, status });
  return {
    resourceType: 'Appointment',
    identifier: [{ system: OUR_SYSTEM, value: mark }],
    status: words.appointment,
    ...(name === null ? {} : { description: name }),
    ...(notes === null ? {} : { comment: notes }),
    start: fhirInstant(startAt),
    end: fhirInstant(endAt),
    participant: [
      actor(`Patient/${creation.patientId}`, words.participant ?? 'accepted'),
      actor(`Practitioner/${creation.providerId}`),
      actor(`Location/${creation.serviceLocationId}`),
    ],
  };
}

const second = (at: number): number => Math.floor(at / 1_000);

/** The patient's appointments that start in the same second. */
async function searchEarlier(
  tools: ReadingTools,
  { patientId, startAt }: AppointmentCreation,
  signal?: AbortSignal,
): Promise<EhrResult<readonly FhirAppointment[]>> {
  const window = { startAt: startAt - MINUTE_MS, endAt: startAt + MINUTE_MS };
  const found = await searchAll(
    tools,
    {
      operation: 'SearchAppointment',
      type: 'Appointment',
      schema: appointmentSchema,
      criteria: [...startsWithin(window), ['patient', `Patient/${patientId}`]],
    },
    signal,
  );
  if (!found.ok) return found;
  const isSame = ({ start, status }: FhirAppointment) => {
    const time = fhirTime(start);
    return status !== 'entered-in-error' && time?.kind === 'instant' && second(time.at) === second(startAt);
  };
  return ehrOk(found.value.filter(isSame));
}

async function settledBySearch(
  tools: ReadingTools,
  [first, ...others]: readonly FhirAppointment[],
  signal?: AbortSignal,
): Promise<CreateOutcome | null> {
  if (!first) return null;
  const appointmentIds = [first, ...others].map(({ id }) => id);
  if (others.length > 0) return { kind: 'conflict', appointmentIds, members: [], theirs: null };
  const read = await readVisit(tools, first.id, signal);
  if (!read.ok) return unsent(read.failure, 'not-read');
  return read.value && { kind: 'already-so', appointmentId: first.id, status: read.value.status };
}

/** The answer was lost: the one that stands there now, if any, is most likely ours. */
async function searchLost(
  tools: ReadingTools,
  creation: AppointmentCreation,
  signal?: AbortSignal,
): Promise<string | null> {
  if (!(await slept(tools.clock, SETTLE_MS, signal))) return null;
  const search = await searchEarlier(tools, creation, signal);
  return search.ok && search.value.length === 1 ? (search.value[0]?.id ?? null) : null;
}

interface Made {
  readonly creation: AppointmentCreation;
  readonly words: FhirWords;
  readonly id: string;
  /** Why the answer to the creation is not known; null when it is. */
  readonly failure: EhrFailure | null;
}

/** Adds the Encounter that the state needs, and reads all of it back. */
async function finish(tools: ReadingTools, made: Made, signal?: AbortSignal): Promise<CreateOutcome> {
  const { creation, words, id, failure } = made;
  const first = await readVisit(tools, id, signal);
  if (!first.ok || !first.value) return unknown(first.ok ? failure : first.failure);
  if (words.isCreated && !first.value.encounter) {
    const opened = await tools.call(
      {
        operation: 'CreateEncounter',
        schema: encounterSchema,
        method: 'POST',
        path: 'Encounter',
        body: newEncounter(first.value.appointment.resource, words),
        ifNoneExist: `appointment=Appointment/${id}`,
      },
      signal,
    );
    if (!opened.ok) return unknown(opened.failure);
  }
  const read = words.isCreated ? await readVisit(tools, id, signal) : first;
  if (!read.ok || !read.value) return unknown(read.ok ? failure : read.failure);
  const members = differences(tools, creation, read.value);
  const { status, version } = read.value;
  const theirs = { status, version };
  if (members.length > 0) return { kind: 'conflict', appointmentIds: [id], members, theirs };
  return { kind: 'written', appointmentId: id, isAnswerLost: failure !== null, ...theirs };
}

/** The names of the members that were read back otherwise than they were sent, in the port's words. */
function differences(
  { referred }: ReadingTools,
  creation: AppointmentCreation,
  { appointment, status }: FhirVisit,
): string[] {
  const { resource } = appointment;
  const isAt = (text: string | undefined, at: number) => {
    const time = fhirTime(text);
    return time?.kind === 'instant' && second(time.at) === second(at);
  };
  const names = (type: string, id: string) =>
    resource.participant.some((one) => !isPatient(one) && referred(one.actor?.reference, type) === id);
  const checks: readonly (readonly [string, boolean])[] = [
    ['AppointmentStatus', status.canonical === creation.status],
    ['EndTime', isAt(resource.end, creation.endAt)],
    ['PatientId', patientsOf(resource, referred).some(({ id }) => id === creation.patientId)],
    ['ProviderId', names('Practitioner', creation.providerId)],
    ['ServiceLocationId', names('Location', creation.serviceLocationId)],
    ['StartTime', isAt(resource.start, creation.startAt)],
  ];
  return checks.filter(([, isAsSent]) => !isAsSent).map(([name]) => name);
}

function unknown(failure: EhrFailure | null): CreateOutcome {
  return { kind: 'unknown', failure, searchAfterMs: FHIR_SEARCH_DELAY_MS, isSent: true };
}

function unsent(failure: EhrFailure, reason: 'not-read' | 'not-sent'): CreateOutcome {
  const refusedAs = refusedBy(failure);
  if (!refusedAs) return { kind: 'not-applied', reason, failure };
  return { kind: 'refused', reason: refusedAs === 'incomplete' ? 'incomplete' : 'ehr-refused', failure };
}
