import type { EhrStatus } from '../appointment-status.ts';
import type {
  EhrAppointmentDetail,
  EhrPatient,
  EhrPatientSummary,
  EhrPractice,
  EhrProvider,
  EhrResource,
  EhrScheduleRow,
  EhrServiceLocation,
} from '../ehr-records.ts';
import {
  codeOf,
  type FhirAppointment,
  type FhirLocation,
  type FhirOrganization,
  type FhirPatient,
  type FhirPractitioner,
  type ReferredId,
  wordsOf,
} from './fhir-resources.ts';
import { isPatient } from './fhir-status-words.ts';
import { fhirTime, wholeDate } from './fhir-times.ts';

/** What the port's records are made of besides one resource. */
export interface DecodingContext {
  readonly referred: ReferredId;
  readonly practice: { readonly id: string; readonly name: string } | null;
  readonly locations: ReadonlyMap<string, FhirLocation>;
  readonly patientNames: ReadonlyMap<string, string>;
}

const PHYSICAL_TYPE = 'http://terminology.hl7.org/CodeSystem/location-physical-type';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const IDENTIFIER_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** The patients of an appointment, each with the name that the appointment itself tells. */
export function patientsOf({ participant }: FhirAppointment, referred: ReferredId) {
  return participant.filter(isPatient).map(({ actor }) => ({
    id: referred(actor?.reference, 'Patient'),
    name: actor?.display ?? null,
  }));
}

/** One row for each patient; a block of time without any is one row of its own. */
export function decodeRows(
  appointment: FhirAppointment,
  status: EhrStatus,
  context: DecodingContext,
): EhrScheduleRow[] {
  const patients = patientsOf(appointment, context.referred);
  const base = rowBase(appointment, status, context);
  if (patients.length === 0) return [{ ...base, patientId: null, patientName: null, type: 'O' }];
  return patients.map(({ id, name }) => ({
    ...base,
    patientId: id,
    patientName: name ?? (id === null ? null : (context.patientNames.get(id) ?? null)),
    type: 'P',
  }));
}

function rowBase(appointment: FhirAppointment, status: EhrStatus, context: DecodingContext) {
  const { resources, site } = places(appointment, context);
  return {
    appointmentId: appointment.id,
    occurrenceId: null,
    start: fhirTime(appointment.start),
    end: fhirTime(appointment.end),
    durationMin: appointment.minutesDuration ?? null,
    status,
    reasons: reasonsOf(appointment),
    resources,
    locationId: site?.id ?? null,
    locationName: site?.name ?? null,
    notes: appointment.comment ?? null,
    typeRaw: wordsOf(appointment.appointmentType),
    allDay: null,
    recurring: null,
    practiceId: context.practice?.id ?? null,
    practiceName: context.practice?.name ?? null,
    patientCaseId: null,
    createdDate: appointment.created ?? null,
    lastModifiedDate: appointment.meta?.lastUpdated ?? null,
  };
}

/** The kind of visit first, then why the patient comes. */
function reasonsOf({ appointmentType, serviceType = [], reasonCode = [], description }: FhirAppointment) {
  const told = [...serviceType, appointmentType, ...reasonCode].map((concept) => wordsOf(concept));
  return [...new Set([...told, description ?? null])].filter((words) => words !== null);
}

/** Rooms are Locations too: one whose physical type is a room is a resource, any other is the site. */
function places({ participant }: FhirAppointment, { referred, locations }: DecodingContext) {
  const resources: EhrResource[] = [];
  let site: { id: string | null; name: string | null } | null = null;
  for (const { actor } of participant.filter((one) => !isPatient(one))) {
    const name = actor?.display ?? null;
    const providerId = referred(actor?.reference, 'Practitioner');
    const locationId = referred(actor?.reference, 'Location');
    const location = locationId === null ? undefined : locations.get(locationId);
    if (providerId !== null) resources.push({ id: providerId, name, kind: 'provider' });
    else if (locationId === null) resources.push({ id: null, name, kind: 'unknown' });
    else if (isRoom(location))
      resources.push({ id: locationId, name: name ?? location?.name ?? null, kind: 'room' });
    else site ??= { id: locationId, name: name ?? location?.name ?? null };
  }
  return { resources, site };
}

function isRoom(location: FhirLocation | undefined): boolean {
  return codeOf(location?.physicalType, PHYSICAL_TYPE) === 'ro';
}

