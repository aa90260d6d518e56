/** What was noticed, what was done about it at once, and what a person made of it. Ids and codes only. */
import { z } from 'zod';
import { clinicIdSchema, instantSchema } from './ids.ts';

export const detectionRuleIds = [
  'HT-1',
  'HT-2R',
  'HT-2F',
  'HT-2T',
  'HT-3',
  'SE-1',
  'ACE-1',
  'ACE-1X',
  'ACE-2',
  'UT-1C',
  'UT-1S',
  'UT-1F',
  'UT-2',
  'BTG-1',
  'BTG-1U',
  'REV-1',
  'AUD-1',
  'AUD-2',
  'KEY-1',
] as const;
export const detectionRuleIdSchema = z.enum(detectionRuleIds).meta({ id: 'DetectionRuleId' });
export type DetectionRuleId = z.infer<typeof detectionRuleIdSchema>;

/** What happens by itself, besides the alert and its review. */
export const detectionResponses = [
  'revoke-session',
  'revoke-account',
  'block-account',
  'block-network',
  'freeze-deletions',
] as const;
export type DetectionResponse = (typeof detectionResponses)[number];

export const reviewOutcomes = ['benign', 'training', 'misuse', 'incident'] as const;
export type AlertReviewOutcome = (typeof reviewOutcomes)[number];

const who = z.string().max(128).nullable();
export const alertSchema = z
  .strictObject({
    id: z.string().regex(/^[0-9a-f]{24}$/),
    rule: detectionRuleIdSchema,
    severity: z.enum(['notice', 'high', 'critical']),
    /** Null for what concerns the installation, such as somebody who never signed in. */
    clinic: clinicIdSchema.nullable(),
    at: instantSchema,
    /** Account and network address it is about; null where it is not known. */
    uid: who,
    network: who,
    /** The number that went over the rule's limit. */
    count: z.int().min(1),
    responses: z.array(z.enum(detectionResponses)),
    /** By then somebody must have looked at it. */
    reviewDueAt: instantSchema,
    review: z
      .strictObject({ by: z.string().max(128), at: instantSchema, outcome: z.enum(reviewOutcomes) })
      .nullable(),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alertSchema>;

export const alertsResponseSchema = z
  .strictObject({ now: instantSchema, alerts: z.array(alertSchema) })
  .meta({ id: 'Alerts' });
export const alertsQuerySchema = z.strictObject({
  state: z.enum(['open', 'reviewed', 'all']).default('open').meta({ description: 'Which alerts.' }),
});
export const alertReviewRequestSchema = z
  .strictObject({ clinic: clinicIdSchema.nullable(), outcome: z.enum(reviewOutcomes) })
  .meta({ id: 'AlertReviewRequest' });
