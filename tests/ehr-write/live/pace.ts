/** A day that passes faster than a real one: the vendor's limits and our own patience, all shortened alike. */
import { type CallGaps, createCallGaps, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { PUBLISHED_GAPS_MS } from '@workflow-bolt/ehr-simulator';
import { type BreakerSettings, breakerSettings } from '@workflow-bolt/store';

const factor = 10;
/** Added to every gap, as 250 ms are at full length. */
export const marginMs = 25;
export const callMsMax = 3_000;

/** The limits that the simulator enforces and tells. */
export const shortGapsMs: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(PUBLISHED_GAPS_MS).map(([operation, ms]) => [operation, ms / factor]),
);

export const gapMsOf = (operation: string): number => shortGapsMs[operation] ?? 1_000 / factor;

/** The gaps of a worker, known from the first call on. */
export function shortGaps(): CallGaps {
  const gaps = createCallGaps(marginMs);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: gapMsOf(endpoint) })));
  return gaps;
}

/** An outage of seconds has few calls in it, so that fewer are enough. */
export const shortSettings: BreakerSettings = {
  ...breakerSettings,
  ...{ countMax: 8, callsMin: 4, windowMs: 60_000, slowMs: 2_000, openMs: 800, openMsMax: 4_000 },
};

/** What a worker logs when it goes on without the gate. */
export const aloneMessage = 'calls alone';
