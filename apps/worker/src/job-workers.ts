import {
  Fault,
  type PersonDetailsJob,
  personDetailsJobSchema,
  personDetailsQueue,
  queuePrefix,
  type ScheduleSyncJob,
  scheduleSyncJobSchema,
  scheduleSyncQueue,
} from '@workflow-bolt/contracts';
import { Queue, Worker, type WorkerOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

export type JobHandlers = {
  syncSchedule: (job: ScheduleSyncJob, jobId: string, signal: AbortSignal) => Promise<unknown>;
  readPersonDetails: (job: PersonDetailsJob, signal: AbortSignal) => Promise<unknown>;
  onFailure: (queue: string, jobId: string, error: Error) => void;
};

/**
 * What the queue keeps of a failure: a code or the kind of error. Its sentence and stack would lie in Redis for a week,
 * and may quote what was worked on.
 */
class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Does the work of a job; what it throws reaches the queue as a code. */
export async function toldByCode<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const failed = new JobFailed(error instanceof Fault ? error.code : (error as Error).name);
    failed.stack = `${failed.name}: ${failed.message}`;
    throw failed;
  }
}

/**
 * A dead worker's job is taken up when its lock has ended and the next look has come: within 10 s together. The lock is
 * renewed at half of it. A worker that stood still for longer finds its job with another, which harms nothing.
 */
export const jobLock = { lockDuration: 6_000, stalledInterval: 3_000, maxStalledCount: 5 } as const;

export type JobConnections = {
  /** For adding jobs: fails fast. */
  queue: Redis | Cluster;
  /** For BullMQ's blocking reads: `maxRetriesPerRequest: null`. */
  blocking: () => Redis | Cluster;
};

/** Finished jobs stay a day, so that a screen can still ask for one; failures stay a week. */
const kept = {
  removeOnComplete: { age: 86_400, count: 1_000 },
  removeOnFail: { age: 604_800, count: 1_000 },
};

export type JobWorkers = {
  /** Every so many seconds a pull of the clinic's present day; a changed interval replaces the former one. */
  scheduleClinic: (clinic: string, everySeconds: number) => Promise<void>;
  requestSync: (job: ScheduleSyncJob) => Promise<void>;
  requestDetails: (job: PersonDetailsJob) => Promise<void>;
  /** Readings of a schedule that wait for a worker, and how long the oldest has, ms. Throws what the queue throws. */
  lag: () => Promise<{ jobs: number; jobsMs: number }>;
  start: () => void;
  /** Lets running jobs end for so many ms, then cancels them; they are taken up again elsewhere. */
  stop: (graceMs: number) => Promise<void>;
};

/** The queues of this product and the processors that serve them. */
export function createJobWorkers(connections: JobConnections, handlers: JobHandlers): JobWorkers {
  const cancel = new AbortController();
  const queueOptions = { connection: connections.queue, prefix: queuePrefix, defaultJobOptions: kept };
  const syncQueue = new Queue(scheduleSyncQueue, queueOptions);
  const detailsQueue = new Queue(personDetailsQueue, queueOptions);
  // One job at a time per process and queue: the EHR's limits, not this machine, decide the pace.
  const options = (): WorkerOptions => ({
    connection: connections.blocking(),
    prefix: queuePrefix,
    concurrency: 1,
    autorun: false,
    ...jobLock,
  });
  const workers = [
    new Worker(
      scheduleSyncQueue,
      (job) =>
        toldByCode(
          handlers.syncSchedule(scheduleSyncJobSchema.parse(job.data), job.id ?? 'unnamed', cancel.signal),
        ),
      options(),
    ),
    new Worker(
      personDetailsQueue,
      (job) => toldByCode(handlers.readPersonDetails(personDetailsJobSchema.parse(job.data), cancel.signal)),
      options(),
    ),
  ];
  for (const worker of workers) {
    worker.on('failed', (job, error) => handlers.onFailure(worker.name, job?.id ?? 'unnamed', error));
    worker.on('error', (error) => handlers.onFailure(worker.name, 'connection', error));
  }
  const boardOf = (job: { clinic: string; date: string | null }) => `${job.clinic}-${job.date ?? 'today'}`;
  return {
    async scheduleClinic(clinic, everySeconds) {
      const data: ScheduleSyncJob = { clinic, date: null, trigger: 'timer', requestedBy: 'system' };
      await syncQueue.upsertJobScheduler(
        `timer-${clinic}`,
        { every: everySeconds * 1_000 },
        { name: 'sync', data },
      );
    },
    async requestSync(job) {
      await syncQueue.add('sync', job, { deduplication: { id: `sync-${boardOf(job)}` } });
    },
    async requestDetails(job) {
      await detailsQueue.add('details', job, { deduplication: { id: `details-${boardOf(job)}` } });
    },
    async lag() {
      const [jobs, [oldest]] = await Promise.all([
        syncQueue.getWaitingCount(),
        syncQueue.getJobs(['waiting'], 0, 0, true),
      ]);
      return { jobs, jobsMs: oldest ? Math.max(0, Date.now() - oldest.timestamp) : 0 };
    },
    start() {
      for (const worker of workers) void worker.run();
    },
    async stop(graceMs) {
      const timer = setTimeout(() => cancel.abort(), graceMs);
      await Promise.all(workers.map((worker) => worker.close()));
      clearTimeout(timer);
      await Promise.all([syncQueue.close(), detailsQueue.close()]);
    },
  };
}
