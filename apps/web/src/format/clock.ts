/** Presentation of times: the clinic's wall clock, never the workstation's zone. */

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options });
  cache.set(key, made);
  return made;
}

/** `9:30 AM` on the clinic's wall. */
export function clockTime(zone: string, at: number): string {
  return formatter(zone, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** `9:30:05 AM`, for histories where two steps share a minute. */
export function clockTimeWithSeconds(zone: string, at: number): string {
  return formatter(zone, { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(at);
}

/** `Nov 23, 2026, 9:30 AM` on the clinic's wall. */
export function clockMoment(zone: string, at: number): string {
  return formatter(zone, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** `Mon, Nov 23` of a board date; a board date is a calendar date and has no zone. */
export function boardDay(date: string): string {
  const at = Date.parse(`${date}T12:00:00Z`);
  return formatter('UTC', { weekday: 'short', month: 'short', day: 'numeric' }).format(at);
}

/** `Mar 4, 1981`; a date of birth is a calendar date and has no zone. */
export function birthDate(date: string): string {
  const at = Date.parse(`${date}T12:00:00Z`);
  return formatter('UTC', { year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** Completed years between a calendar date of birth and a board date. */
export function ageInYears(dob: string, onDate: string): number {
  const years = Number(onDate.slice(0, 4)) - Number(dob.slice(0, 4));
  return onDate.slice(5) < dob.slice(5) ? years - 1 : years;
}
