import type { Day, Visit } from '@workflow-bolt/contracts';
import { dayMetrics, runningWaitMs, visitAlarms, worstLevel } from '@workflow-bolt/domain';
import type { Metric } from '../board/metrics-strip.tsx';
import { shortDuration } from '../format/duration.ts';

const duration = (ms: number | null): string => (ms === null ? '–' : shortDuration(ms));

function longestWait(visits: readonly Visit[], day: Day, now: number): Metric {
  const waits = visits.flatMap((visit) => {
    const ms = runningWaitMs(visit, now);
    return ms === null ? [] : [{ visit, ms }];
  });
  const longest = waits.reduce<(typeof waits)[number] | null>(
    (worst, each) => (worst && worst.ms >= each.ms ? worst : each),
    null,
  );
  const tone = longest ? worstLevel(visitAlarms(longest.visit, day, now)) : null;
  return {
    name: 'longest',
    label: 'Longest wait',
    value: duration(longest?.ms ?? null),
    ...(tone && { tone }),
  };
}

/** The day's numbers as tiles; every number comes from the domain. */
export function metricTiles(visits: readonly Visit[], day: Day, now: number): Metric[] {
  const metrics = dayMetrics(visits, now);
  const { counts } = metrics;
  const seen = metrics.intervals.doorToProvider.finished;
  return [
    { name: 'expected', label: 'Expected', value: String(counts.scheduled + counts.confirmed) },
    { name: 'lobby', label: 'In lobby', value: String(counts.arrived) },
    { name: 'waiting', label: 'Waiting', value: String(metrics.waiting) },
    { name: 'average', label: 'Average wait now', value: duration(metrics.averageWaitNowMs) },
    longestWait(visits, day, now),
    {
      name: 'seen',
      label: 'Seen today',
      value: String(counts['seen-by-md'] + counts.completed),
      ...(seen.count > 0 && { detail: `door to provider ${duration(seen.medianMs)}` }),
    },
  ];
}
