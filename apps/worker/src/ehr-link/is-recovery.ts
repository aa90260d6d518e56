import type { BreakerState, EhrLane } from '@workflow-bolt/contracts';

/**
 * Whether the EHR may be read again after it could not be, as seen from one reading of the breaker to the next: the
 * trial in between may have been over before anybody looked, and a person who lifts a hold ends a silence too.
 */
export function isRecovery(lane: EhrLane, from: BreakerState, to: BreakerState): boolean {
  const isShut = from === 'open' || from === 'half_open' || from === 'forced_open';
  return lane === 'reads' && isShut && (to === 'closed' || to === 'forced_closed');
}
