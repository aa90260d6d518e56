import { type EhrResult, ehrFailed, ehrOk } from '../ehr-failure.ts';
import type { EhrReadPort } from '../ehr-port.ts';
import type { EhrAppointmentDetail, EhrPatient } from '../ehr-records.ts';
import { decodeAppointment } from './decode-appointment.ts';
import { decodePractice, decodeProvider, decodeServiceLocation, decodeThrottle } from './decode-directory.ts';
import { decodePatient } from './decode-patient.ts';
import { decodeSchedule, knownId } from './decode-schedule.ts';
import { childNamed, childrenNamed, truthValue } from './element-reading.ts';
import type { TebraOperation } from './operations.ts';
import { appointmentFilter, digits, directoryFilter, longDigits, patientsFilter } from './request-values.ts';
import { shape } from './soap-answer.ts';
import type { RequestValues } from './soap-request.ts';
import type { XmlElement } from './xml-tree.ts';

/** Sends one call and answers its result element; never throws. `values` may refuse the request. */
export type CallTebra = (
  operation: TebraOperation,
  values: () => RequestValues,
  signal?: AbortSignal,
) => Promise<EhrResult<XmlElement>>;

/** The port's reading methods over a way to call the service. */
export function tebraReads(call: CallTebra): EhrReadPort {
  const list = <T>(question: ListQuestion<T>, signal?: AbortSignal) => readList(call, question, signal);
  return {
    async schedule(range, signal) {
      const values = () => ({ Fields: {}, Filter: appointmentFilter(range) });
      const result = await call('GetAppointments', values, signal);
      if (!result.ok) return result;
      const rows = readRows(result.value, 'Appointments', 'AppointmentData');
      return rows.ok ? ehrOk(decodeSchedule(rows.value)) : rows;
    },
    async appointment(id, signal) {
      const found = await readAppointment(call, id, signal);
      return found.ok ? ehrOk(found.value?.detail ?? null) : found;
    },
    async patient(id, signal) {
      const values = () => ({ Filter: { PatientID: digits(id, 'PatientID') } });
      const result = await call('GetPatient', values, signal);
      return readOne(
        result,
        'Patient',
        (found) => {
          const patient = decodePatient(found);
          return patient && { id: patient.patientId, record: patient };
        },
        id,
      );
    },
    async patients(filter, signal) {
      const values = () => ({ Fields: {}, Filter: patientsFilter(filter) });
      const result = await list(
        { operation: 'GetPatients', values, list: 'Patients', row: 'PatientData', decode: decodePatient },
        signal,
      );
      return result.ok ? ehrOk(bornWithin(result.value, filter.dateOfBirth)) : result;
    },
    providers: (filter = {}, signal) =>
      list(
        {
          operation: 'GetProviders',
          values: () => ({ Fields: {}, Filter: directoryFilter(filter) }),
          list: 'Providers',
          row: 'ProviderData',
          decode: decodeProvider,
        },
        signal,
      ),
    practices: (signal) =>
      list(
        {
          operation: 'GetPractices',
          values: () => ({ Fields: {}, Filter: {} }),
          list: 'Practices',
          row: 'PracticeData',
          decode: decodePractice,
        },
        signal,
      ),
    serviceLocations: (filter = {}, signal) =>
      list(
        {
          operation: 'GetServiceLocations',
          values: () => ({ Fields: {}, Filter: directoryFilter(filter) }),
          list: 'ServiceLocations',
          row: 'ServiceLocationData',
          decode: decodeServiceLocation,
        },
        signal,
      ),
    throttles: (signal) =>
      list(
        {
          operation: 'GetThrottles',
          values: () => ({}),
          list: 'ThrottleDetails',
          row: 'ThrottleDetail',
          decode: decodeThrottle,
        },
        signal,
      ),
    async checkCredentials(signal) {
      const result = await call('GetCustomerIdFromKey', () => ({}), signal);
      return result.ok ? readCustomer(result.value) : result;
    },
  };
}

