import type { MetricsSummary, Visit } from '@workflow-bolt/contracts';
import { dayMetrics, providerMetrics } from '@workflow-bolt/domain';

/** The numbers of a day and of each of its providers, as the contract wants them. */
export function metricsSummaryOf(visits: readonly Visit[], now: number, seq: number): MetricsSummary {
  return {
    at: now,
    seq,
    day: dayMetrics(visits, now),
    providers: [...providerMetrics(visits, now)].map(([providerId, metrics]) => ({ providerId, metrics })),
  };
}
