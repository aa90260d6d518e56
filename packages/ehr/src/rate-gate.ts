import { type CallClock, systemClock } from './call-clock.ts';

/**
 * Keeps calls of one operation apart. The limits count per account, not per process, so this port can be
 * filled by one gate in memory or by one shared in Redis.
 */
export interface Gate<Operation extends string = string> {
  /** Resolves when a call may be sent. Rejects when the signal aborts or no turn can be given. */
  acquire(operation: Operation, signal?: AbortSignal): Promise<void>;
  /** Nobody may call that operation for so long: the vendor has just said so. */
  defer(operation: Operation, waitMs: number): void | Promise<void>;
}

/** What is kept of the calls before this process, and by others: the limits count per account. */
export interface CallMemory<Operation extends string = string> {
  /** Ms since anyone last called that operation; Infinity for not lately, null when nobody can tell. */
  sinceLast(operation: Operation): Promise<number | null>;
  /** A call is about to be sent. */
  note(operation: Operation): Promise<void>;
}

export interface RateGateOptions<Operation extends string> {
  /** The minimum gap between two calls, in ms, margin included. Read anew at each turn. */
  readonly gapMs: (operation: Operation) => number;
  readonly clock?: CallClock;
  /** Waiting callers per operation before further ones are turned away. */
  readonly waitersMax?: number;
  /**
   * What happened before this process began. `unknown` keeps the first call of each operation back for one
   * gap, because a restart must not call twice within it; a memory spares that wait where it can.
   */
  readonly before?: 'unknown' | 'idle' | CallMemory<Operation>;
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
  /** Whether it was asked what happened before the first turn. */
  isAsked: boolean;
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
    const lane = { tail: Promise.resolve(), waiting: 0, readyAt: bornAt, isAsked: false };
    lanes.set(operation, lane);
    return lane;
  }

  /** The end of the gap that a call before our first one began. */
  async function firstTurnAt(operation: Operation): Promise<number> {
    if (before === 'idle') return bornAt;
    const since = before === 'unknown' ? null : await before.sinceLast(operation).catch(() => null);
    return since === null ? bornAt + gapMs(operation) : clock.now() - since + gapMs(operation);
  }

  async function takeTurn(lane: Lane, operation: Operation, signal?: AbortSignal): Promise<void> {
    if (!lane.isAsked) {
      lane.isAsked = true;
      lane.readyAt = Math.max(lane.readyAt, await firstTurnAt(operation));
    }
    // A deferral may arrive during the sleep, so the time is looked at again after it.
    for (let waitMs = lane.readyAt - clock.now(); waitMs > 0; waitMs = lane.readyAt - clock.now()) {
      await clock.sleep(waitMs, signal);
    }
    signal?.throwIfAborted();
    lane.readyAt = clock.now() + gapMs(operation);
    if (typeof before === 'object') await before.note(operation).catch(() => {});
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
