import { Temporal } from 'temporal-polyfill';

const minuteMs = 60_000;

export const minutes = (count: number): number => count * minuteMs;

/** Whole minutes from `from` to `to`, rounded towards zero; negative when `to` is earlier. */
export function minutesBetween(from: number, to: number): number {
  return Math.trunc((to - from) / minuteMs) || 0;
}

function zoned(zone: string, ms: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

/** The calendar date `YYYY-MM-DD` that the clinic's wall shows at this instant (V30). */
export function localDate(zone: string, ms: number): string {
  return zoned(zone, ms).toPlainDate().toString();
}

/** The clinic's wall clock, 24 hours, `HH:MM`. */
export function localTime(zone: string, ms: number): string {
  return zoned(zone, ms).toPlainTime().toString({ smallestUnit: 'minute' });
}

/**
 * First instant of a local day and of the next one, in epoch ms. The day of a clock change is 23 or 25
 * hours long: never add 24 hours to a midnight.
 */
export function dayBounds(zone: string, date: string): { startMs: number; endMs: number } {
  const day = Temporal.PlainDate.from(date);
  const startOf = (each: Temporal.PlainDate) => each.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
  return { startMs: startOf(day), endMs: startOf(day.add({ days: 1 })) };
}

/**
 * Epoch ms of a wall-clock time `HH:MM[:SS]` on a local date. A time that the spring change skips becomes
 * the one an hour later; of a time that occurs twice in autumn the first is meant.
 */
export function instantOf(zone: string, date: string, time: string): number {
  const wall = Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time));
  return wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}
