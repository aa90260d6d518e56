import { Temporal } from 'temporal-polyfill';
import type { EhrTime } from '../ehr-records.ts';

/** FHIR's `instant` and `dateTime` carry a zone whenever they carry a time; without one they are no instant. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const WITHOUT_ZONE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?)?$/;

/** Reads a time; null when the server gave none. */
export function fhirTime(text: string | undefined): EhrTime | null {
  if (text === undefined) return null;
  if (!INSTANT.test(text)) return { kind: WITHOUT_ZONE.test(text) ? 'unknown-zone' : 'unreadable', text };
  try {
    return { kind: 'instant', at: Temporal.Instant.from(text).epochMilliseconds, text };
  } catch {
    return { kind: 'unreadable', text };
  }
}

/** An instant as it is sent: UTC, with milliseconds. Throws RangeError for one outside the calendar. */
export function fhirInstant(at: number): string {
  return new Date(at).toISOString();
}

/** A whole birthday; R4 also allows a year or a month alone, which is no date to compare. */
export function wholeDate(date: string | undefined): string | null {
  return date?.length === 10 ? date : null;
}
