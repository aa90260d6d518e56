/** The numbers of a clinic day. Durations in milliseconds; null where nobody has finished that stretch yet. */
import { z } from 'zod';
import { instantSchema } from './ids.ts';

const duration = z.number().nullable();
/** Statistics of one interval over the visits that have finished it. */
export const intervalStatsSchema = z
  .strictObject({ count: z.int(), medianMs: duration, p90Ms: duration, meanMs: duration })
  .meta({ id: 'IntervalStats' });

export const metricsSummarySchema = z
  .strictObject({
    at: instantSchema,
    seq: z.int(),
    metrics: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'MetricsSummary' });