/** One appointment decoded, and the element it was decoded from: an update must send all of it back. */
export interface FoundAppointment {
  readonly detail: EhrAppointmentDetail;
  readonly element: XmlElement;
}

/** Reads one appointment; null when the service knows none under that id. */
export async function readAppointment(
  call: CallTebra,
  id: string,
  signal?: AbortSignal,
): Promise<EhrResult<FoundAppointment | null>> {
  const values = () => ({ Appointment: { AppointmentId: longDigits(id, 'AppointmentId') } });
  const result = await call('GetAppointment', values, signal);
  return readOne(
    result,
    'Appointment',
    (element) => {
      const detail = decodeAppointment(element);
      return detail && { id: detail.appointmentId, record: { detail, element } };
    },
    id,
  );
}

interface ListQuestion<T> {
  readonly operation: TebraOperation;
  readonly values: () => RequestValues;
  readonly list: string;
  readonly row: string;
  readonly decode: (row: XmlElement) => T | null;
}

async function readList<T>(
  call: CallTebra,
  question: ListQuestion<T>,
  signal?: AbortSignal,
): Promise<EhrResult<readonly T[]>> {
  const result = await call(question.operation, question.values, signal);
  if (!result.ok) return result;
  const rows = readRows(result.value, question.list, question.row);
  return rows.ok ? ehrOk(rows.value.map(question.decode).filter((row) => row !== null)) : rows;
}

/** The rows of a list; a list that holds only something else is no empty list. */
function readRows(result: XmlElement, list: string, row: string): EhrResult<readonly XmlElement[]> {
  const member = readMember(result, list);
  if (!member.ok) return member;
  const rows = childrenNamed(member.value, row);
  const isStrange = rows.length === 0 && (member.value?.children.length ?? 0) > 0;
  return isStrange ? ehrFailed(shape(row)) : ehrOk(rows);
}

/** Nil is an empty answer. A member that is not there at all is an incomplete one: "no rows" is a strong claim. */
function readMember(result: XmlElement, name: string): EhrResult<XmlElement | null> {
  const member = childNamed(result, name);
  if (!member) return ehrFailed(shape(name));
  return ehrOk(member.nil ? null : member);
}

/** One record by id: nil and the vendor's "unable to find" both mean that there is none. */
function readOne<T>(
  result: EhrResult<XmlElement>,
  name: string,
  decode: (found: XmlElement) => { readonly id: string; readonly record: T } | null,
  id: string,
): EhrResult<T | null> {
  if (!result.ok) {
    const { failure } = result;
    return failure.kind === 'business-error' && failure.reason === 'not-found' ? ehrOk(null) : result;
  }
  const member = readMember(result.value, name);
  if (!member.ok) return member;
  const read = member.value && decode(member.value);
  if (!read) return ehrOk(null);
  // Somebody else's record under the id we asked for must never reach a chart.
  return sameId(read.id, id) ? ehrOk(read.record) : ehrFailed(shape(`${name} id`));
}

/** Ids are numbers that some answers pad with zeros. */
export function sameId(left: string, right: string): boolean {
  return left.replace(/^0+/, '') === right.replace(/^0+/, '');
}

/** The service's end of a birth range is exclusive on some accounts, so a day more was asked for. */
function bornWithin(patients: readonly EhrPatient[], range: { from: string; to: string } | undefined) {
  if (!range) return patients;
  return patients.filter(
    ({ dateOfBirth: born }) => born === null || (born >= range.from && born <= range.to),
  );
}

function readCustomer(result: XmlElement): EhrResult<{ readonly customerId: string | null }> {
  const isAuthorized = truthValue(result, 'IsAuthorized');
  if (isAuthorized === null) return ehrFailed(shape('IsAuthorized'));
  // The answer does not tell which of key, user and password was wrong.
  if (!isAuthorized) return ehrFailed({ kind: 'auth', reason: 'credentials-refused', permissions: [] });
  return ehrOk({ customerId: knownId(result, 'CustomerId') });
}
