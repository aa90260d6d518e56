/**
 * What stands between the wish to call the EHR and the call: a turn of the rate gate and a permit of the circuit
 * breaker, taken together. It can live in one process or be shared by all of them.
 */
import { type EhrFailure, type EhrResult, ehrFailed, ehrOk } from './ehr-failure.ts';
import type { Gate } from './rate-gate.ts';
import { throttleWaitMs } from './retry.ts';

/** A call may be sent now. */
export interface CallPermit {
  /** How it went, null for well, and its ms. Must be told once; does not throw, and nobody waits for it. */
  report(failure: EhrFailure | null, tookMs: number): void;
}

export interface CallGuard<Operation extends string = string> {
  /**
   * Resolves when a call may be sent. Throws `BreakerOpen`, `GateFull`, or the signal's reason. Nothing was sent
   * then, so it is never an unknown outcome.
   */
  acquire(operation: Operation, signal?: AbortSignal): Promise<CallPermit>;
}

/** The circuit breaker lets nobody through at present. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly state: string;
  /** When asking again makes sense. */
  readonly retryAfterMs: number;

  constructor(state: string, retryAfterMs: number) {
    super(`The circuit breaker is ${state}.`);
    this.state = state;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A gate alone, without a breaker: a refusal for calling too soon holds the operation back. */
export function gateGuard<Operation extends string>(
  gate: Gate<Operation>,
  gapMs: (operation: Operation) => number,
): CallGuard<Operation> {
  return {
    async acquire(operation, signal) {
      await gate.acquire(operation, signal);
      return {
        report(failure) {
          if (failure?.kind !== 'throttled') return;
          const waitMs = throttleWaitMs(failure.intervalMs, gapMs(operation));
          // A gate that cannot be told will also refuse the next turn; the retry's own wait still holds.
          void (async () => gate.defer(operation, waitMs))().catch(() => undefined);
        },
      };
    },
  };
}

/** Waits for a permit; a refusal is a call that was never sent. Never throws. */
export async function passGuard<Operation extends string>(
  guard: CallGuard<Operation>,
  operation: Operation,
  signal?: AbortSignal,
): Promise<EhrResult<CallPermit>> {
  try {
    return ehrOk(await guard.acquire(operation, signal));
  } catch (error) {
    if (signal?.aborted) return ehrFailed({ kind: 'not-sent', reason: 'cancelled' });
    return ehrFailed({ kind: 'not-sent', reason: error instanceof BreakerOpen ? 'breaker' : 'gate' });
  }
}
