import type { CallClock } from './call-clock.ts';
import type { EhrFailure } from './ehr-failure.ts';

/** False when the caller gave up during the wait. */
export async function slept(clock: CallClock, waitMs: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(waitMs, signal);
    return !signal?.aborted;
  } catch {
    return false;
  }
}

/** The refusal that a failure amounts to; null when another try may do better. */
export function refusedBy(failure: EhrFailure): 'incomplete' | 'ehr-refused' | 'not-found' | null {
  if (failure.kind === 'our-bug') return failure.reason === 'bad-request' ? 'incomplete' : 'ehr-refused';
  if (failure.kind === 'business-error') return failure.reason === 'not-found' ? 'not-found' : 'ehr-refused';
  return failure.kind === 'auth' ? 'ehr-refused' : null;
}
