/** Write-back as a manager sees and holds it: what the clinic's file allows, what is in force, and what still waits. */
import { z } from 'zod';
import { writeBackModeSchema } from './entities.ts';
import { boardDateSchema, clinicIdSchema, instantSchema } from './ids.ts';
import { retentionReasonSchema } from './retention.ts';

const count = z.int().min(0);

export const writeBackStateSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    /** What is in force: the tighter of the file and the switch. */
    mode: writeBackModeSchema,
    /** The most that the clinic's file allows. */
    allowed: writeBackModeSchema,
    /** The running switch; null when nobody has touched it. */
    setting: z
      .strictObject({
        mode: writeBackModeSchema,
        reason: z.string().max(80),
        by: z.string().max(80),
        at: instantSchema,
      })
      .nullable(),
    /** Today, and days before it whose outbox still has something to do, newest first. */
    days: z.array(
      z.strictObject({
        date: boardDateSchema,
        inSync: count,
        waiting: count,
        failed: count,
        conflict: count,
        off: count,
      }),
    ),
  })
  .meta({ id: 'WriteBackState' });
export type WriteBackState = z.infer<typeof writeBackStateSchema>;

/** The reason is a code or the number of a ticket. */
export const postWriteBackSchema = z
  .strictObject({ mode: writeBackModeSchema, reason: retentionReasonSchema })
  .meta({ id: 'PostWriteBack' });
export type PostWriteBack = z.infer<typeof postWriteBackSchema>;
