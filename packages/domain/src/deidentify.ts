/** The numbers of a day without anyone in them: what may be kept for good (164.514(b)). */
import type { DayMetrics } from './metrics.ts';
import type { Summary } from './statistics.ts';
import { type IntervalName, intervalNames } from './waits.ts';

/** A number over fewer people than this could be one of them. */
export const smallestGroup = 11;

export type AnonymousDay = {
  /** Visits of the day; null when they are few, or when it would give away a count that is left out. */
  total: number | null;
  counts: Partial<Record<keyof DayMetrics['counts'], number>>;
  lwbsPercent: number | null;
  noShowPercent: number | null;
  /** In whole minutes: to the millisecond a wait is a fingerprint. */
  intervals: Partial<Record<IntervalName, MinuteSummary>>;
};
export type MinuteSummary = {
  count: number;
  meanMin: number | null;
  medianMin: number | null;
  p90Min: number | null;
};

const isEnough = (count: number): boolean => count >= smallestGroup;
const minutesOf = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 60_000));

/** A share is said when both of its sides are enough: it names the smaller one as surely as a count. */
function shareOf(part: number, percent: number | null): number | null {
  if (percent === null || percent === 0 || !isEnough(part)) return null;
  const whole = Math.round((part * 100) / percent);
  return isEnough(whole - part) ? Math.round(percent) : null;
}

function minuteSummary({ count, meanMs, medianMs, p90Ms }: Summary): MinuteSummary {
  return { count, meanMin: minutesOf(meanMs), medianMin: minutesOf(medianMs), p90Min: minutesOf(p90Ms) };
}

/** Keeps what is said over at least eleven people, and nothing from which fewer could be worked out. */
export function anonymousDay(day: DayMetrics): AnonymousDay {
  const kept = Object.entries(day.counts).filter(([, count]) => isEnough(count));
  const rest = day.total - kept.reduce((sum, [, count]) => sum + count, 0);
  const isTotalSafe = isEnough(day.total) && (rest === 0 || isEnough(rest));
  const intervals = intervalNames.flatMap((name) => {
    const { finished } = day.intervals[name];
    return isEnough(finished.count) ? [[name, minuteSummary(finished)] as const] : [];
  });
  return {
    total: isTotalSafe ? day.total : null,
    counts: Object.fromEntries(kept),
    lwbsPercent: shareOf(day.leftWithoutBeingSeen, day.lwbsPercent),
    noShowPercent: shareOf(day.counts['no-show'], day.noShowPercent),
    intervals: Object.fromEntries(intervals),
  };
}
