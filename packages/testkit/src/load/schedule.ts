import { createRng } from '../generate/random.ts';

/** Intended send times in milliseconds from the start, ascending. Computed before the first request is sent. */
export type Schedule = Float64Array;

export interface ConstantRate {
  readonly ratePerS: number;
  readonly durationMs: number;
}

/** Evenly spaced requests. */
export function constantSchedule({ ratePerS, durationMs }: ConstantRate): Schedule {
  assertRate(ratePerS, durationMs);
  const count = Math.floor((ratePerS * durationMs) / 1000);
  return Float64Array.from({ length: count }, (_, i) => (i * 1000) / ratePerS);
}

/** Independent arrivals at an average rate: what many unconnected users do. The same seed gives the same schedule. */
export function poissonSchedule({ ratePerS, durationMs, seed }: ConstantRate & { seed: number }): Schedule {
  assertRate(ratePerS, durationMs);
  const rng = createRng(seed);
  const times: number[] = [];
  for (let at = 0; ; ) {
    at += (-Math.log(1 - rng.next()) * 1000) / ratePerS;
    if (at >= durationMs) return Float64Array.from(times);
    times.push(at);
  }
}

function assertRate(ratePerS: number, durationMs: number): void {
  if (ratePerS > 0 && durationMs > 0) return;
  throw new RangeError(
    `a schedule needs a rate and a duration above zero, not ${ratePerS}/s for ${durationMs} ms`,
  );
}
