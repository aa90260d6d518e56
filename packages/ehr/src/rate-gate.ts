import { type CallClock, systemClock } from './call-clock.ts';

/**
 * Keeps calls of one operation apart, within one process. The limits count per account: what all processes share
 * is a `CallGuard`.
 */
export interface Gate<Operation extends string = string> {
  /** Resolves when a call may be sent. Rejects when the signal aborts or no turn can be given. */
  acquire(operation: Operation, signal?: AbortSignal): Promise<void>;
  /** Nobody may call that operation for so long: the vendor has just said so. */
  defer(operation: Operation, waitMs: number): void | Promise<void>;
}

export interface RateGateOptions<Operation extends string> {
  /** The minimum gap between two calls, in ms, margin included. Read anew at each turn. */
  readonly gapMs: (operation: Operation) => number;
  readonly clock?: CallClock;
  /** Waiting callers per operation before further ones are turned away. */
  readonly waitersMax?: number;
  /**
   * What happened before this gate began. `unknown` keeps the first call of each operation back for one gap,
   * because a restart must not call twice within it.
   */
  readonly before?: 'unknown' | 'idle';
}

/** More callers wait than could be served in minutes; the caller should try later. */
export class GateFull extends Error {
  override readonly name = 'GateFull';
}

interface Lane {
  /** Settles when the last caller in line has had its turn or has left. */
  tail: Promise<void>;
  waiting: number;
  readyAt: number;
}

/** A gate for one process: callers of an operation go in order, one per gap. */
export function createRateGate<Operation extends string>(
  options: RateGateOptions<Operation>,
): Gate<Operation> {
  const { gapMs, clock = systemClock, waitersMax = 1_000, before = 'unknown' } = options;
  const bornAt = clock.now();
  const lanes = new Map<Operation, Lane>();

  function laneOf(operation: Operation): Lane {
    const known = lanes.get(operation);
    if (known) return known;
    const readyAt = before === 'idle' ? bornAt : bornAt + gapMs(operation);
    const lane = { tail: Promise.resolve(), waiting: 0, readyAt };
    lanes.set(operation, lane);
    return lane;
  }

  async function takeTurn(lane: Lane, operation: Operation, signal?: AbortSignal): Promise<void> {
    // A deferral may arrive during the sleep, so the time is looked at again after it.
    for (let waitMs = lane.readyAt - clock.now(); waitMs > 0; waitMs = lane.readyAt - clock.now()) {
      await clock.sleep(waitMs, signal);
    }
    signal?.throwIfAborted();
    lane.readyAt = clock.now() + gapMs(operation);
  }

  return {
    async acquire(operation, signal) {
      signal?.throwIfAborted();
      const lane = laneOf(operation);
      if (lane.waiting >= waitersMax) throw new GateFull(`Too many callers wait for ${operation}.`);
      lane.waiting += 1;
      const ahead = lane.tail;
      const turn = Promise.withResolvers<void>();
      lane.tail = ahead.then(() => turn.promise);
      try {
        await unlessAborted(ahead, signal);
        await takeTurn(lane, operation, signal);
      } finally {
        lane.waiting -= 1;
        turn.resolve();
      }
    },
    defer(operation, waitMs) {
      const lane = laneOf(operation);
      lane.readyAt = Math.max(lane.readyAt, clock.now() + waitMs);
    },
  };
}

async function unlessAborted(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
