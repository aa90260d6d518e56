import {
  Fault,
  queuePrefix,
  type ReconcileJob,
  reconcileQueue,
  type ScheduleSyncJob,
  scheduleSyncQueue,
} from '@workflow-bolt/contracts';
import { type ConnectionOptions, Queue } from 'bullmq';
import type { JobQueue } from './job-queue.ts';

/** Finished jobs stay a day, so that a screen can still ask for one; failures stay a week. As the workers keep them. */
const kept = {
  removeOnComplete: { age: 86_400, count: 1_000 },
  removeOnFail: { age: 604_800, count: 1_000 },
};
/** Longer than this a person does not wait for "accepted". */
const addTimeoutMs = 2_000;

/** The queues that the workers read. Their connection must fail at once while Redis is away. */
export function createBullmqQueue(connection: ConnectionOptions, onError: (error: Error) => void): JobQueue {
  const options = { connection, prefix: queuePrefix, defaultJobOptions: kept };
  const queue = new Queue<ScheduleSyncJob>(scheduleSyncQueue, options);
  const comparisons = new Queue<ReconcileJob>(reconcileQueue, options);
  for (const each of [queue, comparisons]) each.on('error', onError);
  return {
    addScheduleSync: async (job) => {
      // A second request while one waits or runs is answered with the job that is there.
      const deduplication = { id: `sync-${job.clinic}-${job.date ?? 'today'}` };
      const added = await withinTime(queue.add('sync', job, { deduplication }));
      return added.id ?? '';
    },
    addReconcile: async (job) => {
      const deduplication = { id: `drift-${job.clinic}-${job.date ?? 'today'}` };
      const added = await withinTime(comparisons.add('reconcile', job, { deduplication }));
      return added.id ?? '';
    },
    close: async () => {
      await Promise.all([queue.close(), comparisons.close()]);
    },
  };
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the queue did not answer')), addTimeoutMs);
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    throw new Fault('store_unavailable', {}, error);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
