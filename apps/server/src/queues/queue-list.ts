/** Every queue of this product, as this process reads them. */
import {
  personDetailsQueue,
  queuePrefix,
  reconcileQueue,
  retentionQueue,
  scheduleSyncQueue,
} from '@workflow-bolt/contracts';
import { type ConnectionOptions, Queue } from 'bullmq';

export const queueNames = [scheduleSyncQueue, personDetailsQueue, reconcileQueue, retentionQueue] as const;

export type QueueList = {
  all: readonly Queue[];
  find: (name: string) => Queue | undefined;
  close: () => Promise<void>;
};

/** Opens them on a connection that fails at once while Redis is away. */
export function openQueues(connection: ConnectionOptions): QueueList {
  const all = queueNames.map((name) => {
    const queue = new Queue(name, { connection, prefix: queuePrefix });
    queue.on('error', () => {});
    return queue;
  });
  return {
    all,
    find: (name) => all.find((queue) => queue.name === name),
    close: async () => {
      await Promise.all(all.map((queue) => queue.close()));
    },
  };
}
