/** The worker's own figures for Prometheus; those of the link to the EHR stand in `link-metrics.ts`. */
import type { Beat } from '@workflow-bolt/contracts';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { JobLag } from './worker-health.ts';

export type WorkerFigures = { lag: () => JobLag; record: () => Beat['record'] };

export class WorkerMetrics {
  readonly registry = new Registry();

  constructor(figures: WorkerFigures) {
    collectDefaultMetrics({ register: this.registry, prefix: 'bolt_' });
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
  }

  stop(): void {
    this.registry.clear();
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
