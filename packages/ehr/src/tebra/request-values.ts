import { nextDate } from '../clinic-day.ts';
import type { DayRange, DirectoryFilter, PatientsFilter, ScheduleRange } from '../ehr-port.ts';
import { OFFSET_FROM_GMT, tebraUtcText } from '../written-time.ts';
import { RequestRefused, type RequestValues } from './soap-request.ts';

/** The port's questions in the vendor's words. What cannot be asked safely is refused before it is sent. */

/** The service faults on long ranges; a board needs two days and a preview a month. */
const WINDOW_DAYS_MAX = 31;
const DAY_MS = 86_400_000;

/** The criteria of GetAppointments. */
export function appointmentFilter(range: ScheduleRange): RequestValues {
  if (!range.practiceName) throw new RequestRefused('A schedule needs the name of its practice.');
  if (!range.window && !range.modified && !range.created) {
    throw new RequestRefused('A schedule needs a window or days of change.');
  }
  return {
    PracticeName: range.practiceName,
    TimeZoneOffsetFromGMT: OFFSET_FROM_GMT,
    ...(range.window && windowBounds(range.window)),
    ...dayBounds('LastModifiedDate', range.modified),
    ...dayBounds('CreatedDate', range.created),
    ResourceName: range.resourceName,
    ServiceLocationName: range.serviceLocationName,
    PatientID: range.patientId === undefined ? undefined : digits(range.patientId, 'PatientID'),
    PatientFullName: range.patientFullName,
    AppointmentReason: range.appointmentReason,
    ConfirmationStatus: range.confirmationStatus,
    PatientCasePayerScenario: range.payerScenario,
    Type: range.type,
  };
}

function windowBounds({ startAt, endAt }: { startAt: number; endAt: number }): RequestValues {
  if (!isWritable(startAt) || !isWritable(endAt))
    throw new RequestRefused('The window is no range of instants.');
  if (endAt <= startAt) throw new RequestRefused('The window must end after it starts.');
  // Two hours of margin and a 25-hour day still fit.
  if (endAt - startAt > (WINDOW_DAYS_MAX + 1) * DAY_MS) throw new RequestRefused('The window is too long.');
  return { StartDate: tebraUtcText(startAt), EndDate: tebraUtcText(endAt) };
}

/** Whole milliseconds within the years that the vendor's date text can hold. */
function isWritable(at: number): boolean {
  return Number.isSafeInteger(at) && at >= Date.UTC(1900, 0) && at < Date.UTC(9999, 0);
}

/** An instant as the single calls write it: ISO in UTC, whole seconds. Throws RequestRefused for no such instant. */
export function isoUtcText(at: number, member: string): string {
  if (!isWritable(at)) throw new RequestRefused(`${member} is no instant.`);
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Both ends or neither; the end is one day later, because the service may take it as exclusive. */
function dayBounds(of: string, range: DayRange | undefined): RequestValues {
  if (!range) return {};
  if (!isDate(range.from) || !isDate(range.to) || range.from > range.to) {
    throw new RequestRefused(`The days of ${of} are no range.`);
  }
  return { [`From${of}`]: range.from, [`To${of}`]: nextDate(range.to) };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return nextDate(text) > text;
  } catch {
    return false;
  }
}

/** The criteria of GetPatients. */
export function patientsFilter(filter: PatientsFilter): RequestValues {
  const values: RequestValues = {
    PracticeID: filter.practiceId === undefined ? undefined : digits(filter.practiceId, 'PracticeID'),
    PracticeName: filter.practiceName,
    FirstName: filter.firstName,
    MiddleName: filter.middleName,
    LastName: filter.lastName,
    FullName: filter.fullName,
    Gender: filter.gender,
    ...dayBounds('DateOfBirth', filter.dateOfBirth),
    ...dayBounds('LastModifiedDate', filter.modified),
    ...dayBounds('CreatedDate', filter.created),
    ...dayBounds('LastEncounterDate', filter.lastEncounter),
    DefaultRenderingProviderFullName: filter.renderingProviderName,
    DefaultServiceLocationName: filter.serviceLocationName,
    DefaultCasePayerScenario: filter.payerScenario,
    PrimaryCarePhysicianFullName: filter.primaryCarePhysicianName,
    ReferringProviderFullName: filter.referringProviderName,
  };
  const asksForSomething = Object.values(values).some((value) => value !== undefined && value !== '');
  if (!asksForSomething) throw new RequestRefused('An empty filter would ask for every patient.');
  return values;
}

/** The criteria that GetProviders and GetServiceLocations share. */
export function directoryFilter(filter: DirectoryFilter): RequestValues {
  return {
    PracticeID: filter.practiceId === undefined ? undefined : digits(filter.practiceId, 'PracticeID'),
    PracticeName: filter.practiceName,
    ...dayBounds('LastModifiedDate', filter.modified),
    ...dayBounds('CreatedDate', filter.created),
  };
}

/** The schema's xs:int; a longer number would fault. */
const INT_MAX = 2_147_483_647;

/** An id that fits xs:int, as text. Throws RequestRefused, without quoting it. */
export function digits(id: string, member: string): string {
  if (!/^\d{1,10}$/.test(id) || Number(id) > INT_MAX) throw new RequestRefused(`${member} is no id.`);
  return id;
}

/** An id that fits xs:long, as text. Throws RequestRefused, without quoting it. */
export function longDigits(id: string, member: string): string {
  if (!/^\d{1,18}$/.test(id)) throw new RequestRefused(`${member} is no id.`);
  return id;
}
