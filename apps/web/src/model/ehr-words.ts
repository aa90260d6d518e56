/** The EHR's words and what went wrong with it, as staff say them. */
import type { EhrStatus, WriteFailure } from '@workflow-bolt/contracts';

const statusWords: Record<EhrStatus, string> = {
  Unknown: 'Unknown',
  Scheduled: 'Scheduled',
  ReminderSent: 'Reminder sent',
  Confirmed: 'Confirmed',
  CheckedIn: 'Checked in',
  Roomed: 'In a room',
  CheckedOut: 'Checked out',
  NeedsReschedule: 'Needs rescheduling',
  ReadyToBeSeen: 'Ready to be seen',
  NoShow: 'No show',
  Cancelled: 'Cancelled',
  Rescheduled: 'Rescheduled',
  Tentative: 'Tentative',
  Seen: 'Seen',
  Unrecognised: 'a word nobody knows',
};

/** An EHR status in plain words; nothing for what was never read. */
export const ehrStatusWords = (status: EhrStatus | null): string =>
  status === null ? 'nothing yet' : statusWords[status];

/** Why a visit was not written. A clause: the sentence around it belongs to who shows it. */
const failureWords: Record<WriteFailure, string> = {
  'not-applied': 'the EHR accepted it and did not do it',
  'outcome-unknown': 'the EHR never said whether it was done',
  'keeps-changing': 'somebody keeps changing the appointment',
  'status-unrecognised': 'the EHR uses a status that nobody knows',
  'no-word': 'the EHR has no word for it',
  'not-found': 'the appointment is not in the EHR any more',
  deleted: 'the appointment was deleted in the EHR',
  'other-patient': 'the appointment now belongs to another patient',
  'other-occurrence': 'the appointment is another one of its series',
  group: 'group appointments are changed in the EHR only',
  series: 'this one of a series cannot be told apart',
  incomplete: 'something that the EHR needs is missing',
  'ehr-refused': 'the EHR refused it',
  'patient-unknown': 'the EHR has no patient of this name and date of birth',
  'patient-ambiguous': 'the EHR has several patients of this name and date of birth',
  'provider-unknown': 'it has no provider that the EHR knows',
  'dry-run-conflict': 'the EHR says something else',
};

const isFailure = (reason: string): reason is WriteFailure => Object.hasOwn(failureWords, reason);

/** Words for the reason of a failed write; one that a newer server has found says itself. */
export function writeFailureWords(reason: string | null): string {
  if (reason === null) return 'no reason was given';
  return isFailure(reason) ? failureWords[reason] : reason.replaceAll('-', ' ');
}

const memberWords: Record<string, string> = {
  Notes: 'the notes',
  AppointmentName: 'the name',
  StartTime: 'the start',
  EndTime: 'the end',
  ProviderId: 'the provider',
  ResourceIds: 'the resources',
  ServiceLocationId: 'the location',
  AppointmentReasonId: 'the reason',
  PatientCaseId: 'the billing case',
};

/** Which parts of the appointment somebody else changed, as a list in a sentence; empty when none. */
export function changedMemberWords(members: readonly string[]): string {
  const named = members.map((member) => memberWords[member] ?? member);
  const last = named.at(-1) ?? '';
  return named.length < 2 ? last : `${named.slice(0, -1).join(', ')} and ${last}`;
}
