/**
 * The guard of one process alone, for while the shared one is away: nobody knows what the others do, so it calls
 * less, one call at a time, and gives up sooner.
 */
import {
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
} from 'cockatiel';
import { breakerVerdict } from './breaker-verdict.ts';
import { type CallClock, systemClock } from './call-clock.ts';
import { BreakerOpen, type CallGuard } from './call-guard.ts';
import type { EhrFailure } from './ehr-failure.ts';
import { createRateGate } from './rate-gate.ts';
import { throttleWaitMs } from './retry.ts';

export interface LocalGuardOptions<Operation extends string> {
  /** The gap that all processes together must keep, ms. */
  readonly gapMs: (operation: Operation) => number;
  /** Reads and writes have a breaker each. */
  readonly laneOf: (operation: Operation) => string;
  readonly clock?: CallClock;
}

/** Three workers may be alone like this at the same time without breaking the limit together. */
const gapFactor = 3;
const failuresMax = 3;
const pauseMs = 30_000;
const waitersMax = 64;
/** After refused credentials, at the first answer and in every lane: repeating them soon may lock the account. */
const refusedMs = 120_000;
const refusedMsMax = 1_800_000;

class CallFailed extends Error {}

/** One gap, lengthened, passes before its first call: others may have called a moment ago. */
export function createLocalGuard<Operation extends string>(
  options: LocalGuardOptions<Operation>,
): CallGuard<Operation> {
  const { clock = systemClock, laneOf } = options;
  const gapMs = (operation: Operation) => options.gapMs(operation) * gapFactor;
  const gate = createRateGate({ gapMs, clock, waitersMax });
  const oneAtATime = bulkhead(1, waitersMax);
  const breakers = new Map<string, CircuitBreakerPolicy>();

  function breakerOf(operation: Operation): CircuitBreakerPolicy {
    const lane = laneOf(operation);
    const known = breakers.get(lane);
    if (known) return known;
    const breaker = circuitBreaker(handleType(CallFailed), {
      halfOpenAfter: pauseMs,
      breaker: new ConsecutiveBreaker(failuresMax),
    });
    breakers.set(lane, breaker);
    return breaker;
  }

  let refusals = 0;
  let shutUntil = Number.NEGATIVE_INFINITY;

  function refuseWhileShut(): void {
    const leftMs = shutUntil - clock.now();
    if (leftMs > 0) throw new BreakerOpen('open', leftMs);
  }

  function noteAccount(failure: EhrFailure | null): void {
    const verdict = breakerVerdict(failure);
    if (verdict === 'ok') refusals = 0;
    if (verdict !== 'credentials') return;
    shutUntil = clock.now() + Math.min(refusedMsMax, refusedMs * 2 ** refusals);
    refusals += 1;
  }

  /** Enters bulkhead and breaker, and stays inside until `settle` is called. */
  async function enter(operation: Operation): Promise<(failure: EhrFailure | null) => void> {
    const inside = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<void>();
    const run = oneAtATime.execute(() =>
      breakerOf(operation).execute(() => {
        inside.resolve();
        return outcome.promise;
      }),
    );
    run.catch(() => inside.reject(new BreakerOpen('open', pauseMs)));
    await inside.promise;
    return (failure) => {
      if (breakerVerdict(failure) === 'failed') outcome.reject(new CallFailed());
      else outcome.resolve();
    };
  }

  return {
    async acquire(operation, signal) {
      signal?.throwIfAborted();
      refuseWhileShut();
      const settle = await enter(operation);
      try {
        await gate.acquire(operation, signal);
        // Whoever was inside before may have been refused meanwhile.
        refuseWhileShut();
      } catch (error) {
        settle(null);
        throw error;
      }
      return {
        report(failure) {
          if (failure?.kind === 'throttled') {
            void gate.defer(operation, throttleWaitMs(failure.intervalMs, gapMs(operation)));
          }
          noteAccount(failure);
          settle(failure);
        },
      };
    },
  };
}
