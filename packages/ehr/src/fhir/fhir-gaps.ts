import type { CallGaps } from '../tebra/call-gaps.ts';
import type { FhirOperation } from './fhir-operations.ts';

/** The gap kept between two calls of one operation while nobody has named another. */
export const FHIR_GAP_MS = 100;

/**
 * FHIR has no call that tells limits; a server says 429 with Retry-After. So one gap, from the configuration, holds for
 * every operation.
 */
export function createFhirGaps(gapMs: number = FHIR_GAP_MS): CallGaps<FhirOperation> {
  return { gapMs: () => gapMs, isLive: () => false, useThrottles: () => undefined };
}
