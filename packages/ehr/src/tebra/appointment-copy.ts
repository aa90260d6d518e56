import { detailTime } from '../written-time.ts';
import { childrenNamed, presentChild, trimmedText } from './element-reading.ts';
import type { RequestValues } from './soap-request.ts';
import { sameId } from './tebra-reads.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * UpdateAppointment replaces: what is left out is cleared, the billing case first of all. So an update is made
 * from the element that was read, member by member and to the letter, with nothing but the status replaced.
 */

/** People's own words, sent back even when they are empty: nil and empty are not the same. */
const WORDS = ['AppointmentName', 'Notes'];
const TIMES = ['EndTime', 'StartTime'];
const NUMBERS_AND_CODES = [
  ...[
    'AppointmentMode',
    'AppointmentReasonId',
    'InsurancePolicyAuthorizationId',
    'IsRecurring',
    'MaxAttendees',
  ],
  ...['OccurrenceId', 'PatientCaseId', 'ProviderId', 'ResourceId', 'ServiceLocationId'],
];
/** Who changed it last and when. Sent back like everything else, but expected to differ afterwards. */
const STAMPS = ['UpdatedAt', 'UpdatedBy'];

/** The members of an update that changes the status and nothing else. */
export function fullCopy(read: XmlElement, status: string): RequestValues {
  const patient = presentChild(read, 'PatientSummary');
  const resources = presentChild(read, 'ResourceIds');
  return {
    ...copied(read, WORDS, (member) => member.text),
    ...copied(read, [...TIMES, ...NUMBERS_AND_CODES, ...STAMPS], (member) => member.text.trim() || undefined),
    AppointmentId: trimmedText(read, 'AppointmentId') ?? undefined,
    AppointmentStatus: status,
    PatientId: (patient && trimmedText(patient, 'PatientId')) ?? undefined,
    ResourceIds: resources ? { long: resourceIds(read) } : undefined,
  };
}

function copied(
  read: XmlElement,
  names: readonly string[],
  readAs: (member: XmlElement) => string | undefined,
): Record<string, string | undefined> {
  return Object.fromEntries(
    names.map((name) => {
      const member = presentChild(read, name);
      return [name, member ? readAs(member) : undefined];
    }),
  );
}

function resourceIds(read: XmlElement): string[] {
  return childrenNamed(presentChild(read, 'ResourceIds'), 'long').map((id) => id.text.trim());
}

/** The names of the members, the status and the stamps aside, in which two readings differ. */
export function changedMembers(before: XmlElement, after: XmlElement): string[] {
  const changed = [
    ...WORDS.filter((name) => wordsOf(before, name) !== wordsOf(after, name)),
    ...TIMES.filter((name) => timeOf(before, name) !== timeOf(after, name)),
    ...NUMBERS_AND_CODES.filter((name) => codeOf(before, name) !== codeOf(after, name)),
  ];
  const isSamePatient = patientOf(before) === patientOf(after);
  const isSameResources = setOf(resourceIds(before)) === setOf(resourceIds(after));
  return [
    ...changed,
    ...(isSamePatient ? [] : ['PatientId']),
    ...(isSameResources ? [] : ['ResourceIds']),
  ].sort();
}

// Nil, absent and empty read alike, and so do both ends of a line: the service may write a note either way.
function wordsOf(read: XmlElement, name: string): string {
  return (presentChild(read, name)?.text ?? '').replace(/\r\n?/g, '\n');
}

function timeOf(read: XmlElement, name: string): string {
  const time = detailTime(trimmedText(read, name));
  return time?.kind === 'instant' ? String(time.at) : (time?.text ?? '');
}

/** Zero is the service's word for none, and padding means nothing. */
function codeOf(read: XmlElement, name: string): string {
  return (trimmedText(read, name) ?? '').toLowerCase().replace(/^0+(?=\d|$)/, '');
}

function patientOf(read: XmlElement): string {
  const patient = presentChild(read, 'PatientSummary');
  return patient ? codeOf(patient, 'PatientId') : '';
}

function setOf(ids: readonly string[]): string {
  return [...new Set(ids.map((id) => id.replace(/^0+/, '')))].sort().join();
}

/** An opaque mark that changes when somebody updates the appointment; null when the EHR gives none. */
export function versionOf(read: XmlElement): string | null {
  const at = trimmedText(read, 'UpdatedAt');
  return at && `${at}|${trimmedText(read, 'UpdatedBy') ?? ''}`;
}

/** Whether the appointment that was read is that patient's. */
export function isPatients(read: XmlElement, patientId: string): boolean {
  return sameId(patientOf(read), patientId);
}
