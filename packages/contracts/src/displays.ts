/** Screens on walls: a device with a token of its own, which shows initials and rooms and can ask for nothing else. */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema, instantSchema, textLine, userIdSchema, zoneSchema } from './ids.ts';

/** `boltd_<id>_<secret>`: 80 random bits of name, 256 of secret. */
export const displayTokenSchema = z
  .string()
  .regex(/^boltd_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/, { error: 'not a display token' })
  .meta({ id: 'DisplayToken' });
export const displayIdSchema = z
  .string()
  .regex(/^[a-z2-7]{16}$/)
  .meta({ id: 'DisplayId' });

export const displaySchema = z
  .strictObject({
    id: displayIdSchema,
    clinic: clinicIdSchema,
    name: textLine(80),
    enrolledBy: userIdSchema,
    enrolledAt: instantSchema,
  })
  .meta({ id: 'Display' });
export type Display = z.infer<typeof displaySchema>;

export const displaysResponseSchema = z
  .strictObject({ displays: z.array(displaySchema) })
  .meta({ id: 'Displays' });
export const enrolDisplayRequestSchema = z
  .strictObject({ name: textLine(80) })
  .meta({ id: 'EnrolDisplayRequest' });
/** The token is shown this once. */
export const enrolDisplayResponseSchema = z
  .strictObject({ display: displaySchema, token: displayTokenSchema })
  .meta({ id: 'EnrolledDisplay' });
export const displayTokenRequestSchema = z
  .strictObject({ token: displayTokenSchema })
  .meta({ id: 'DisplayTokenRequest' });
export const ownDisplayResponseSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    name: z.string(),
    zone: zoneSchema,
    /** The clinic's present day: a screen that hangs overnight asks again. */
    today: boardDateSchema,
    now: instantSchema,
  })
  .meta({ id: 'OwnDisplay' });
export const displayHereResponseSchema = z
  .strictObject({ clinic: clinicIdSchema, name: z.string() })
  .meta({ id: 'DisplayHere' });
