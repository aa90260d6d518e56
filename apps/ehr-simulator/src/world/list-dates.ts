import {
  instantOf,
  localDateOf,
  type WallTime,
  wallAsUtc,
  wallFromUtc,
  wallTimeOf,
} from '@workflow-bolt/testkit/generate';

/** Where the vendor's servers keep time. */
const PACIFIC = 'America/Los_Angeles';

/** Either the fixed offset a caller asked for (hours from GMT) or the server's own zone. */
export type Rendering = { offsetHours: number } | 'pacific';

export type DateStyle = 'us' | 'iso';

/** The wall time at which a list shows an instant. */
function wallIn(epochMs: number, rendering: Rendering): WallTime {
  if (rendering === 'pacific') return wallTimeOf(epochMs, PACIFIC);
  return wallFromUtc(new Date(epochMs + rendering.offsetHours * 3_600_000));
}

/** `1/5/2026 8:00:00 AM`, or `2026-01-05T08:00:00`; neither says which zone it is in. */
export function listDate(epochMs: number, rendering: Rendering, style: DateStyle = 'us'): string {
  const wall = wallIn(epochMs, rendering);
  if (style === 'iso') return new Date(wallAsUtc(wall)).toISOString().slice(0, 19);
  const hour = wall.hour % 12 === 0 ? 12 : wall.hour % 12;
  const time = `${hour}:${two(wall.minute)}:${two(wall.second)} ${wall.hour < 12 ? 'AM' : 'PM'}`;
  return `${wall.month}/${wall.day}/${wall.year} ${time}`;
}

/** `2/29/1984` from `1984-02-29`. */
export function usDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${month}/${day}/${year}`;
}

/** A moment in a filter, and whether it was given as a mere day. */
export interface FilterMoment {
  epochMs: number;
  isDay: boolean;
}

const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))? ?([AaPp][Mm])?)?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z)?$/;

/** Reads a filter's date as .NET does, in the rendering asked for; undefined when it is none. A trailing Z means UTC. */
export function parseFilterDate(text: string, rendering: Rendering): FilterMoment | undefined {
  const us = US.exec(text.trim());
  if (us) return momentOf([us[3], us[1], us[2], hour24(us[4], us[7]), us[5], us[6]], rendering);
  const iso = ISO.exec(text.trim());
  if (!iso) return undefined;
  return momentOf([iso[1], iso[2], iso[3], iso[4], iso[5], iso[6]], iso[7] ? { offsetHours: 0 } : rendering);
}

/** The Pacific calendar day of an instant, `YYYY-MM-DD`. */
export function pacificDay(epochMs: number): string {
  return localDateOf(epochMs, PACIFIC);
}

function hour24(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function momentOf(parts: (string | undefined)[], rendering: Rendering): FilterMoment | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const wall: WallTime = { year, month, day, hour, minute, second };
  const back = wallFromUtc(new Date(wallAsUtc(wall)));
  if (back.month !== month || back.day !== day || back.hour !== hour || back.minute !== minute)
    return undefined;
  const epochMs =
    rendering === 'pacific' ? instantOf(wall, PACIFIC) : wallAsUtc(wall) - rendering.offsetHours * 3_600_000;
  return { epochMs, isDay: parts[3] === undefined };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
