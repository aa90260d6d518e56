/** Jobs between the API and the workers. Payloads carry opaque ids only. */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema, userIdSchema } from './ids.ts';

/** BullMQ key prefix: one hash tag, so that a cluster keeps a queue on one shard. */
export const queuePrefix = '{bq:ehr}';
export const scheduleSyncQueue = 'schedule-sync';
export const personDetailsQueue = 'person-details';

/** Reads a clinic's day from the EHR. Jobs of one board never run at the same time. */
export const scheduleSyncJobSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    /** Null: the clinic's present local day at the moment the job runs. */
    date: boardDateSchema.nullable(),
    trigger: z.enum(['manual', 'timer', 'start']),
    requestedBy: userIdSchema,
  })
  .meta({ id: 'ScheduleSyncJob' });
export type ScheduleSyncJob = z.infer<typeof scheduleSyncJobSchema>;

/** Reads the patients behind a board's cards, one by one at the EHR's pace. */
export const personDetailsJobSchema = z
  .strictObject({ clinic: clinicIdSchema, date: boardDateSchema })
  .meta({ id: 'PersonDetailsJob' });
export type PersonDetailsJob = z.infer<typeof personDetailsJobSchema>;

export const retentionQueue = 'retention';

/** Carries out what the retention schedule asks for at a clinic today. Repeating it does nothing twice. */
export const retentionSweepJobSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    trigger: z.enum(['timer', 'start', 'manual']),
    requestedBy: userIdSchema,
  })
  .meta({ id: 'RetentionSweepJob' });
export type RetentionSweepJob = z.infer<typeof retentionSweepJobSchema>;
