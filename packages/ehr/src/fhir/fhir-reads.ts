import { type EhrResult, ehrOk } from '../ehr-failure.ts';
import type { DirectoryFilter, EhrReadPort, ScheduleRange } from '../ehr-port.ts';
import type { EhrSchedule } from '../ehr-records.ts';
import {
  type DecodingContext,
  decodeDetail,
  decodeLocation,
  decodeOrganization,
  decodePatient,
  decodePractitioner,
  decodeRows,
  fullName,
  patientsOf,
} from './decode-fhir.ts';
import { refused } from './fhir-call.ts';
import type { FhirPractice, FhirTools, FindPractice } from './fhir-practice.ts';
import { appointmentCriteria, isFhirId, patientCriteria } from './fhir-questions.ts';
import {
  appointmentSchema,
  bundleSchema,
  type FhirAppointment,
  locationSchema,
  organizationSchema,
  patientSchema,
  practitionerSchema,
  type ReferredId,
} from './fhir-resources.ts';
import { searchAll, searchByIds } from './fhir-search.ts';
import { encountersOf, readVisit, visitOf } from './fhir-visit.ts';

export interface ReadingTools extends FhirTools {
  readonly findPractice: FindPractice;
  readonly referred: ReferredId;
}

const anywhere = { practice: null, locations: new Map(), patientNames: new Map() };

/** The port's reading methods over a way to call the server. */
export function fhirReads(tools: ReadingTools): EhrReadPort {
  const { call, referred } = tools;
  return {
    schedule: (range, signal) => readSchedule(tools, range, signal),
    async appointment(id, signal) {
      if (!isFhirId(id)) return refused('Appointment id');
      const found = await readVisit(tools, id, signal);
      if (!found.ok || !found.value) return found.ok ? ehrOk(null) : found;
      const { appointment, status } = found.value;
      return ehrOk(decodeDetail(appointment.resource, status, { ...anywhere, referred }));
    },
    async patient(id, signal) {
      if (!isFhirId(id)) return refused('Patient id');
      const found = await call(
        { operation: 'ReadPatient', schema: patientSchema, path: `Patient/${id}` },
        signal,
      );
      if (found.ok) return ehrOk(decodePatient(found.value.resource, referred));
      const { failure } = found;
      return failure.kind === 'business-error' && failure.reason === 'not-found' ? ehrOk(null) : found;
    },
    async patients(filter, signal) {
      const criteria = patientCriteria(filter);
      if (!criteria.ok) return criteria;
      const found = await searchAll(
        tools,
        { operation: 'SearchPatient', type: 'Patient', schema: patientSchema, criteria: criteria.value },
        signal,
      );
      if (!found.ok) return found;
      const patients = found.value.map((patient) => decodePatient(patient, referred));
      if (filter.practiceName === undefined) return ehrOk(patients);
      const practice = await tools.findPractice(filter.practiceName, signal);
      if (!practice.ok) return practice;
      // Many servers never say whose patient somebody is: only another practice's are left out.
      return ehrOk(
        patients.filter(({ practiceId }) => practiceId === null || practiceId === practice.value.id),
      );
    },
    ...directories(tools),
  };
}

/** Criteria that only Tebra's directories have are refused, as `practiceName` is where R4 has no such search. */
function directories(tools: ReadingTools) {
  const { call, referred } = tools;
  const checked = (filter: DirectoryFilter, known: readonly (keyof DirectoryFilter)[]) =>
    Object.keys(filter).find((name) => !known.some((one) => one === name));
  return {
    async providers(filter = {}, signal) {
      const unknown = checked(filter, []);
      if (unknown) return refused(unknown);
      const found = await searchAll(
        tools,
        { operation: 'SearchPractitioner', type: 'Practitioner', schema: practitionerSchema, criteria: [] },
        signal,
      );
      return found.ok ? ehrOk(found.value.map(decodePractitioner)) : found;
    },
    async practices(signal) {
      const found = await searchAll(
        tools,
        { operation: 'SearchOrganization', type: 'Organization', schema: organizationSchema, criteria: [] },
        signal,
      );
      return found.ok ? ehrOk(found.value.map(decodeOrganization)) : found;
    },
    async serviceLocations(filter = {}, signal) {
      const unknown = checked(filter, ['practiceId', 'practiceName']);
      if (unknown) return refused(unknown);
      const practice =
        filter.practiceName === undefined ? null : await tools.findPractice(filter.practiceName, signal);
      if (practice && !practice.ok) return practice;
      const practiceId = filter.practiceId ?? practice?.value.id;
      if (practiceId !== undefined && !isFhirId(practiceId)) return refused('practiceId');
      const criteria =
        practiceId === undefined ? [] : ([['organization', `Organization/${practiceId}`]] as const);
      const found = await searchAll(
        tools,
        { operation: 'SearchLocation', type: 'Location', schema: locationSchema, criteria },
        signal,
      );
      return found.ok ? ehrOk(found.value.map((location) => decodeLocation(location, referred))) : found;
    },
    // FHIR tells no limits: a call too many is answered 429, with Retry-After.
    throttles: async () => ehrOk([]),
    /** One row of the smallest directory: the capability statement would answer without any token. */
    async checkCredentials(signal) {
      const path = 'Organization?_count=1';
      const found = await call({ operation: 'SearchOrganization', schema: bundleSchema, path }, signal);
      return found.ok ? ehrOk({ customerId: null }) : found;
    },
  } satisfies Partial<EhrReadPort>;
}

