/** Zone arithmetic on the platform's time-zone data. Pure: the same inputs give the same answer on every machine. */

export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall time of an instant (epoch ms) in an IANA zone; throws RangeError for an unknown zone. */
export function wallTimeOf(epochMs: number, zone: string): WallTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(epochMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
    second: of('second'),
  };
}

/** The local date `YYYY-MM-DD` of an instant in a zone. */
export function localDateOf(epochMs: number, zone: string): string {
  const wall = wallTimeOf(epochMs, zone);
  return `${String(wall.year).padStart(4, '0')}-${two(wall.month)}-${two(wall.day)}`;
}

/**
 * The instant (epoch ms) of a wall time in a zone. A repeated wall time (autumn) gives its first occurrence; one that
 * does not exist (spring) gives the instant after the gap, as far past it as the wall time lies past the gap's start.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const asUtc = wallAsUtc(wall);
  const dayMs = 86_400_000;
  const candidates = [offsetAt(asUtc - dayMs, zone), offsetAt(asUtc + dayMs, zone)].map((o) => asUtc - o);
  const real = candidates.filter((ms) => ms + offsetAt(ms, zone) === asUtc);
  return real.length > 0 ? Math.min(...real) : Math.max(...candidates);
}

/** The instant of local midnight at the start of a date `YYYY-MM-DD`; throws RangeError when it is no date. */
export function localMidnight(date: string, zone: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (!match || !isRealDate(year, month, day)) throw new RangeError(`not a date: ${date}`);
  return instantOf({ year, month, day, hour: 0, minute: 0, second: 0 }, zone);
}

/** The instant of a wall-clock minute of a local day: 540 is nine o'clock; 1440 and more lie on the next day. */
export function instantOfMinute(date: string, zone: string, minute: number): number {
  const start = wallTimeOf(localMidnight(date, zone), zone);
  const whole = new Date(wallAsUtc(start) + Math.round(minute * 60) * 1000);
  return instantOf(wallFromUtc(whole), zone);
}

/** A wall time read as if its clock were UTC (epoch ms): the form in which wall times can be added and compared. */
export function wallAsUtc(wall: WallTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** The inverse of {@link wallAsUtc}. */
export function wallFromUtc(instant: Date): WallTime {
  return {
    year: instant.getUTCFullYear(),
    month: instant.getUTCMonth() + 1,
    day: instant.getUTCDate(),
    hour: instant.getUTCHours(),
    minute: instant.getUTCMinutes(),
    second: instant.getUTCSeconds(),
  };
}

function offsetAt(epochMs: number, zone: string): number {
  const whole = Math.floor(epochMs / 1000) * 1000;
  return wallAsUtc(wallTimeOf(whole, zone)) - whole;
}

function isRealDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

// Making a format costs tens of microseconds; a day of 400 visits asks thousands of times for one zone.
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
