import { canonicalStatus } from '../appointment-status.ts';
import type { EhrAppointmentDetail, EhrGroupPatient, EhrPatientSummary } from '../ehr-records.ts';
import { calendarDate, detailTime } from '../written-time.ts';
import { appointmentType, knownId } from './decode-schedule.ts';
import {
  childrenNamed,
  exactText,
  humanText,
  presentChild,
  trimmedText,
  truthValue,
} from './element-reading.ts';
import type { XmlElement } from './xml-tree.ts';

/** Reads one `Appointment`; null when it carries no id and therefore is none. */
export function decodeAppointment(element: XmlElement): EhrAppointmentDetail | null {
  const appointmentId = knownId(element, 'AppointmentId');
  if (!appointmentId) return null;
  const typeRaw = trimmedText(element, 'AppointmentType');
  return {
    appointmentId,
    status: canonicalStatus(trimmedText(element, 'AppointmentStatus')),
    start: detailTime(trimmedText(element, 'StartTime')),
    end: detailTime(trimmedText(element, 'EndTime')),
    type: appointmentType(typeRaw),
    typeRaw,
    ...attendance(element),
    ...updateMembers(element),
    createdAt: detailTime(trimmedText(element, 'CreatedAt')),
    updatedAt: detailTime(trimmedText(element, 'UpdatedAt')),
    updatedBy: trimmedText(element, 'UpdatedBy'),
  };
}

function attendance(element: XmlElement) {
  const patient = presentChild(element, 'PatientSummary');
  const group = presentChild(element, 'PatientSummaries');
  return {
    patient: patient && decodeSummary(patient),
    groupPatients: childrenNamed(group, 'GroupPatientSummary').map(decodeGroupPatient),
    isDeleted: truthValue(element, 'IsDeleted'),
    isGroup: truthValue(element, 'IsGroupAppointment'),
    isRecurring: truthValue(element, 'IsRecurring'),
    occurrenceId: knownId(element, 'OccurrenceId'),
  };
}

/** An update replaces the whole appointment, so these go back exactly as they came: untrimmed, uncomposed. */
function updateMembers(element: XmlElement) {
  return {
    name: exactText(element, 'AppointmentName'),
    mode: trimmedText(element, 'AppointmentMode'),
    notes: exactText(element, 'Notes'),
    reasonId: knownId(element, 'AppointmentReasonId'),
    patientCaseId: knownId(element, 'PatientCaseId'),
    insurancePolicyAuthorizationId: knownId(element, 'InsurancePolicyAuthorizationId'),
    maxAttendees: trimmedText(element, 'MaxAttendees'),
    practiceId: knownId(element, 'PracticeId'),
    providerId: knownId(element, 'ProviderId'),
    resourceId: knownId(element, 'ResourceId'),
    resourceIds: childrenNamed(presentChild(element, 'ResourceIds'), 'long').map((id) => id.text.trim()),
    serviceLocationId: knownId(element, 'ServiceLocationId'),
  };
}

function decodeSummary(element: XmlElement): EhrPatientSummary {
  return {
    patientId: knownId(element, 'PatientId'),
    firstName: humanText(element, 'FirstName'),
    middleName: humanText(element, 'MiddleName'),
    lastName: humanText(element, 'LastName'),
    dateOfBirth: calendarDate(trimmedText(element, 'DateOfBirth')),
    mobilePhone: humanText(element, 'MobilePhone'),
    homePhone: humanText(element, 'HomePhone'),
    email: humanText(element, 'Email'),
  };
}

function decodeGroupPatient(element: XmlElement): EhrGroupPatient {
  return { ...decodeSummary(element), attendeeStatus: trimmedText(element, 'Status') };
}
