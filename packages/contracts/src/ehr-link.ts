/** The link to the EHR as operators see and hold it: one circuit breaker for reads, one for writes. */
import { z } from 'zod';
import { instantSchema } from './ids.ts';
import { retentionReasonSchema } from './retention.ts';

export const ehrLanes = ['reads', 'writes'] as const;
export type EhrLane = (typeof ehrLanes)[number];

/** `half_open`: a few calls try whether it works again. The forced ones are held by a person. */
export const breakerStates = ['closed', 'open', 'half_open', 'forced_open', 'forced_closed'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** A short name of the EHR account, from which its key cannot be found. */
export const ehrAccountSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const breakerSchema = z
  .strictObject({
    lane: z.enum(ehrLanes),
    state: z.enum(breakerStates),
    since: instantSchema.nullable(),
    /** When it may be tried again, or a forced state ends; null when neither. */
    till: instantSchema.nullable(),
    /** failures, slow, credentials, recovered, ended, or a person's reason. */
    why: z.string().max(300),
    /** The person who forced it; empty when it turned by itself. */
    by: z.string().max(80),
    /** How often it opened without recovering. */
    opens: z.int().min(0),
    /** Permits of a half-open breaker that are out. */
    permits: z.int().min(0),
    /** Outcomes in its window. */
    calls: z.int().min(0),
    failed: z.int().min(0),
    slow: z.int().min(0),
  })
  .meta({ id: 'Breaker' });
export type Breaker = z.infer<typeof breakerSchema>;

export const breakerChangeSchema = z
  .strictObject({
    at: instantSchema,
    lane: z.enum(ehrLanes),
    from: z.enum(breakerStates),
    to: z.enum(breakerStates),
    why: z.string(),
    by: z.string(),
    till: instantSchema.nullable(),
  })
  .meta({ id: 'BreakerChange' });
export type BreakerChange = z.infer<typeof breakerChangeSchema>;

export const ehrLinkSchema = z
  .strictObject({
    accounts: z.array(
      z.strictObject({
        account: ehrAccountSchema,
        breakers: z.array(breakerSchema),
        /** Newest first, the last hundred. */
        history: z.array(breakerChangeSchema),
      }),
    ),
  })
  .meta({ id: 'EhrLink' });

/** A forced state ends by itself after `minutes`; null holds it until somebody lifts it. */
export const forceBreakerSchema = z
  .strictObject({
    lane: z.enum(ehrLanes),
    action: z.enum(['open', 'close', 'reset']),
    /** A code or the number of a ticket: every operator sees it. */
    reason: retentionReasonSchema,
    minutes: z.int().min(1).max(1_440).nullable(),
  })
  .meta({ id: 'ForceBreaker' });
export type ForceBreaker = z.infer<typeof forceBreakerSchema>;
