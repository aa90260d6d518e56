import { LatencyHistogram, type LatencySummary } from './latency-histogram.ts';

/** What one process measured. All times in milliseconds. */
export interface LoadResult {
  readonly kind: 'open-loop';
  readonly intended: number;
  readonly sent: number;
  readonly completed: number;
  /** Not sent because too many were under way. */
  readonly dropped: number;
  /** Not answered when the drain time was over. */
  readonly unfinished: number;
  /** Rejections by the error's name or code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly lateStarts: number;
  readonly offeredPerS: number;
  readonly achievedPerS: number;
  /** Done minus intended: what a user waits, the queue before the server included. */
  readonly latencyMs: LatencySummary;
  /** Done minus sent. */
  readonly serviceMs: LatencySummary;
  /** Both histograms, encoded, to merge the results of several processes. */
  readonly histograms: { readonly latency: string; readonly service: string };
  readonly isValid: boolean;
  /** Why the run proves nothing; empty when it is valid. */
  readonly invalidBecause: readonly string[];
}

/** A run with more late starts, or more dropped requests, measured its driver, not the server. */
export const LATE_SHARE_MAX = 0.001;
type Counts = Pick<LoadResult, 'intended' | 'sent' | 'lateStarts' | 'dropped' | 'unfinished'>;

/** What makes a run worthless. Errors do not: they are a result. */
function reasonsAgainst({ intended, sent, lateStarts, dropped, unfinished }: Counts): string[] {
  const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(2)} %`;
  const limit = `limit ${100 * LATE_SHARE_MAX} %`;
  return [
    ...(intended === 0 ? ['nothing was sent'] : []),
    ...(lateStarts > sent * LATE_SHARE_MAX
      ? [`${lateStarts} late starts (${percent(lateStarts, sent)}, ${limit})`]
      : []),
    ...(dropped > intended * LATE_SHARE_MAX
      ? [`${dropped} dropped (${percent(dropped, intended)}, ${limit})`]
      : []),
    ...(unfinished > 0 ? [`${unfinished} without an answer at the end`] : []),
  ];
}

/** The measured numbers with the verdict on them. */
export function judged(measured: Omit<LoadResult, 'isValid' | 'invalidBecause'>): LoadResult {
  const invalidBecause = reasonsAgainst(measured);
  return { ...measured, isValid: invalidBecause.length === 0, invalidBecause };
}

/** Add up what several processes measured in the same run. Rates add; percentiles come from the merged histograms. */
export function mergeLoadResults(results: readonly LoadResult[]): LoadResult {
  const sum = (pick: (result: LoadResult) => number): number =>
    results.reduce((total, one) => total + pick(one), 0);
  const merge = (pick: (result: LoadResult) => string): LatencyHistogram => {
    const merged = new LatencyHistogram();
    for (const result of results) merged.add(LatencyHistogram.decode(pick(result)));
    return merged;
  };
  const latency = merge(({ histograms }) => histograms.latency);
  const service = merge(({ histograms }) => histograms.service);
  const errors: Record<string, number> = {};
  for (const result of results) {
    for (const [name, count] of Object.entries(result.errors)) errors[name] = (errors[name] ?? 0) + count;
  }
  return judged({
    kind: 'open-loop',
    intended: sum((one) => one.intended),
    sent: sum((one) => one.sent),
    completed: sum((one) => one.completed),
    dropped: sum((one) => one.dropped),
    unfinished: sum((one) => one.unfinished),
    errors,
    lateStarts: sum((one) => one.lateStarts),
    offeredPerS: sum((one) => one.offeredPerS),
    achievedPerS: sum((one) => one.achievedPerS),
    latencyMs: latency.summary(),
    serviceMs: service.summary(),
    histograms: { latency: latency.encode(), service: service.encode() },
  });
}
