/** The numbers of a clinic day. Durations in milliseconds; null where nothing was measured. */
import { z } from 'zod';
import { type VisitStatus, visitStatuses } from './entities.ts';
import { instantSchema, providerIdSchema } from './ids.ts';

const duration = z.number().min(0).nullable();
const percent = z.number().min(0).max(100).nullable();

const countOf = Object.fromEntries(visitStatuses.map((status) => [status, z.int().min(0)])) as Record<
  VisitStatus,
  z.ZodInt
>;

export const intervalMetricsSchema = z
  .strictObject({
    /** Visits that have this stretch behind them. */
    finished: z.strictObject({
      count: z.int().min(0),
      meanMs: duration,
      medianMs: duration,
      p90Ms: duration,
    }),
    /** Visits that are in it now. */
    running: z.strictObject({ count: z.int().min(0), meanMs: duration, maxMs: duration }),
  })
  .meta({ id: 'IntervalMetrics' });

export const dayMetricsSchema = z
  .strictObject({
    counts: z.strictObject(countOf),
    total: z.int().min(0),
    inOffice: z.int().min(0),
    waiting: z.int().min(0),
    averageWaitNowMs: duration,
    arrived: z.int().min(0),
    leftWithoutBeingSeen: z.int().min(0),
    lwbsPercent: percent,
    onTimePercent: percent,
    noShowPercent: percent,
    /** Part of the whole visit that is prep or time with the provider, 0 to 1. */
    valueAddedMedian: z.number().min(0).nullable(),
    /** By the name of the interval. */
    intervals: z.record(z.string(), intervalMetricsSchema),
  })
  .meta({ id: 'DayMetrics' });

export const metricsSummarySchema = z
  .strictObject({
    at: instantSchema,
    seq: z.int().min(0),
    day: dayMetricsSchema,
    providers: z.array(
      z.strictObject({ providerId: providerIdSchema.nullable(), metrics: dayMetricsSchema }),
    ),
  })
  .meta({ id: 'MetricsSummary' });
export type MetricsSummary = z.infer<typeof metricsSummarySchema>;
