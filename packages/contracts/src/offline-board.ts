/**
 * The offline board: what a screen may keep of the last known board where the clinic has decided so, in writing. Steps,
 * rooms, times and short names (levels L0 and L1); nothing that says who somebody is or why they are here.
 */
import { z } from 'zod';
import { visitStatusSchema } from './entities.ts';
import { boardDateSchema, clinicIdSchema, instantSchema, textLine, zoneSchema } from './ids.ts';

/** A clinic that keeps the board on its devices says why: without it nothing of a patient stays in a browser. */
export const clinicOfflineBoardSchema = z
  .strictObject({ reason: textLine(500) })
  .meta({ id: 'ClinicOfflineBoard' });

/** After so long nobody is helped by it, and it is removed. */
export const offlineBoardLifeMs = 12 * 3_600_000;

export const offlineRowSchema = z.strictObject({
  status: visitStatusSchema,
  statusSince: instantSchema,
  startAt: instantSchema.nullable(),
  arrivedAt: instantSchema.nullable(),
  /** "Ann S."; initials where the visit is private. */
  name: z.string().max(160),
  provider: z.string().max(80).nullable(),
  room: z.string().max(40).nullable(),
});
export type OfflineRow = z.infer<typeof offlineRowSchema>;

export const offlineBoardSchema = z.strictObject({
  v: z.literal(1),
  clinic: clinicIdSchema,
  clinicName: z.string().max(120),
  date: boardDateSchema,
  zone: zoneSchema,
  /** When the board was last proved to be current, epoch ms. */
  asOf: instantSchema,
  rows: z.array(offlineRowSchema).max(5_000),
});
export type OfflineBoard = z.infer<typeof offlineBoardSchema>;

export const offlineShareResponseSchema = z
  .strictObject({
    /** Half of the key, for this session only and for memory only; null where the clinic keeps nothing on devices. */
    share: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .nullable(),
  })
  .meta({ id: 'OfflineShare' });
