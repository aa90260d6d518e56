import { Temporal } from 'temporal-polyfill';

/**
 * A clinic's day is a calendar date in its own IANA zone: usually 24 hours of the world's time, 23 or 25 when
 * the clocks change.
 */

/** Epoch ms, start inclusive, end exclusive. */
export interface InstantWindow {
  readonly startAt: number;
  readonly endAt: number;
}

/** A list is asked for with this margin and then filtered by local date, so that no zone mistake cuts an edge. */
export const DAY_MARGIN_MS = 3_600_000;

/** From local midnight to the next one. Throws RangeError for an unknown zone or a date that does not exist. */
export function clinicDay(zone: string, date: string): InstantWindow {
  const day = Temporal.PlainDate.from(date, { overflow: 'reject' });
  const midnight = (plain: Temporal.PlainDate) => plain.toZonedDateTime(zone).epochMilliseconds;
  return { startAt: midnight(day), endAt: midnight(day.add({ days: 1 })) };
}

/** The clinic day with a margin of one hour on both sides, for asking the EHR. */
export function scheduleWindow(zone: string, date: string): InstantWindow {
  const { startAt, endAt } = clinicDay(zone, date);
  return { startAt: startAt - DAY_MARGIN_MS, endAt: endAt + DAY_MARGIN_MS };
}

/** The calendar date, YYYY-MM-DD, that an instant falls on in a zone. */
export function localDate(zone: string, at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The calendar date after the given one. Throws RangeError if the date does not exist. */
export function nextDate(date: string): string {
  return Temporal.PlainDate.from(date, { overflow: 'reject' }).add({ days: 1 }).toString();
}
