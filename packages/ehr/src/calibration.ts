import type { EhrPort } from './ehr-port.ts';
import type { EhrScheduleRow, EhrTime } from './ehr-records.ts';

/**
 * The list is asked for and read in UTC, but whether the service honours that is not documented. The single
 * call answers true UTC, so comparing the two for a few rows shows a shift before it moves a whole day.
 */

/** The same appointment's start as the list and as the single call give it. */
export interface StartPair {
  readonly listed: EhrTime | null;
  readonly single: EhrTime | null;
}

export type Calibration =
  /** Both calls agree. */
  | { readonly verdict: 'aligned'; readonly samples: number }
  /** All samples differ by the same whole hours: use it only after an administrator has confirmed it. */
  | { readonly verdict: 'shifted'; readonly shiftHours: number; readonly samples: number }
  /** Samples disagree, or by something other than whole hours: trust neither and raise an alarm. */
  | { readonly verdict: 'inconsistent'; readonly differencesMs: readonly number[] }
  /** No row could be compared. */
  | { readonly verdict: 'unknown' };

const HOUR_MS = 3_600_000;
/** The world's offsets span -12 to +14 hours. */
const SHIFT_HOURS_MAX = 14;

/** Judges the difference `listed - single` over some samples. */
export function calibrateTimes(pairs: readonly StartPair[]): Calibration {
  const differencesMs = pairs.flatMap(({ listed, single }) =>
    listed?.kind === 'instant' && single?.kind === 'instant' ? [listed.at - single.at] : [],
  );
  const [first] = differencesMs;
  if (first === undefined) return { verdict: 'unknown' };
  const shiftHours = first / HOUR_MS;
  const isConstant = differencesMs.every((difference) => difference === first);
  if (!isConstant || !Number.isInteger(shiftHours) || Math.abs(shiftHours) > SHIFT_HOURS_MAX) {
    return { verdict: 'inconsistent', differencesMs };
  }
  const samples = differencesMs.length;
  return first === 0 ? { verdict: 'aligned', samples } : { verdict: 'shifted', shiftHours, samples };
}

/**
 * Whether both calls speak of different times: at least two samples, and none agrees. One that differs may have been moved
 * between the calls, or not yet be listed where it is.
 */
export function areTimesApart(found: Calibration): boolean {
  if (found.verdict === 'shifted') return found.samples >= 2;
  if (found.verdict !== 'inconsistent') return false;
  return found.differencesMs.length >= 2 && found.differencesMs.every((difference) => difference !== 0);
}

const SAMPLES = 3;

/**
 * Reads up to three listed appointments one by one and compares. Recurring rows are left out: their single
 * record may tell the start of the series. A failed or missing record is no sample.
 */
export async function calibrate(
  port: Pick<EhrPort, 'appointment'>,
  rows: readonly Pick<EhrScheduleRow, 'appointmentId' | 'recurring' | 'start'>[],
  signal?: AbortSignal,
): Promise<Calibration> {
  const candidates = rows.filter((row) => row.recurring !== true && row.start?.kind === 'instant');
  const pairs: StartPair[] = [];
  for (const row of candidates.slice(0, SAMPLES)) {
    const result = await port.appointment(row.appointmentId, signal);
    if (result.ok && result.value) pairs.push({ listed: row.start, single: result.value.start });
  }
  return calibrateTimes(pairs);
}
