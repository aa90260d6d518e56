/** Retention as jobs: a sweep of each clinic every night, and one when a worker starts. */
import {
  type ClinicSettings,
  queuePrefix,
  type RetentionSweepJob,
  retentionQueue,
  retentionSweepJobSchema,
} from '@workflow-bolt/contracts';
import { type Job, Queue, Worker } from 'bullmq';
import type { JobConnections } from '../job-workers.ts';

/** Between the end of evening clinics and the first pull of the morning. */
const nightly = '30 3 * * *';
/** Reports of a quarter: what was deleted when is asked later than what was read from the EHR. */
const kept = {
  removeOnComplete: { age: 7_776_000, count: 5_000 },
  removeOnFail: { age: 7_776_000, count: 5_000 },
  attempts: 5,
  backoff: { type: 'exponential', delay: 30_000 },
};

export type SweepProgress = (done: number, total: number, step: unknown) => Promise<void>;
export type RetentionJobParts = {
  connections: JobConnections;
  clinics: readonly ClinicSettings[];
  /** Carries out one sweep; what it returns is kept with the job. */
  sweep: (clinic: string, progress: SweepProgress) => Promise<unknown>;
  onFailure: (queue: string, jobId: string, error: Error) => void;
};

export class RetentionJobs {
  readonly #parts: RetentionJobParts;
  readonly #cancel = new AbortController();
  readonly #queue: Queue;
  readonly #worker: Worker;

  constructor(parts: RetentionJobParts) {
    this.#parts = parts;
    const { connections, onFailure } = parts;
    this.#queue = new Queue(retentionQueue, {
      connection: connections.queue,
      prefix: queuePrefix,
      defaultJobOptions: kept,
    });
    this.#queue.on('error', (error) => onFailure(retentionQueue, 'connection', error));
    this.#worker = new Worker(retentionQueue, (job) => this.#process(job), {
      connection: connections.blocking(),
      prefix: queuePrefix,
      concurrency: 1,
      autorun: false,
      // Renewed at half of it; the sweep of a worker that died is taken up after it, and does no step twice.
      lockDuration: 30_000,
      stalledInterval: 15_000,
      maxStalledCount: 5,
    });
    this.#worker.on('failed', (job, error) => onFailure(retentionQueue, job?.id ?? 'unnamed', error));
    this.#worker.on('error', (error) => onFailure(retentionQueue, 'connection', error));
  }

  /** Begins to take jobs, and asks for tonight's and today's sweeps. Throws what the queue throws. */
  async start(): Promise<void> {
    void this.#worker.run();
    for (const { id: clinic, zone } of this.#parts.clinics) {
      const data: RetentionSweepJob = { clinic, trigger: 'timer', requestedBy: 'system' };
      const template = { name: 'sweep', data };
      await this.#queue.upsertJobScheduler(`night-${clinic}`, { pattern: nightly, tz: zone }, template);
      await this.request({ clinic, trigger: 'start', requestedBy: 'system' });
    }
  }

  /** Asks for a sweep; while one of the clinic waits or runs, that one answers for both. */
  async request(job: RetentionSweepJob): Promise<void> {
    await this.#queue.add('sweep', job, { deduplication: { id: `sweep-${job.clinic}` } });
  }

  /** Lets a running sweep end within `graceMs`, then stops it at its next step. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#cancel.abort(), graceMs);
    await this.#worker.close();
    clearTimeout(timer);
    await this.#queue.close();
  }

  #process(job: Job): Promise<unknown> {
    const { clinic } = retentionSweepJobSchema.parse(job.data);
    return this.#parts.sweep(clinic, async (done, total, step) => {
      this.#cancel.signal.throwIfAborted();
      await job.updateProgress({ done, total, step });
    });
  }
}
