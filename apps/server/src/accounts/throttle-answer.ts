import type { Admission } from '@workflow-bolt/store';
import { ProblemError } from '../http/problem-answer.ts';

/** The attempt to be judged. Throws `too_many_requests` with the time to wait, rounded up to seconds. */
export function mustTake(admission: Admission): string {
  if ('taken' in admission) return admission.taken;
  throw new ProblemError('too_many_requests', { retryAfterSec: Math.ceil(admission.waitMs / 1_000) });
}
