import type { Fields } from '../soap/strict-read.ts';
import { listDate, parseFilterDate, usDate } from '../world/list-dates.ts';
import type { PatientRecord } from '../world/world.ts';
import {
  BusinessError,
  type Call,
  given,
  matchesTexts,
  missingFilter,
  type Operation,
  practiceNamed,
} from './call.ts';
import { asList, withToggles } from './list-appointments.ts';
import { inDayPair } from './list-window.ts';

/** One patient by id. Deleted and merged ones are not there any more. */
export const getPatient: Operation = {
  name: 'GetPatient',
  request: 'GetPatientReq',
  response: 'GetPatientResp',
  permission: 'Read Patient',
  isWrite: false,
  noData: { Patient: null },
  handle(call, request) {
    const filter = request.Filter as Fields | null | undefined;
    if (!filter) throw missingFilter('GetPatient', 'GetFilteredPatient(SinglePatientFilter filter)');
    const patient = call.world.patients.get(Number(filter.PatientID));
    if (patient && isThere(patient))
      return { Patient: { ...patientRow(patient, call), Cases: casesOf(patient) } };
    if (call.config.data.notFound === 'error') throw new BusinessError('Unable to find patient.');
    return { Patient: null };
  },
};

/** Patients by name, birth date, practice or change; there is no criterion for an id. */
export const getPatients: Operation = {
  name: 'GetPatients',
  request: 'GetPatientsReq',
  response: 'GetPatientsResp',
  permission: 'Find Patient',
  isWrite: false,
  noData: { Patients: null },
  handle(call, request) {
    const filter = request.Filter as Fields | null | undefined;
    if (!filter) throw missingFilter('GetPatients');
    const found = inPractice(call, filter).filter((patient) => matchesPatient(call, filter, patient));
    const rows = withToggles(
      found.map((patient) => patientRow(patient, call)),
      request.Fields as Fields,
      call,
    );
    return { Patients: asList('PatientData', rows, call) };
  },
};

/** All patients, a batch at a time: the key of the answer is the next batch's start; nil ends. */
export const getAllPatients: Operation = {
  name: 'GetAllPatients',
  request: 'GetAllPatientsReq',
  response: 'GetAllPatientsResp',
  permission: 'Find Patient',
  isWrite: false,
  noData: { Key: null, Patients: null },
  handle(call, request) {
    const filter = (request.Filter ?? {}) as Fields;
    const size = Math.min(Math.max(Number(filter.BatchSize ?? 100) || 100, 1), 1000);
    const from = Number(filter.StartKey ?? 0);
    const rest = inPractice(call, { PracticeID: filter.PracticeID?.toString() }).filter(
      (one) => one.id >= from,
    );
    const next = rest[size]?.id ?? null;
    const rows = rest.slice(0, size).map((patient) => patientRow(patient, call));
    return { Key: { nextStartKey: next }, Patients: asList('PatientBatchData', rows, call) };
  },
};

function isThere(patient: PatientRecord): boolean {
  return !patient.deleted && patient.mergedInto === null;
}

/** All of the account's patients belong to its first practice; another practice has none. */
function inPractice(call: Call, filter: Fields): PatientRecord[] {
  const own = call.world.practices[0]?.id;
  const name = given(filter, 'PracticeName');
  const id = given(filter, 'PracticeID');
  if (name !== undefined && practiceNamed(call, name) !== own) return [];
  if (id !== undefined && Number(id) !== own) return [];
  return [...call.world.patients.values()].filter(isThere).sort((a, b) => a.id - b.id);
}

function matchesPatient(call: Call, filter: Fields, patient: PatientRecord): boolean {
  return (
    matchesTexts(filter, {
      FirstName: patient.firstName,
      FullName: patient.fullName,
      Gender: patient.gender,
      LastName: patient.lastName,
      MiddleName: patient.middleName,
    }) &&
    bornBetween(filter, patient.dob) &&
    inDayPair(call, filter, 'CreatedDate', patient.createdMs) &&
    inDayPair(call, filter, 'LastModifiedDate', patient.modifiedMs)
  );
}

// ToDateOfBirth is exclusive: seen live by others.
function bornBetween(filter: Fields, dob: string): boolean {
  const day = (name: string) => {
    const text = given(filter, name);
    const moment = text === undefined ? undefined : parseFilterDate(text, { offsetHours: 0 });
    return moment && new Date(moment.epochMs).toISOString().slice(0, 10);
  };
  const [from, to] = [day('FromDateOfBirth'), day('ToDateOfBirth')];
  return (from === undefined || dob >= from) && (to === undefined || dob < to);
}

function patientRow(patient: PatientRecord, call: Call): Fields {
  const practice = call.world.practices[0];
  return {
    AddressLine1: `${100 + (patient.id % 900)} Example Way`,
    Age: String(ageOf(patient.dob, call.nowMs)),
    ...(patient.alert === null
      ? {}
      : { AlertMessage: patient.alert, AlertShowWhenSchedulingAppointments: 'True' }),
    City: 'Exampleton',
    CreatedDate: listDate(patient.createdMs, 'pacific'),
    DOB: usDate(patient.dob),
    DefaultCaseID: String(patient.caseId),
    ...(patient.email === null ? {} : { EmailAddress: patient.email }),
    FirstName: patient.firstName,
    Gender: patient.gender,
    HomePhone: patient.homePhone,
    ID: String(patient.id),
    LastModifiedDate: listDate(patient.modifiedMs, 'pacific'),
    LastName: patient.lastName,
    MedicalRecordNumber: patient.mrn,
    MiddleName: patient.middleName,
    MobilePhone: patient.mobilePhone,
    PatientFullName: patient.fullName,
    PracticeId: String(practice?.id ?? 0),
    PracticeName: practice?.name ?? '',
    State: 'TX',
    ZipCode: '75001',
  };
}

function ageOf(dob: string, nowMs: number): number {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(dob.slice(0, 4));
  return today.slice(5) < dob.slice(5) ? years - 1 : years;
}

function casesOf(patient: PatientRecord): Fields {
  const policy = {
    CompanyName: 'Example Mutual',
    InsurancePolicyID: String(61_000 + patient.id),
    Number: `EX${patient.id}`,
    PlanName: 'Gold PPO',
    SyncWithEHR: true,
  };
  return {
    PatientCaseData: [
      {
        InsurancePolicies: { PatientInsurancePolicyData: [policy] },
        IsPrimaryCase: true,
        Name: 'Primary',
        PatientCaseID: String(patient.caseId),
        PayerScenario: 'Commercial',
      },
    ],
  };
}
