/** Which keys there are and what stands under them, and the order to make a new one. Ids and counts, never a key. */
import { z } from 'zod';
import { clinicIdSchema, instantSchema } from './ids.ts';
import { keyPeriodSchema, keyPurposes, keyStates } from './vault.ts';

const kid = z.string().max(80);

/** `numSealed`: keys below it that are sealed by it. A former key goes once it is 0 and ten minutes have passed. */
export const keyInUseSchema = z
  .strictObject({ kid, isNewest: z.boolean(), numSealed: z.int().min(0) })
  .meta({ id: 'KeyInUse' });
export type KeyInUse = z.infer<typeof keyInUseSchema>;

export const clinicKeysSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    keys: z.array(keyInUseSchema),
    /** Keys of the clinic that are still wrapped by a former top key. */
    numFormerWraps: z.int().min(0),
    months: z.array(
      z.strictObject({ period: keyPeriodSchema, isDestroyed: z.boolean(), keys: z.array(keyInUseSchema) }),
    ),
  })
  .meta({ id: 'ClinicKeys' });
export type ClinicKeys = z.infer<typeof clinicKeysSchema>;

export const keysResponseSchema = z
  .strictObject({
    kind: z.enum(['local-file', 'google-kms']),
    top: z.array(
      z.strictObject({
        purpose: z.enum(keyPurposes),
        kid,
        state: z.enum(keyStates),
        createdAt: instantSchema,
      }),
    ),
    clinics: z.array(clinicKeysSchema),
  })
  .meta({ id: 'KeysInUse' });
export type KeysResponse = z.infer<typeof keysResponseSchema>;

/** What can be renewed here: not the key that signs the record, which stays for the life of its logs. */
export const keyRotationRequestSchema = z
  .discriminatedUnion('level', [
    z.strictObject({ level: z.literal('top'), purpose: z.enum(['phi', 'credentials', 'session-mac']) }),
    z.strictObject({ level: z.literal('clinic'), clinic: clinicIdSchema }),
    z.strictObject({ level: z.literal('month'), clinic: clinicIdSchema, period: keyPeriodSchema }),
  ])
  .meta({ id: 'KeyRotationRequest' });
export type KeyRotationRequest = z.infer<typeof keyRotationRequestSchema>;
export const keyRotationResponseSchema = z.strictObject({ kid }).meta({ id: 'KeyRotation' });
