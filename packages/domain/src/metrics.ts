import { type Visit, type VisitStatus, visitStatuses } from '@workflow-bolt/contracts';
import { mean, median, percentOf, type Summary, summarise } from './statistics.ts';
import { isHidden, isInOffice } from './status-info.ts';
import {
  type IntervalName,
  intervalNames,
  runningWaitMs,
  totalMs,
  valueAddedShare,
  waitOf,
} from './waits.ts';

/** Finished waits go into averages; running ones are shown beside them, never mixed in. */
export type IntervalMetrics = {
  finished: Summary;
  running: { count: number; meanMs: number | null; maxMs: number | null };
};

export type DayMetrics = {
  counts: Record<VisitStatus, number>;
  total: number;
  inOffice: number;
  /** Arrived, in prep or ready: not yet with a provider. */
  waiting: number;
  averageWaitNowMs: number | null;
  arrived: number;
  leftWithoutBeingSeen: number;
  lwbsPercent: number | null;
  onTimePercent: number | null;
  noShowPercent: number | null;
  valueAddedMedian: number | null;
  intervals: Record<IntervalName, IntervalMetrics>;
};

function firstArrival(visit: Visit): number | null {
  const flows = [...visit.earlierEpisodes, visit].filter((flow) => !flow.estimated.includes('arrivedAt'));
  return flows.find((flow) => flow.milestones.arrivedAt !== undefined)?.milestones.arrivedAt ?? null;
}

/** Came today, whether or not the moment is known. */
function hasArrived(visit: Visit): boolean {
  return [...visit.earlierEpisodes, visit].some(
    (flow) => flow.milestones.arrivedAt !== undefined || flow.skipped.includes('arrivedAt'),
  );
}

type Measure = (visit: Visit, name: IntervalName) => ReturnType<typeof waitOf>;

function intervalOf(visits: readonly Visit[], name: IntervalName, measure: Measure): IntervalMetrics {
  const waits = visits.flatMap((visit) => measure(visit, name) ?? []);
  const finished = waits.filter((wait) => wait.state === 'finished' && !wait.isEstimated);
  const running = waits.filter((wait) => wait.state === 'running').map((wait) => wait.ms);
  return {
    finished: summarise(finished.map((wait) => wait.ms)),
    running: {
      count: running.length,
      meanMs: mean(running),
      maxMs: running.length > 0 ? Math.max(...running) : null,
    },
  };
}

function countsOf(visits: readonly Visit[]): Record<VisitStatus, number> {
  const counts = Object.fromEntries(visitStatuses.map((each) => [each, 0])) as Record<VisitStatus, number>;
  for (const visit of visits) counts[visit.status] += 1;
  return counts;
}

function onTimePercent(visits: readonly Visit[]): number | null {
  const arrivals = visits.flatMap((visit) => {
    const at = firstArrival(visit);
    return at === null || visit.startAt === null ? [] : [at <= visit.startAt];
  });
  return percentOf(arrivals.filter(Boolean).length, arrivals.length);
}

function noShowPercent(visits: readonly Visit[]): number | null {
  const booked = visits.filter((visit) => visit.kind === 'booked');
  const missed = booked.filter((visit) => visit.status === 'no-show').length;
  const came = booked.filter((visit) => visit.status !== 'no-show' && hasArrived(visit)).length;
  return percentOf(missed, missed + came);
}

function metricsBy(all: readonly Visit[], now: number, measure: Measure): DayMetrics {
  const visits = all.filter((visit) => !isHidden(visit.status));
  const waits = visits.flatMap((visit) => runningWaitMs(visit, now) ?? []);
  const arrived = visits.filter(hasArrived).length;
  const lwbs = visits.filter((visit) => visit.status === 'left' && visit.outcome?.kind === 'lwbs').length;
  const counts = countsOf(visits);
  return {
    counts,
    total: visits.length,
    inOffice: visits.filter((visit) => isInOffice(visit.status)).length,
    waiting: counts.arrived + counts['appt-prep'] + counts['ready-for-md'],
    averageWaitNowMs: mean(waits),
    arrived,
    leftWithoutBeingSeen: lwbs,
    lwbsPercent: percentOf(lwbs, arrived),
    onTimePercent: onTimePercent(visits),
    noShowPercent: noShowPercent(visits),
    valueAddedMedian: median(visits.flatMap((visit) => valueAddedShare(visit) ?? [])),
    intervals: Object.fromEntries(
      intervalNames.map((name) => [name, intervalOf(visits, name, measure)]),
    ) as Record<IntervalName, IntervalMetrics>,
  };
}

/** Numbers of a day at `now` (epoch ms): means, medians and p90 of what is known, nothing invented (V24). */
export function dayMetrics(visits: readonly Visit[], now: number): DayMetrics {
  return metricsBy(visits, now, (visit, name) => waitOf(visit, name, now));
}

function ownProviderTime(visit: Visit, providerId: string | null, now: number) {
  const wait = waitOf(visit, 'provider', now);
  const own = visit.providerSegments.filter((each) => each.providerId === providerId);
  if (!wait || own.length === 0) return null;
  const state = own.some((each) => each.to === null) ? ('running' as const) : ('finished' as const);
  return { ...wait, state, ms: totalMs(own, now) };
}

/**
 * The same numbers per provider. A visit belongs to its present provider; time with the patient belongs to
 * whoever spent it, so that after a take-over both have theirs.
 */
export function providerMetrics(visits: readonly Visit[], now: number): Map<string | null, DayMetrics> {
  const ids = new Set(
    visits.flatMap((visit) => [visit.providerId, ...visit.providerSegments.map((each) => each.providerId)]),
  );
  return new Map(
    [...ids].map((id) => {
      const own = visits.filter((visit) => visit.providerId === id);
      const metrics = metricsBy(own, now, (visit, name) => waitOf(visit, name, now));
      const provider = intervalOf(
        visits.filter((visit) => !isHidden(visit.status)),
        'provider',
        (visit) => ownProviderTime(visit, id, now),
      );
      return [id, { ...metrics, intervals: { ...metrics.intervals, provider } }];
    }),
  );
}
