import { type CallClock, systemClock } from './call-clock.ts';
import { type EhrFailure, type EhrResult, ehrFailed } from './ehr-failure.ts';

/** How often and how patiently a failed read is repeated. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attemptsMax: number;
  /** The wait after the first, second … failed try; the last one serves all later tries. */
  readonly backoffMs: readonly number[];
  /** A wait is drawn from ± this share of it, so that clients do not march in step. */
  readonly jitterShare: number;
  /** Added to a throttle's wait: between nothing and this. */
  readonly throttleJitterMs: number;
  /** A wait longer than this is not waited for; the failure is handed back instead. */
  readonly waitMsMax: number;
}

export const READ_RETRY: RetryPolicy = {
  attemptsMax: 3,
  backoffMs: [2_000, 4_000, 8_000],
  jitterShare: 0.25,
  throttleJitterMs: 500,
  waitMsMax: 60_000,
};

/** One failed try: which it was (from 1), the operation's minimum gap, and a drawn number in [0, 1). */
export interface FailedTry {
  readonly attempt: number;
  readonly gapMs: number;
  readonly random: number;
}

/** The wait before the next try in ms, or null when there must be none. */
export function retryDelayMs(
  failure: EhrFailure,
  { attempt, gapMs, random }: FailedTry,
  policy: RetryPolicy = READ_RETRY,
): number | null {
  if (!failure.retryable || attempt >= policy.attemptsMax) return null;
  // Nothing is gained by waiting here: the job is tried again when the breaker lets calls through.
  if (isShut(failure)) return null;
  const waitMs =
    failure.kind === 'throttled'
      ? throttleWaitMs(failure.intervalMs, gapMs) + random * policy.throttleJitterMs
      : backoffMs(policy, attempt) * (1 + (2 * random - 1) * policy.jitterShare);
  return waitMs <= policy.waitMsMax ? Math.round(waitMs) : null;
}

const isShut = (failure: EhrFailure): boolean => failure.kind === 'not-sent' && failure.reason === 'breaker';

/** The least wait after a throttled call: the vendor's window, or twice our own gap if that is longer. */
export function throttleWaitMs(intervalMs: number | null, gapMs: number): number {
  return Math.max(intervalMs ?? 0, 2 * gapMs);
}

function backoffMs(policy: RetryPolicy, attempt: number): number {
  return policy.backoffMs[Math.min(attempt, policy.backoffMs.length) - 1] ?? 0;
}

export interface RetryOptions {
  readonly gapMs: number;
  readonly policy?: RetryPolicy;
  readonly clock?: CallClock;
  readonly signal?: AbortSignal | undefined;
  /** Then only a failure that surely did nothing is tried again: an unknown outcome must be read back. */
  readonly isWrite?: boolean;
}

/**
 * Tries a call until it succeeds, fails for good or has used its tries; answers the last result. A write is
 * tried again only when the EHR refused it before doing anything.
 */
export async function withRetry<T>(
  attemptCall: (attempt: number) => Promise<EhrResult<T>>,
  options: RetryOptions,
): Promise<EhrResult<T>> {
  const { gapMs, policy = READ_RETRY, clock = systemClock, signal, isWrite = false } = options;
  let sent: EhrResult<T> | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptCall(attempt);
    if (result.ok) return result;
    // That a further try was not let through says less than why the one before failed.
    if (isShut(result.failure)) return sent ?? result;
    sent = result;
    if (isWrite && result.failure.writes === 'unknown') return result;
    const waitMs = retryDelayMs(result.failure, { attempt, gapMs, random: clock.random() }, policy);
    if (waitMs === null) return result;
    const slept = await sleepUnlessAborted(clock, waitMs, signal);
    if (!slept) return ehrFailed({ kind: 'not-sent', reason: 'cancelled' });
  }
}

async function sleepUnlessAborted(clock: CallClock, ms: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return !signal?.aborted;
  } catch {
    return false;
  }
}
