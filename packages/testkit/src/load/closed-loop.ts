import { LatencyHistogram, type LatencySummary } from './latency-histogram.ts';
import type { LoadOperation } from './open-loop.ts';

export interface ClosedLoopOptions {
  readonly operation: LoadOperation;
  /** Requests always under way. */
  readonly concurrency: number;
  readonly durationMs: number;
}

/**
 * The label is part of the result: a closed loop measures capacity. Its latency is not what users see, because it sends
 * nothing while it waits; `correctedMs` estimates what it left out.
 */
export interface ClosedLoopResult {
  readonly kind: 'closed-loop';
  readonly concurrency: number;
  readonly completed: number;
  readonly errors: number;
  readonly perS: number;
  readonly serviceMs: LatencySummary;
  readonly correctedMs: LatencySummary;
}

/** Keep `concurrency` requests under way for the duration. */
export async function runClosedLoop({
  operation,
  concurrency,
  durationMs,
}: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const service = new LatencyHistogram();
  const startedAt = performance.now();
  let index = 0;
  let completed = 0;
  let errors = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - startedAt < durationMs) {
      const sentAt = performance.now();
      try {
        await operation(index++);
        completed += 1;
        service.record(performance.now() - sentAt);
      } catch {
        errors += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const perS = (completed * 1000) / (performance.now() - startedAt);
  const intervalMs = perS > 0 ? (1000 * concurrency) / perS : durationMs;
  const correctedMs = service.corrected(intervalMs).summary();
  return {
    kind: 'closed-loop',
    concurrency,
    completed,
    errors,
    perS,
    serviceMs: service.summary(),
    correctedMs,
  };
}

export interface CapacityOptions {
  readonly operation: LoadOperation;
  /** Length of each step. Default 1,000 ms. */
  readonly stepMs?: number;
  /** Default 256. */
  readonly concurrencyMax?: number;
}

export interface CapacityResult {
  readonly kind: 'closed-loop';
  readonly best: ClosedLoopResult;
  readonly steps: readonly ClosedLoopResult[];
}

/** A doubling that gains less than this was the last: the server is saturated. */
const GAIN_MIN = 1.05;

/** Double the concurrency until it gains less than 5 %: the highest rate the server can do, for choosing open-loop rates. */
export async function searchCapacity({
  operation,
  stepMs,
  concurrencyMax,
}: CapacityOptions): Promise<CapacityResult> {
  let best = await runClosedLoop({ operation, concurrency: 1, durationMs: stepMs ?? 1000 });
  const steps = [best];
  for (let concurrency = 2; concurrency <= (concurrencyMax ?? 256); concurrency *= 2) {
    const step = await runClosedLoop({ operation, concurrency, durationMs: stepMs ?? 1000 });
    steps.push(step);
    const isSaturated = step.perS < GAIN_MIN * best.perS;
    if (step.perS > best.perS) best = step;
    if (isSaturated) break;
  }
  return { kind: 'closed-loop', best, steps };
}
