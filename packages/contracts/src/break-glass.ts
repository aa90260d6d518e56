/**
 * Access in an emergency (45 CFR 164.312(a)(2)(ii)): one patient of one board, for an hour, with a reason, on the
 * record, and judged by somebody else within three days.
 */
import { z } from 'zod';
import { auditEventSchema } from './audit.ts';
import {
  boardDateSchema,
  clinicIdSchema,
  instantSchema,
  textLine,
  userIdSchema,
  visitIdSchema,
} from './ids.ts';

/** How long an emergency access lasts. */
export const glassMs = 3_600_000;
/** How soon somebody else must have judged it. */
export const glassReviewMs = 72 * 3_600_000;

export const glassReasonCodes = [
  'emergency-treatment',
  'covering-colleague',
  'patient-safety',
  'other',
] as const;
export const glassOutcomes = ['justified', 'training-needed', 'not-justified'] as const;

/** UUIDv4 of one emergency access. */
export const glassIdSchema = z.uuid().meta({ id: 'BreakGlassId' });

export const openGlassRequestSchema = z
  .strictObject({
    reasonCode: z.enum(glassReasonCodes),
    /** Read by whoever reviews it; a word is not a reason. */
    reason: textLine(500).min(15, { error: 'say in at least 15 characters why' }),
  })
  .meta({ id: 'BreakGlassRequest' });
export type OpenGlassRequest = z.infer<typeof openGlassRequestSchema>;

export const glassReviewRequestSchema = z
  .strictObject({ outcome: z.enum(glassOutcomes), comment: textLine(500).min(15) })
  .meta({ id: 'BreakGlassReviewRequest' });
export type GlassReviewRequest = z.infer<typeof glassReviewRequestSchema>;

export const glassListRequestSchema = z
  .strictObject({ uid: userIdSchema, isListed: z.boolean(), reason: textLine(300) })
  .meta({ id: 'BreakGlassListRequest' });

/** What the page of the person shows in red for as long as it lasts. */
export const openGlassSchema = z
  .strictObject({
    id: glassIdSchema,
    clinic: clinicIdSchema,
    date: boardDateSchema,
    visitId: visitIdSchema,
    openedAt: instantSchema,
    expiresAt: instantSchema,
  })
  .meta({ id: 'OpenBreakGlass' });
export const ownGlassResponseSchema = z
  .strictObject({ now: instantSchema, open: z.array(openGlassSchema) })
  .meta({ id: 'OwnBreakGlass' });

export const glassRecordSchema = openGlassSchema
  .extend({
    uid: userIdSchema,
    name: z.string(),
    reasonCode: z.enum(glassReasonCodes),
    /** Null for readers who may see that it was used, but not what was typed. */
    reason: z.string().nullable(),
    endedAt: instantSchema.nullable(),
    reviewDueAt: instantSchema,
    isOverdue: z.boolean(),
    review: z
      .strictObject({
        outcome: z.enum(glassOutcomes),
        comment: z.string().nullable(),
        by: userIdSchema,
        at: instantSchema,
      })
      .nullable(),
  })
  .meta({ id: 'BreakGlassRecord' });
export type GlassRecord = z.infer<typeof glassRecordSchema>;

export const glassRegisterResponseSchema = z
  .strictObject({
    records: z.array(glassRecordSchema),
    listed: z.array(z.strictObject({ uid: userIdSchema, by: userIdSchema, at: instantSchema })),
  })
  .meta({ id: 'BreakGlassRegister' });

/** What a reviewer reads of one emergency access: more rows than an hour of work makes. */
export const glassUseRowsMax = 1_000;

/** One act under an emergency access, as the record has it; ids and closed words only. */
export const glassUseRowSchema = auditEventSchema
  .pick({ ts: true, sub: true, act: true, out: true, why: true, cmd: true })
  .extend({
    /** What was read, such as `visit.history`. */
    what: z.string().optional(),
    /** Names of the fields that were read or changed, never their values. */
    fields: z.array(z.string()),
  })
  .meta({ id: 'BreakGlassUseRow' });
export type GlassUseRow = z.infer<typeof glassUseRowSchema>;

export const glassUseResponseSchema = z
  .strictObject({
    /** In the order in which it happened. */
    rows: z.array(glassUseRowSchema),
    /** True when there was more than `glassUseRowsMax`. */
    isCut: z.boolean(),
    /** What happened later than this may not be in it yet; null while nothing is sealed. */
    sealedThrough: instantSchema.nullable(),
  })
  .meta({ id: 'BreakGlassUse' });
