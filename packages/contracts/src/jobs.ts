/** Background jobs: the queue's name and what a job carries. Payloads hold ids only, never patient data. */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema, userIdSchema } from './ids.ts';

export const jobTriggers = ['manual', 'schedule', 'startup'] as const;

/** Read one clinic day from the EHR and bring the board up to it. */
export const syncJobSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    date: boardDateSchema,
    /** The user who asked; null when a timer did. */
    requestedBy: userIdSchema.nullable(),
    trigger: z.enum(jobTriggers),
  })
  .meta({ id: 'SyncJobPayload' });
export type SyncJob = z.infer<typeof syncJobSchema>;

/** Every queue: its name in Redis, the schema of its payload, what it does. */
export const jobs = {
  sync: { queue: 'sync', payload: syncJobSchema, summary: 'Read a clinic day from the EHR.' },
} as const;
export type JobName = keyof typeof jobs;

/** How many finished jobs stay readable, and for how long (seconds). */
export const jobRetention = { completedMax: 200, failedMax: 500, ageSec: 86_400 } as const;

/**
 * Deterministic part of a sync job's id: one day of one clinic is never pulled twice at the same time,
 * so a second request while one waits or runs is answered with the job that is already there.
 */
export const syncJobId = (job: Pick<SyncJob, 'clinic' | 'date'>): string => `sync-${job.clinic}-${job.date}`;

/** Key that a worker renews while it lives (milliseconds since the epoch, as text), and for how long it is believed. */
export const workerHeartbeat = { key: 'bolt:worker:heartbeat', everyMs: 5_000, ttlMs: 20_000 } as const;

/** Key in which a worker keeps the EHR's last health as JSON (`ehrHealthSchema`). */
export const ehrHealthKey = 'bolt:ehr:health';
export const ehrHealthSchema = z
  .strictObject({
    isOk: z.boolean(),
    at: z.int(),
    latencyMs: z.number().nullable(),
    detail: z.string().max(200).nullable(),
  })
  .meta({ id: 'EhrHealth' });
export type EhrHealth = z.infer<typeof ehrHealthSchema>;
