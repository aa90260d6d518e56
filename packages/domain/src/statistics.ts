/** Durations in ms; all null when nothing was measured. */
export type Summary = { count: number; meanMs: number | null; medianMs: number | null; p90Ms: number | null };

export const emptySummary: Summary = { count: 0, meanMs: null, medianMs: null, p90Ms: null };

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return sorted.length === 0 ? null : mean(middle);
}

/** Nearest rank: the smallest value that at least `percent` of all values do not exceed. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) return emptySummary;
  return {
    count: values.length,
    meanMs: mean(values),
    medianMs: median(values),
    p90Ms: percentile(values, 90),
  };
}

/** `part` of `whole` in percent; null when there is no whole. */
export const percentOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : (100 * part) / whole;
