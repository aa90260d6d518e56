/** The worker's own figures for Prometheus; those of the link to the EHR stand in `link-metrics.ts`. */
import type { Beat } from '@workflow-bolt/contracts';
import { loopLookMs } from '@workflow-bolt/store';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { JobLag } from './worker-health.ts';
import type { WriteBackBacklog } from './write-back/write-back-backlog.ts';

export type WorkerFigures = {
  lag: () => JobLag;
  record: () => Beat['record'];
  backlog: () => WriteBackBacklog;
  /** Clinics with an offline key, and when the newest roster of each was made (epoch ms); null for never. */
  rosters: () => ReadonlyMap<string, number | null>;
};

export class WorkerMetrics {
  readonly registry = new Registry();

  constructor(figures: WorkerFigures) {
    collectDefaultMetrics({
      ...{ register: this.registry, prefix: 'bolt_' },
      eventLoopMonitoringPrecision: loopLookMs,
    });
    this.#gauge(
      'bolt_jobs_waiting',
      'Readings of a schedule that wait for a worker.',
      () => figures.lag().jobs,
    );
    this.#gauge(
      'bolt_jobs_oldest_seconds',
      'How long the oldest of them has waited.',
      () => figures.lag().jobsMs / 1_000,
    );
    this.#gauge(
      'bolt_record_sealed_timestamp_seconds',
      'When this worker last sealed the record of accesses; 0 when it never did.',
      () => (figures.record()?.lastGoodAt ?? 0) / 1_000,
    );
    this.#addBacklog(figures.backlog);
    this.#addRosters(figures.rosters);
  }

  stop(): void {
    this.registry.clear();
  }

  #addBacklog(backlog: () => WriteBackBacklog): void {
    this.#gauge(
      'bolt_write_back_oldest_seconds',
      'How long the oldest step has waited to be written to the EHR by this worker; 0 when none does.',
      () => {
        const { oldestAt } = backlog();
        return oldestAt === null ? 0 : Math.max(0, Date.now() - oldestAt) / 1_000;
      },
    );
    new Gauge({
      name: 'bolt_write_back_visits',
      help: 'Visits on the boards that this worker writes back, by how they stand: waiting, failed, conflict.',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const { waiting, failed, conflict } = backlog();
        for (const [state, count] of Object.entries({ waiting, failed, conflict }))
          this.set({ state }, count);
      },
    });
  }

  #addRosters(rosters: WorkerFigures['rosters']): void {
    new Gauge({
      name: 'bolt_downtime_roster_age_seconds',
      help: 'Age of the newest downtime roster of a clinic that has an offline key; infinite when there is none.',
      labelNames: ['clinic'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [clinic, at] of rosters())
          this.set({ clinic }, at === null ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - at) / 1_000);
      },
    });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
