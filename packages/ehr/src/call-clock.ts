import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance as the pacing and retrying need them, so that tests can own both. */
export interface CallClock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Resolves after that many ms; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/** The process's own clock. */
export const systemClock: CallClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
  random: () => Math.random(),
};
