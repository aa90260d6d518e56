/** A difference between the board and the EHR, in plain words. */
import {
  type DriftAdvice,
  type DriftDifference,
  type DriftField,
  type DriftValue,
  ehrStatuses,
} from '@workflow-bolt/contracts';
import { clockTime } from '../format/clock.ts';
import { ehrStatusWords } from '../model/ehr-words.ts';

export const driftFieldName: Record<DriftField, string> = {
  status: 'Status',
  presence: 'Presence',
  start: 'Start',
  duration: 'Length',
  provider: 'Provider',
  type: 'Visit type',
  location: 'Location',
  patient: 'Patient',
  removal: 'Appointment',
};

export const driftAdviceWords: Record<DriftAdvice, string> = {
  wait: 'Wait: it is on its way to the EHR.',
  retry: 'Press “Try again” on the card.',
  settle: 'Decide on the card which side counts.',
  'read-again': 'Read the schedule again.',
  'change-in-ehr': 'Change it in the EHR.',
  'add-in-ehr': 'Add it in the EHR.',
  'change-on-board': 'Change it on the board.',
  look: 'Ask the people concerned.',
};

const isEhrStatus = (value: string): value is (typeof ehrStatuses)[number] =>
  (ehrStatuses as readonly string[]).includes(value);

/** One side's value of a field. */
export function driftValueWords(field: DriftField, value: DriftValue | undefined, zone: string): string {
  if (value === undefined) return 'Not known';
  if (value === null) return 'Nothing';
  if (typeof value === 'number') return clockTime(zone, value);
  return field === 'status' && isEhrStatus(value) ? ehrStatusWords(value) : value;
}

/** A row's cells: field, ours, theirs, last agreed, what to do. */
export function driftCells({ field, ours, theirs, agreed, advice }: DriftDifference, zone: string): string[] {
  const [our, their, last] = [ours, theirs, agreed].map((value) => driftValueWords(field, value, zone));
  return [driftFieldName[field], our ?? '', their ?? '', last ?? '', driftAdviceWords[advice]];
}
