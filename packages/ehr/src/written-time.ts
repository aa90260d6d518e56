import { Temporal } from 'temporal-polyfill';
import type { EhrTime } from './ehr-records.ts';

/**
 * Tebra's dates. The list call writes US text without a zone, rendered at the offset we ask for, which is
 * always 0: a fixed offset would be wrong for half the year, and at 0 no hour of a clock change is ambiguous.
 * The single call writes ISO text in UTC. Neither is ever given to `new Date`, which would read a missing zone
 * as the zone of this process.
 */

/** The only offset ever asked for: bounds are sent, and answers read, in UTC. */
export const OFFSET_FROM_GMT = '0';

/** `M/D/YYYY h:mm:ss AM` in UTC, as the filter wants it. Throws RangeError outside the years 1-9999. */
export function tebraUtcText(at: number): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC');
  if (time.year < 1 || time.year > 9999) throw new RangeError('The time is outside the years 1 to 9999.');
  const hour = time.hour % 12 === 0 ? 12 : time.hour % 12;
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${hour}:${two(time.minute)}:${two(time.second)} ${time.hour < 12 ? 'AM' : 'PM'}`;
  return `${time.month}/${time.day}/${String(time.year).padStart(4, '0')} ${clock}`;
}

const US =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:\s*([AP])M)?)?$/i;
const ISO_LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?$/;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/i;

interface WrittenTime {
  readonly date: Temporal.PlainDate;
  /** Null when only a date was written. */
  readonly time: Temporal.PlainTime | null;
}

function written(parts: readonly (string | undefined)[], meridiem: string | undefined): WrittenTime | null {
  const [year, month, day, hourText, minute, second] = parts.map(Number);
  const hour = twentyFourHour(hourText, meridiem);
  if (hour === null) return null;
  try {
    const date = Temporal.PlainDate.from({ year, month, day } as Temporal.PlainDateLike, {
      overflow: 'reject',
    });
    if (parts[3] === undefined) return { date, time: null };
    const clock = { hour, minute: minute ?? 0, second: Number.isNaN(second) ? 0 : second };
    return { date, time: Temporal.PlainTime.from(clock as Temporal.PlainTimeLike, { overflow: 'reject' }) };
  } catch {
    return null;
  }
}

function twentyFourHour(hour: number | undefined, meridiem: string | undefined): number | null {
  if (hour === undefined || Number.isNaN(hour)) return 0;
  if (!meridiem) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (meridiem.toUpperCase() === 'P' ? 12 : 0);
}

function readWritten(text: string): WrittenTime | null {
  const us = US.exec(text);
  if (us) {
    const [, month, day, year, hour, minute, second, meridiem] = us;
    return written([year, month, day, hour, minute, second], meridiem);
  }
  const iso = ISO_LOCAL.exec(text);
  return iso ? written(iso.slice(1), undefined) : null;
}

function readZoned(text: string): EhrTime | null {
  if (!/^\d{4}-/.test(text) || !ZONED.test(text)) return null;
  try {
    return { kind: 'instant', at: Temporal.Instant.from(text).epochMilliseconds, text };
  } catch {
    return { kind: 'unreadable', text };
  }
}

/** A StartDate or EndDate of the list: text without a zone is UTC, because offset 0 was asked for. */
export function listTime(raw: string | null): EhrTime | null {
  if (raw === null) return null;
  const text = raw.trim();
  const zoned = readZoned(text);
  if (zoned) return zoned;
  const local = readWritten(text);
  if (!local) return { kind: 'unreadable', text };
  // A date alone is no instant: at offset 0 it might be either of two clinic days.
  if (!local.time) return { kind: 'unknown-zone', text };
  const at = local.date.toZonedDateTime({ timeZone: 'UTC', plainTime: local.time }).epochMilliseconds;
  return { kind: 'instant', at, text };
}

/** A time of the single call: UTC when it says so, otherwise text whose zone nobody has told. */
export function detailTime(raw: string | null): EhrTime | null {
  if (raw === null) return null;
  const text = raw.trim();
  return readZoned(text) ?? { kind: readWritten(text) ? 'unknown-zone' : 'unreadable', text };
}

/** Born before this year is a placeholder such as 1/1/0001 or 1/1/1753, not a patient's age. */
const BIRTH_YEAR_MIN = 1850;

/**
 * A calendar date as YYYY-MM-DD, whatever time and zone are written behind it: a birthday is no instant and
 * must not move with a zone. Null when there is no such date.
 */
export function calendarDate(raw: string | null): string | null {
  const text = (raw ?? '').trim().replace(ZONED_TAIL, '');
  const local = readWritten(text);
  return local && local.date.year >= BIRTH_YEAR_MIN ? local.date.toString() : null;
}

const ZONED_TAIL = /(?<=\d:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Orders two vendor texts of the same kind in time; null when either cannot be read. */
export function compareWrittenTimes(left: string | null, right: string | null): number | null {
  const [a, b] = [listTime(left), listTime(right)].map((time) =>
    time?.kind === 'instant' ? time.at : dayOf(time),
  );
  return a === undefined || b === undefined || a === null || b === null ? null : Math.sign(a - b);
}

function dayOf(time: EhrTime | null): number | null {
  const date = time && calendarDate(time.text);
  return date ? Temporal.PlainDate.from(date).toZonedDateTime('UTC').epochMilliseconds : null;
}
