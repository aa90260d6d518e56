import type { EhrThrottle } from '../ehr-records.ts';
import { OPERATION_NAMES, type TebraOperation } from './operations.ts';

/** The published minimum gap per operation and account, in ms. The live values come from GetThrottles. */
const PUBLISHED_GAP_MS: Readonly<Record<TebraOperation, number>> = {
  GetPatient: 250,
  CreateAppointment: 500,
  UpdateAppointment: 500,
  GetAppointment: 500,
  GetPractices: 500,
  GetProviders: 500,
  GetServiceLocations: 500,
  GetAppointments: 1_000,
  GetPatients: 1_000,
  GetThrottles: 5_000,
  // No limit is published; it is called at set-up only.
  GetCustomerIdFromKey: 1_000,
};

/** A call at exactly the interval is still refused, and two calls may travel at different speeds. */
export const GAP_MARGIN_MS = 250;

/** A live value above this is taken for a mistake: it would stop the board for minutes. */
const GAP_MS_MAX = 600_000;

export interface CallGaps<Operation extends string = TebraOperation> {
  /** The minimum gap to keep between two calls, margin included. */
  gapMs(operation: Operation): number;
  /** Whether the vendor itself has told that gap, so that it goes before what other processes have published. */
  isLive(operation: Operation): boolean;
  /** Takes over the vendor's live values; names that this adapter does not call and absurd values are ignored. */
  useThrottles(throttles: readonly EhrThrottle[]): void;
}

/** The published gaps, replaceable by live ones while the process runs. */
export function createCallGaps(marginMs: number = GAP_MARGIN_MS): CallGaps {
  const gaps = new Map<string, number>(Object.entries(PUBLISHED_GAP_MS));
  const live = new Set<string>();
  return {
    isLive: (operation) => live.has(operation),
    gapMs: (operation) => (gaps.get(operation) ?? GAP_MS_MAX) + marginMs,
    useThrottles(throttles) {
      for (const { endpoint, minGapMs } of throttles) {
        const operation = OPERATION_NAMES.find((name) => name.toLowerCase() === endpoint.toLowerCase());
        if (!operation || minGapMs <= 0 || minGapMs > GAP_MS_MAX) continue;
        gaps.set(operation, minGapMs);
        live.add(operation);
      }
    },
  };
}
