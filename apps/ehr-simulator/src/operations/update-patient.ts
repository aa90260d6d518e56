import type { Fields } from '../soap/strict-read.ts';
import type { PatientRecord } from '../world/world.ts';
import { BusinessError, given, type Operation } from './call.ts';

/** The members of a patient that can be changed here, as the contract calls them and as they are kept. */
const MEMBERS = {
  EmailAddress: 'email',
  FirstName: 'firstName',
  HomePhone: 'homePhone',
  LastName: 'lastName',
  MedicalRecordNumber: 'mrn',
  MiddleName: 'middleName',
  MobilePhone: 'mobilePhone',
} as const;

/** Changes a patient's record. What is left out stays: whether the service clears it has not been seen. */
export const updatePatient: Operation = {
  name: 'UpdatePatient',
  parameter: 'UpdatePatientReq',
  request: 'UpdatePatientReq',
  response: 'ModifyPatientResp',
  permission: 'Edit Patient',
  isWrite: true,
  noData: { PatientID: null },
  handle(call, request) {
    const asked = request.Patient as Fields;
    const patient = call.world.patients.get(Number(asked.PatientID));
    if (!patient || patient.deleted || patient.mergedInto !== null)
      throw new BusinessError('Unable to find patient.');
    if (!call.config.writes.acceptedButNotApplied) {
      call.world.changePatient(patient.id, changeOf(patient, asked), call.nowMs);
    }
    const [practice] = call.world.practices;
    return {
      PatientID: patient.id,
      PracticeID: practice?.id ?? 0,
      PracticeName: practice?.name ?? '',
    };
  },
};

function changeOf(patient: PatientRecord, asked: Fields): Partial<PatientRecord> {
  const texts = Object.entries(MEMBERS).flatMap(([name, kept]) => {
    const text = given(asked, name);
    return text === undefined ? [] : [[kept, text]];
  });
  const change: Partial<PatientRecord> = Object.fromEntries(texts);
  const { firstName = patient.firstName, lastName = patient.lastName } = change;
  const dob = given(asked, 'DateofBirth')?.slice(0, 10);
  const isRenamed = change.firstName !== undefined || change.lastName !== undefined;
  return {
    ...change,
    ...(dob ? { dob } : {}),
    ...(isRenamed ? { fullName: `${firstName} ${lastName}` } : {}),
  };
}
