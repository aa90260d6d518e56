import type { Fields } from '../soap/strict-read.ts';
import { type FilterMoment, pacificDay, parseFilterDate, type Rendering } from '../world/list-dates.ts';
import { BusinessError, type Call, given, InternalFault } from './call.ts';

const DAY_MS = 86_400_000;

/** In which zone the caller's dates are read and written. Without an offset, or when it is ignored, Pacific. */
export function renderingOf(call: Call, filter: Fields): Rendering {
  const offset = given(filter, 'TimeZoneOffsetFromGMT');
  if (offset === undefined) return 'pacific';
  const offsetHours = Number(offset);
  if (!Number.isFinite(offsetHours) || Math.abs(offsetHours) > 14) {
    throw new BusinessError('Input string was not in a correct format.');
  }
  return call.config.time.offset === 'ignore' ? 'pacific' : { offsetHours };
}

export interface Window {
  fromMs: number;
  toMs: number;
}

/**
 * The window of starts: as asked; without a start the seven days before today; without both the three days before; without
 * an end seven days from the start. No window at all when a full pair of created or modified days is given and no dates are.
 */
export function startWindow(call: Call, filter: Fields, rendering: Rendering): Window | undefined {
  const start = momentIn(filter, 'StartDate', rendering);
  const end = momentIn(filter, 'EndDate', rendering);
  if (!start && !end && (hasPair(filter, 'CreatedDate') || hasPair(filter, 'LastModifiedDate')))
    return undefined;
  const today = parseFilterDate(pacificDay(call.nowMs), 'pacific')?.epochMs ?? call.nowMs;
  const fromMs = start?.epochMs ?? today - (end ? 7 : 3) * DAY_MS;
  const toMs = end ? endOf(end) : fromMs + 7 * DAY_MS;
  // Seen in the wild: ranges beyond two months break the service rather than being refused.
  if (toMs - fromMs > call.config.time.rangeDaysMax * DAY_MS) throw new InternalFault();
  return { fromMs, toMs };
}

/** Whether an instant's Pacific day lies in a From/To pair. Half a pair is no criterion: only pairs are documented. */
export function inDayPair(call: Call, filter: Fields, name: string, epochMs: number): boolean {
  if (!hasPair(filter, name)) return true;
  const from = momentIn(filter, `From${name}`, 'pacific');
  const to = momentIn(filter, `To${name}`, 'pacific');
  if (!from || !to) return true;
  const day = pacificDay(epochMs);
  const last = pacificDay(to.epochMs);
  const beforeEnd = call.config.time.toIsExclusive ? day < last : day <= last;
  return day >= pacificDay(from.epochMs) && beforeEnd;
}

function hasPair(filter: Fields, name: string): boolean {
  return given(filter, `From${name}`) !== undefined && given(filter, `To${name}`) !== undefined;
}

function momentIn(filter: Fields, name: string, rendering: Rendering): FilterMoment | undefined {
  const text = given(filter, name);
  if (text === undefined) return undefined;
  const moment = parseFilterDate(text, rendering);
  if (!moment) throw new BusinessError('String was not recognized as a valid DateTime.');
  return moment;
}

// A bare day as an end means all of that day.
function endOf(end: FilterMoment): number {
  return end.isDay ? end.epochMs + DAY_MS - 1 : end.epochMs;
}
