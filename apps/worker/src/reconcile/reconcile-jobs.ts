/** Comparisons with the EHR as jobs: each clinic's present day every hour, on demand, and after the EHR was away. */
import { queuePrefix, type ReconcileJob, reconcileJobSchema, reconcileQueue } from '@workflow-bolt/contracts';
import { type Job, Queue, Worker } from 'bullmq';
import { type JobConnections, jobLock, toldByCode } from '../job-workers.ts';
import type { ReconcileResult } from './reconcile-day.ts';

/** One list call an hour, of the 2,880 that the account may make. */
export const everyMs = 3_600_000;
/** After the first readings of a new process, and well before anybody asks what the night changed. */
export const firstAfterMs = 600_000;
/** Several workers ask for the same hour: the first request stands for all. */
const sameHourMs = 3_000_000;
/** A breaker that closes and opens again is one recovery. */
const sameRecoveryMs = 60_000;

/** Counts of a quarter of a year would say nothing: a report stands beside the board for a week. */
const kept = {
  removeOnComplete: { age: 86_400, count: 1_000 },
  removeOnFail: { age: 604_800, count: 1_000 },
};

export type ReconcileJobParts = {
  connections: JobConnections;
  /** Clinics with a link to an EHR. */
  clinics: readonly string[];
  reconcile: (job: ReconcileJob, jobId: string, signal: AbortSignal) => Promise<ReconcileResult | null>;
  onFailure: (queue: string, jobId: string, error: Error) => void;
  /** Instead of the hour and its beginning, ms. */
  timing?: { everyMs: number; firstAfterMs: number };
};

export class ReconcileJobs {
  readonly #parts: ReconcileJobParts;
  readonly #cancel = new AbortController();
  readonly #queue: Queue;
  readonly #worker: Worker;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: ReconcileJobParts) {
    this.#parts = parts;
    const { connections, onFailure } = parts;
    const shared = { prefix: queuePrefix };
    this.#queue = new Queue(reconcileQueue, {
      ...{ ...shared, connection: connections.queue, defaultJobOptions: kept },
    });
    this.#queue.on('error', (error) => onFailure(reconcileQueue, 'connection', error));
    this.#worker = new Worker(reconcileQueue, (job) => toldByCode(this.#process(job)), {
      ...{ ...shared, connection: connections.blocking(), concurrency: 1, autorun: false },
      ...jobLock,
    });
    this.#worker.on('failed', (job, error) => onFailure(reconcileQueue, job?.id ?? 'unnamed', error));
    this.#worker.on('error', (error) => onFailure(reconcileQueue, 'connection', error));
  }

  /** Begins to take jobs, and to ask for one for every clinic each hour. */
  start(): void {
    void this.#worker.run();
    const { firstAfterMs: first, everyMs: every } = this.#parts.timing ?? { firstAfterMs, everyMs };
    const ask = () => {
      this.#timer = setTimeout(ask, every).unref();
      this.#requestAll('timer', sameHourMs);
    };
    this.#timer = setTimeout(ask, first).unref();
  }

  /** The EHR answers again after it was held to be away: what differs now is worth knowing at once. */
  requestAfterRecovery(): void {
    this.#requestAll('recovery', sameRecoveryMs);
  }

  /** Lets a running comparison end within `graceMs`, then stops it. */
  async stop(graceMs: number): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#cancel.abort(), graceMs);
    await this.#worker.close();
    clearTimeout(timer);
    await this.#queue.close();
  }

  #requestAll(trigger: 'timer' | 'recovery', ttl: number): void {
    for (const clinic of this.#parts.clinics) {
      const data: ReconcileJob = { clinic, date: null, trigger, requestedBy: 'system' };
      const deduplication = { id: `${trigger}-${clinic}`, ttl };
      this.#queue
        .add('reconcile', data, { deduplication })
        .catch((error: Error) => this.#parts.onFailure(reconcileQueue, 'request', error));
    }
  }

  #process(job: Job): Promise<ReconcileResult | null> {
    const wish = reconcileJobSchema.parse(job.data);
    return this.#parts.reconcile(wish, job.id ?? 'unnamed', this.#cancel.signal);
  }
}
