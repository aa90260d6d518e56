import type { EhrPatient, EhrPatientCase } from '../ehr-records.ts';
import { calendarDate } from '../written-time.ts';
import { knownId } from './decode-schedule.ts';
import {
  childrenNamed,
  exactText,
  humanText,
  presentChild,
  trimmedText,
  truthValue,
} from './element-reading.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * Reads a `PatientData`, limited to what a board shows; null when it carries no id (the list's phantom row).
 * The social security number, address and balances that come along are never copied.
 */
export function decodePatient(element: XmlElement): EhrPatient | null {
  const patientId = knownId(element, 'ID');
  if (!patientId) return null;
  return {
    patientId,
    ...names(element),
    dateOfBirth: calendarDate(trimmedText(element, 'DOB')),
    gender: trimmedText(element, 'Gender'),
    mobilePhone: humanText(element, 'MobilePhone'),
    homePhone: humanText(element, 'HomePhone'),
    email: humanText(element, 'EmailAddress'),
    medicalRecordNumber: trimmedText(element, 'MedicalRecordNumber'),
    alertMessage: humanText(element, 'AlertMessage'),
    alertWhenScheduling: truthValue(element, 'AlertShowWhenSchedulingAppointments'),
    alertWhenDisplaying: truthValue(element, 'AlertShowWhenDisplayingPatientDetails'),
    renderingProviderId: knownId(element, 'DefaultRenderingProviderId'),
    renderingProviderName: humanText(element, 'DefaultRenderingProviderFullName'),
    practiceId: knownId(element, 'PracticeId'),
    practiceName: exactText(element, 'PracticeName'),
    lastModifiedDate: trimmedText(element, 'LastModifiedDate'),
    cases: childrenNamed(presentChild(element, 'Cases'), 'PatientCaseData').map(decodeCase),
  };
}

function names(element: XmlElement) {
  return {
    fullName: humanText(element, 'PatientFullName'),
    firstName: humanText(element, 'FirstName'),
    middleName: humanText(element, 'MiddleName'),
    lastName: humanText(element, 'LastName'),
    suffix: humanText(element, 'Suffix'),
  };
}

function decodeCase(element: XmlElement): EhrPatientCase {
  return {
    caseId: knownId(element, 'PatientCaseID'),
    name: humanText(element, 'Name'),
    isPrimary: truthValue(element, 'IsPrimaryCase'),
    payerScenario: humanText(element, 'PayerScenario'),
  };
}