/** One appointment with what an update needs to know; the record itself is sent back whole, not from here. */
export function decodeDetail(
  appointment: FhirAppointment,
  status: EhrStatus,
  context: DecodingContext,
): EhrAppointmentDetail {
  const patients = patientsOf(appointment, context.referred).map(summaryOf);
  const { resources, site } = places(appointment, context);
  const [provider] = resources.filter(({ kind }) => kind === 'provider');
  return {
    appointmentId: appointment.id,
    status,
    start: fhirTime(appointment.start),
    end: fhirTime(appointment.end),
    type: patients.length > 0 ? 'P' : 'O',
    typeRaw: wordsOf(appointment.appointmentType),
    patient: patients.length === 1 ? (patients[0] ?? null) : null,
    groupPatients: patients.length > 1 ? patients.map((one) => ({ ...one, attendeeStatus: null })) : [],
    isDeleted: appointment.status === 'entered-in-error',
    isGroup: patients.length > 1,
    isRecurring: null,
    occurrenceId: null,
    name: appointment.description ?? null,
    mode: null,
    notes: appointment.comment ?? null,
    reasonId: null,
    patientCaseId: null,
    insurancePolicyAuthorizationId: null,
    maxAttendees: null,
    practiceId: context.practice?.id ?? null,
    providerId: provider?.id ?? null,
    resourceId: null,
    resourceIds: resources.flatMap(({ id }) => (id === null ? [] : [id])),
    serviceLocationId: site?.id ?? null,
    createdAt: fhirTime(appointment.created),
    updatedAt: fhirTime(appointment.meta?.lastUpdated),
    updatedBy: null,
  };
}

function summaryOf({ id }: { id: string | null }): EhrPatientSummary {
  const unknown = { firstName: null, middleName: null, lastName: null, dateOfBirth: null };
  return { patientId: id, ...unknown, mobilePhone: null, homePhone: null, email: null };
}

type Name = NonNullable<FhirPatient['name']>[number];

/** The name in use: the official one before any other that is not a former one. */
function nameOf(names: readonly Name[] = []): Name | null {
  const present = names.filter(({ use }) => use !== 'old' && use !== 'maiden');
  return (
    present.find(({ use }) => use === 'official') ??
    present.find(({ use }) => use === 'usual') ??
    present[0] ??
    null
  );
}

/** The whole name as one text; null when there is none. */
export function fullName(names: readonly Name[] | undefined): string | null {
  const name = nameOf(names);
  if (!name) return null;
  const parts = [...(name.given ?? []), name.family, ...(name.suffix ?? [])].filter(Boolean);
  return name.text?.trim() || parts.join(' ').trim() || null;
}

export function decodePatient(patient: FhirPatient, referred: ReferredId): EhrPatient {
  const name = nameOf(patient.name);
  const reach = (system: string, ...uses: string[]) =>
    patient.telecom?.find(
      (one) => one.system === system && (uses.length === 0 || uses.includes(one.use ?? '')),
    )?.value ?? null;
  const [practitioner] = patient.generalPractitioner ?? [];
  return {
    patientId: patient.id,
    fullName: fullName(patient.name),
    firstName: name?.given?.[0] ?? null,
    middleName: name?.given?.slice(1).join(' ') || null,
    lastName: name?.family ?? null,
    suffix: name?.suffix?.join(' ') || null,
    dateOfBirth: wholeDate(patient.birthDate),
    gender: patient.gender ?? null,
    mobilePhone: reach('phone', 'mobile'),
    homePhone: reach('phone', 'home'),
    email: reach('email'),
    medicalRecordNumber:
      patient.identifier?.find(({ type }) => codeOf(type, IDENTIFIER_TYPE) === 'MR')?.value ?? null,
    alertMessage: null,
    alertWhenScheduling: null,
    alertWhenDisplaying: null,
    renderingProviderId: referred(practitioner?.reference, 'Practitioner'),
    renderingProviderName: practitioner?.display ?? null,
    practiceId: referred(patient.managingOrganization?.reference, 'Organization'),
    practiceName: patient.managingOrganization?.display ?? null,
    lastModifiedDate: patient.meta?.lastUpdated ?? null,
    cases: [],
  };
}

export function decodePractitioner(practitioner: FhirPractitioner): EhrProvider {
  const name = nameOf(practitioner.name);
  return {
    providerId: practitioner.id,
    fullName: fullName(practitioner.name),
    firstName: name?.given?.[0] ?? null,
    lastName: name?.family ?? null,
    degree: name?.suffix?.join(' ') || wordsOf(practitioner.qualification?.[0]?.code),
    specialty: null,
    npi: npiOf(practitioner.identifier),
    active: practitioner.active ?? null,
    kind: 'normal',
    practiceId: null,
    practiceName: null,
  };
}

export function decodeOrganization(organization: FhirOrganization): EhrPractice {
  return {
    practiceId: organization.id,
    name: organization.name ?? null,
    active: organization.active ?? null,
    npi: npiOf(organization.identifier),
    state: organization.address?.[0]?.state ?? null,
  };
}

export function decodeLocation(location: FhirLocation, referred: ReferredId): EhrServiceLocation {
  return {
    locationId: location.id,
    name: location.name ?? null,
    placeOfService: wordsOf(location.type?.[0]),
    city: location.address?.city ?? null,
    state: location.address?.state ?? null,
    zipCode: location.address?.postalCode ?? null,
    practiceId: referred(location.managingOrganization?.reference, 'Organization'),
    practiceName: location.managingOrganization?.display ?? null,
  };
}

function npiOf(identifiers: FhirPractitioner['identifier']): string | null {
  return identifiers?.find(({ system }) => system === NPI)?.value ?? null;
}
