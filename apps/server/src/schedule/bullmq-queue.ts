import { Fault, queuePrefix, type ScheduleSyncJob, scheduleSyncQueue } from '@workflow-bolt/contracts';
import { type ConnectionOptions, Queue } from 'bullmq';
import type { JobQueue } from './job-queue.ts';

/** Finished jobs stay a day, so that a screen can still ask for one; failures stay a week. As the workers keep them. */
const kept = {
  removeOnComplete: { age: 86_400, count: 1_000 },
  removeOnFail: { age: 604_800, count: 1_000 },
};
/** Longer than this a person does not wait for "accepted". */
const addTimeoutMs = 2_000;

/** The queue that the workers read. Its connection must fail at once while Redis is away. */
export function createBullmqQueue(connection: ConnectionOptions, onError: (error: Error) => void): JobQueue {
  const queue = new Queue<ScheduleSyncJob>(scheduleSyncQueue, {
    connection,
    prefix: queuePrefix,
    defaultJobOptions: kept,
  });
  queue.on('error', onError);
  return {
    addScheduleSync: async (job) => {
      // A second request while one waits or runs is answered with the job that is there.
      const deduplication = { id: `sync-${job.clinic}-${job.date ?? 'today'}` };
      const added = await withinTime(queue.add('sync', job, { deduplication }));
      return added.id ?? '';
    },
    close: () => queue.close(),
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
