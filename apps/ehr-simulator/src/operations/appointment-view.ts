import type { Fields } from '../soap/strict-read.ts';
import { listDate } from '../world/list-dates.ts';
import type { AppointmentRecord, EhrWorld, PatientRecord } from '../world/world.ts';

// Words that only the list uses; the single read answers in its own vocabulary.
const READ_WORDS: Readonly<Record<string, string>> = { Seen: 'Roomed', Arrived: 'CheckedIn', '': 'Unknown' };

/** One appointment as GetAppointment and the writes answer it: times in UTC, created and updated without a zone. */
export function appointmentView(record: AppointmentRecord, world: EhrWorld): Fields {
  const patient = record.patientId === null ? undefined : world.patients.get(record.patientId);
  const people = patient && !patient.deleted ? personView(patient, record.practiceId) : null;
  return {
    AppointmentId: record.id,
    AppointmentMode: record.mode,
    AppointmentName: record.name,
    AppointmentReasonId: record.reasonId,
    AppointmentStatus: READ_WORDS[record.status] ?? record.status,
    AppointmentType: record.type,
    AppointmentUUID: uuid(record.id),
    AttendeesCount: record.group && people ? 1 : 0,
    CreatedAt: listDate(record.createdMs, 'pacific', 'iso'),
    CreatedBy: 12,
    CustomerId: world.customerId,
    EndTime: utc(record.endMs),
    ForRecare: false,
    InsurancePolicyAuthorizationId: record.authorizationId,
    IsDeleted: record.deleted,
    IsGroupAppointment: record.group,
    IsRecurring: record.recurring,
    MaxAttendees: record.maxAttendees,
    Notes: record.notes,
    OccurrenceId: record.occurrenceId,
    PatientCaseId: record.caseId,
    PatientSummaries:
      record.group && people ? { GroupPatientSummary: [{ ...people, Status: 'PRESENT' }] } : null,
    PatientSummary: people,
    PracticeId: record.practiceId,
    ProviderId: record.providerId,
    RecurrenceRule: null,
    ResourceId: 0,
    ResourceIds: { long: [record.providerId, ...record.resourceIds] },
    ServiceLocationId: record.locationId,
    StartTime: utc(record.startMs),
    UpdatedAt: updatedText(record),
    UpdatedBy: record.updatedBy,
    WasCreatedOnline: false,
  };
}

function personView(patient: PatientRecord, practiceId: number): Fields {
  return {
    DateOfBirth: `${patient.dob}T00:00:00`,
    Email: patient.email,
    FirstName: patient.firstName,
    GenderId: patient.gender === 'Male' ? 1 : 2,
    Guid: uuid(patient.id),
    HomePhone: patient.homePhone,
    LastName: patient.lastName,
    MiddleName: patient.middleName,
    MobilePhone: patient.mobilePhone,
    OtherEmail: null,
    OtherPhone: null,
    PatientId: patient.id,
    PracticeId: practiceId,
    PreferredEmailType: 'Email',
    PreferredPhoneType: 'Mobile Phone',
    WorkEmail: null,
    WorkPhone: null,
  };
}

/** When an appointment was last changed, as the single call writes it. */
export function updatedText(record: AppointmentRecord): string {
  return listDate(record.updatedMs, 'pacific', 'iso');
}

/** Epoch ms as `2026-01-05T14:20:00Z`. */
function utc(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

function uuid(id: number): string {
  return `3f2b8c1e-0000-4000-8000-${String(id).padStart(12, '0')}`;
}
