/** The queues of jobs as operators see them. What a job holds are opaque ids, codes and counts. */
import { z } from 'zod';
import { instantSchema } from './ids.ts';

/** Where the page of the queues is; its own requests go below it. */
export const queueBoardPath = '/queues';

/** A name of the list that the server knows; another is not there. */
export const queueNameSchema = z.string().regex(/^[a-z][a-z-]{1,39}$/);
/** BullMQ numbers jobs; those of a timer are named by it and their moment. */
export const jobIdSchema = z.string().regex(/^[A-Za-z0-9:_.-]{1,160}$/);

export const failedJobSchema = z.strictObject({
  id: z.string().max(160),
  name: z.string().max(80),
  failedAt: instantSchema.nullable(),
  /** A code of this product, or the kind of an error; never its sentence. */
  reason: z.string().max(120),
  attempts: z.int().min(0),
});

const queueCounts = z.strictObject({
  waiting: z.int().min(0),
  active: z.int().min(0),
  delayed: z.int().min(0),
  failed: z.int().min(0),
  completed: z.int().min(0),
});

export const queueSummarySchema = z
  .strictObject({
    queue: queueNameSchema,
    counts: queueCounts,
    /** Newest first, the last twenty. */
    failed: z.array(failedJobSchema).max(20),
  })
  .meta({ id: 'QueueSummary' });
export type QueueSummary = z.infer<typeof queueSummarySchema>;

export const queuesResponseSchema = z
  .strictObject({ queues: z.array(queueSummarySchema) })
  .meta({ id: 'QueuesResponse' });
