import { z } from 'zod';

/**
 * Identifiers and scalar values that every message shares.
 *
 * Ids become parts of Redis keys and URLs, so their alphabet is closed here: no braces, no colons,
 * no upper case, at most 40 characters.
 */
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: 'use 1 to 40 lower-case letters, digits and inner hyphens',
});

export const clinicIdSchema = slug.meta({ id: 'ClinicId', description: 'A site with one IANA time zone.' });
export const visitIdSchema = slug.meta({
  id: 'VisitId',
  description: "One patient's passage through one day.",
});
export const roomIdSchema = slug.meta({ id: 'RoomId' });
export const providerIdSchema = slug.meta({ id: 'ProviderId' });
export const visitTypeIdSchema = slug.meta({ id: 'VisitTypeId' });
export const stationIdSchema = slug.meta({ id: 'StationId', description: 'A workstation or tablet.' });
export const userIdSchema = slug.meta({ id: 'UserId' });

/** A browser profile with its user, or a job: the scope in which `n` counts. */
export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, { error: 'use 8 to 64 letters, digits, _ or -' })
  .meta({ id: 'ClientId' });

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** By arithmetic: every request names a date, and a Date object costs more than its routing. */
function isRealDate(text: string): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

/** Clinic-local service day, `YYYY-MM-DD`, a date that exists. */
export const boardDateSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'use YYYY-MM-DD' })
  .refine(isRealDate, { error: 'this date does not exist' })
  .meta({ id: 'BoardDate', format: 'date' });

/** Calendar date of birth; never an instant. */
export const calendarDateSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'use YYYY-MM-DD' })
  .refine(isRealDate, { error: 'this date does not exist' })
  .meta({ id: 'CalendarDate', format: 'date' });

/** Epoch milliseconds, between 2000-01-01 and 2100-01-01: an absurd clock is malformed input, not a time. */
export const instantSchema = z
  .int()
  .min(946_684_800_000, { error: 'before the year 2000: send epoch milliseconds' })
  .max(4_102_444_800_000, { error: 'after the year 2100: send epoch milliseconds' })
  .meta({ id: 'Instant', description: 'Epoch milliseconds (UTC).' });

export const zoneSchema = z
  .string()
  .max(64)
  .refine(isZone, { error: 'use an IANA time zone such as America/Chicago' })
  .meta({ id: 'Zone' });

function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** One line of text people typed: no control characters, trimmed, bounded. */
export function textLine(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'control characters are not allowed' });
}

/** Free text: line breaks and tabs allowed. */
export function textBlock(lengthMax: number) {
  return z
    .string()
    .max(lengthMax)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { error: 'control characters are not allowed' });
}

export type ClinicId = z.infer<typeof clinicIdSchema>;
export type VisitId = z.infer<typeof visitIdSchema>;
export type RoomId = z.infer<typeof roomIdSchema>;
export type ProviderId = z.infer<typeof providerIdSchema>;
export type BoardDate = z.infer<typeof boardDateSchema>;
export type Instant = z.infer<typeof instantSchema>;

/** A board is one clinic's local day. */
export type BoardKey = { clinic: ClinicId; date: BoardDate };
