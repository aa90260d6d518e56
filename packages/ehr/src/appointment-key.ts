import { createHash } from 'node:crypto';
import type { EhrAppointment } from './ehr-records.ts';

type Identity = Pick<EhrAppointment, 'appointmentId' | 'occurrenceId' | 'patientId' | 'startAt'>;

/**
 * What makes a visit the same visit in the next answer. The id alone does not: a recurring series may share
 * one, and a group appointment lists one id per patient at the same time.
 */
export function externalKey({ appointmentId, occurrenceId, patientId, startAt }: Identity): string {
  const occurrence = occurrenceId === null ? '' : `#${occurrenceId}`;
  return `${appointmentId}${occurrence}@${new Date(startAt).toISOString()}/${patientId}`;
}

/** The occurrence that a key of `externalKey` names; null when it names none. */
export function occurrenceOfKey(key: string): string | null {
  const [before = ''] = key.split('@');
  const mark = before.indexOf('#');
  return mark < 0 ? null : before.slice(mark + 1);
}

/** SHA-256, in hex, of every normalised field but LastModifiedDate, which may change without a real change. */
export function appointmentFingerprint(appointment: Omit<EhrAppointment, 'fingerprint'>): string {
  const { lastModifiedDate: _, ...fields } = appointment;
  return createHash('sha256').update(canonicalJson(fields)).digest('hex');
}

/** JSON with sorted members, so that equal records give equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