async function readSchedule(
  tools: ReadingTools,
  range: ScheduleRange,
  signal?: AbortSignal,
): Promise<EhrResult<EhrSchedule>> {
  const criteria = appointmentCriteria(range);
  if (!criteria.ok) return criteria;
  const practice = await tools.findPractice(range.practiceName, signal);
  if (!practice.ok) return practice;
  const places = placesOf(practice.value, range.serviceLocationName);
  if (places.length === 0) return refused('serviceLocationName');
  const listed = await searchByIds(
    tools,
    {
      operation: 'SearchAppointment',
      type: 'Appointment',
      schema: appointmentSchema,
      criteria: criteria.value,
      by: 'location',
      ids: places.map((id) => `Location/${id}`),
    },
    signal,
  );
  if (!listed.ok) return listed;
  // An appointment in two places of the practice is listed for each.
  const appointments = [...new Map(listed.value.map((one) => [one.id, one])).values()].filter(
    ({ status }) => status !== 'entered-in-error',
  );
  return rowsOf(tools, { appointments, practice: practice.value }, signal);
}

/** Sites by name, and all rooms: an appointment may name nothing but its room. */
function placesOf({ locations }: FhirPractice, siteName: string | undefined): string[] {
  const all = [...locations.values()];
  return all.filter(({ name }) => siteName === undefined || name === siteName).map(({ id }) => id);
}

async function rowsOf(
  tools: ReadingTools,
  { appointments, practice }: { appointments: readonly FhirAppointment[]; practice: FhirPractice },
  signal?: AbortSignal,
): Promise<EhrResult<EhrSchedule>> {
  const ids = appointments.map(({ id }) => id);
  const encounters = await encountersOf(tools, ids, signal);
  if (!encounters.ok) return encounters;
  const patientNames = await namesOf(tools, appointments, signal);
  if (!patientNames.ok) return patientNames;
  const { referred } = tools;
  const context: DecodingContext = {
    referred,
    practice,
    locations: practice.locations,
    patientNames: patientNames.value,
  };
  const rows = appointments.flatMap((resource) => {
    const { status } = visitOf({ resource, etag: null }, encounters.value.get(resource.id) ?? []);
    return decodeRows(resource, status, context);
  });
  return ehrOk({ rows, phantomRows: 0 });
}

/** Names of those patients whom the appointments refer to without a name. */
async function namesOf(
  tools: ReadingTools,
  appointments: readonly FhirAppointment[],
  signal?: AbortSignal,
): Promise<EhrResult<ReadonlyMap<string, string>>> {
  const nameless = appointments
    .flatMap((appointment) => patientsOf(appointment, tools.referred))
    .flatMap(({ id, name }) => (id !== null && name === null ? [id] : []));
  const found = await searchByIds(
    tools,
    {
      operation: 'SearchPatient',
      type: 'Patient',
      schema: patientSchema,
      criteria: [],
      by: '_id',
      ids: [...new Set(nameless)],
    },
    signal,
  );
  if (!found.ok) return found;
  const named = found.value.map(({ id, name }) => [id, fullName(name)] as const);
  return ehrOk(new Map(named.flatMap(([id, name]) => (name === null ? [] : [[id, name]]))));
}
