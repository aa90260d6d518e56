/**
 * Time as the client needs it, injectable so that a test can own it.
 * `monotonicMs` measures ages and deadlines; `wallMs` is for display and for noticing a sleeping machine.
 */
export interface Clock {
  monotonicMs(): number;
  wallMs(): number;
  /** Runs once after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    if (typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer);
  },
};
