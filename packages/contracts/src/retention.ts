/**
 * How long each class of data lives, why, and what ends it: the schedule as data. Jobs follow it, the tables of the
 * documentation are printed from it. A clinic may change only what has a floor and a ceiling here.
 */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema, instantSchema, userIdSchema } from './ids.ts';

export const retentionClasses = [
  'flow',
  'messages',
  'sessions',
  'counters',
  'audit',
  'policies',
  'app-logs',
  'rosters',
  'backups',
  'key-backups',
  'metrics',
] as const;
export const retentionClassSchema = z.enum(retentionClasses).meta({ id: 'RetentionClass' });
export type RetentionClass = z.infer<typeof retentionClassSchema>;

export type RetentionRow = {
  about: string;
  /** Days in Redis; null where it never is there, or goes with its time to live. */
  hotDays: number | null;
  /** Days in all; null for without end. */
  totalDays: number | null;
  /** What a clinic may choose for `totalDays`, at least and at most; equal where it may not. */
  floorDays: number | null;
  ceilingDays: number | null;
  /** One key for each of these; its destruction ends every copy at once. */
  period: 'month' | null;
  /** `job`: the sweep of the worker. `ttl`: Redis. `bucket`: the lock and life cycle of the bucket. `sink`: the log store. */
  endedBy: 'job' | 'ttl' | 'bucket' | 'sink' | 'nobody';
  basis: string;
};

const sixYears = 2_190;
const tenYears = 3_650;

export const retentionSchedule: Readonly<Record<RetentionClass, RetentionRow>> = {
  flow: {
    about: 'Boards: visits, the people behind them, rooms, the log of the day, the index to find patients by',
    hotDays: 30,
    totalDays: 90,
    floorDays: 30,
    ceilingDays: 365,
    period: 'month',
    endedBy: 'job',
    basis: '164.502(b) minimum necessary; the EHR is the record of truth',
  },
  messages: {
    about: 'Messages to patients',
    hotDays: 30,
    totalDays: 365,
    floorDays: 30,
    ceilingDays: 365,
    period: 'month',
    endedBy: 'job',
    basis: 'business need',
  },
  sessions: {
    about: 'Sessions, tickets, one-time codes',
    hotDays: 1,
    totalDays: 1,
    floorDays: 1,
    ceilingDays: 1,
    period: null,
    endedBy: 'ttl',
    basis: '164.312(a)(2)(iii) automatic logoff',
  },
  counters: {
    about: 'Counters of throttling, searches and detection',
    hotDays: 90,
    totalDays: 90,
    floorDays: 1,
    ceilingDays: 90,
    period: null,
    endedBy: 'ttl',
    basis: '164.308(a)(5)(ii)(C) log-in monitoring',
  },
  audit: {
    about: 'The record of accesses, its checkpoints, disclosures',
    hotDays: 35,
    totalDays: tenYears,
    floorDays: sixYears,
    ceilingDays: null,
    period: null,
    endedBy: 'bucket',
    basis: '164.316(b)(2)(i), 164.528, ASTM E2147-18 4.1',
  },
  policies: {
    about: 'Policies, risk analyses, agreements, incidents, reviews (after they were last in effect)',
    hotDays: null,
    totalDays: sixYears,
    floorDays: sixYears,
    ceilingDays: null,
    period: null,
    endedBy: 'bucket',
    basis: '164.316(b)(2)(i)',
  },
  'app-logs': {
    about: 'Logs of the processes, without patient data',
    hotDays: 30,
    totalDays: 400,
    floorDays: 30,
    ceilingDays: 400,
    period: null,
    endedBy: 'sink',
    basis: 'operation and forensics',
  },
  rosters: {
    about: 'Downtime rosters, sealed for the key of the clinic; also never more than the clinic says (8)',
    hotDays: null,
    totalDays: 1,
    floorDays: 1,
    ceilingDays: 1,
    period: null,
    endedBy: 'job',
    basis: '164.312(a)(2)(ii) emergency access; 164.502(b) minimum necessary',
  },
  backups: {
    about: 'Backups of Redis, ciphertext only',
    hotDays: null,
    totalDays: 35,
    floorDays: 35,
    ceilingDays: 35,
    period: null,
    endedBy: 'bucket',
    basis: '164.308(a)(7)(ii)(A)',
  },
  'key-backups': {
    about: 'Backups of the key store: the horizon after which a destroyed key is gone everywhere',
    hotDays: null,
    totalDays: 7,
    floorDays: 7,
    ceilingDays: 7,
    period: null,
    endedBy: 'bucket',
    basis: '164.310(d)(2)(i) disposal',
  },
  metrics: {
    about: 'Counts and waits of a day without anyone in them, each over at least 11 people',
    hotDays: null,
    totalDays: null,
    floorDays: null,
    ceilingDays: null,
    period: null,
    endedBy: 'nobody',
    basis: '164.514(b) de-identified',
  },
};

const flow = retentionSchedule.flow;
/** What a clinic may choose of the schedule; a shorter life than the floor is refused where it is read. */
export const clinicRetentionSchema = z
  .strictObject({
    flowHotDays: z
      .int()
      .min(8)
      .max(flow.hotDays ?? 30)
      .default(flow.hotDays ?? 30),
    flowDays: z
      .int()
      .min(flow.floorDays ?? 30)
      .max(flow.ceilingDays ?? 365)
      .default(flow.totalDays ?? 90),
  })
  .meta({ id: 'ClinicRetention' });
export type ClinicRetention = z.infer<typeof clinicRetentionSchema>;

/** What became of a day after it was over. Days that are only in Redis have none. */
export const keptDaySchema = z
  .strictObject({
    date: boardDateSchema,
    /** `archived`: in both. `cold`: only in the archive. `purging`: being deleted. `purged`: gone. */
    state: z.enum(['archived', 'cold', 'purging', 'purged']),
    object: z.string().max(512),
    metricsObject: z.string().max(512),
    sha256: z.string().length(64),
    bytes: z.int().min(0),
    epoch: z.string().max(64),
    seq: z.int().min(0),
    chain: z.string().max(64),
    /** False for a day that nobody closed: it is kept as it was left. */
    isClosed: z.boolean(),
    archivedAt: instantSchema,
    coldAt: instantSchema.nullable(),
    purgedAt: instantSchema.nullable(),
  })
  .meta({ id: 'KeptDay' });
export type KeptDay = z.infer<typeof keptDaySchema>;

/** A code or the number of a case, such as `litigation/2026-CV-118`. No blanks: no sentence, and no name in it. */
export const retentionReasonSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{2,79}$/, { error: 'a code or a case number without blanks' })
  .meta({ id: 'RetentionReason' });
const act = z.strictObject({
  by: userIdSchema,
  at: instantSchema,
  reason: retentionReasonSchema.nullable(),
});
const span = { class: z.enum(['flow', 'messages']), from: boardDateSchema, to: boardDateSchema };

/** Forbids the deletion of a span. Two people place it and two people lift it. */
export const legalHoldSchema = z
  .strictObject({
    id: z.string().max(60),
    ...span,
    state: z.enum(['requested', 'active', 'lifting', 'lifted', 'withdrawn']),
    requested: act,
    approved: act.nullable(),
    liftRequested: act.nullable(),
    lifted: act.nullable(),
    /** Days of the span that were gone before it became active. */
    gone: z.array(boardDateSchema).max(400),
  })
  .meta({ id: 'LegalHold' });
export type LegalHold = z.infer<typeof legalHoldSchema>;

/** A deletion before its time: asked for by one person, approved by another, carried out by the sweep. */
export const purgeRequestSchema = z
  .strictObject({
    id: z.string().max(60),
    ...span,
    state: z.enum(['requested', 'approved', 'refused']),
    requested: act,
    decided: act.nullable(),
  })
  .meta({ id: 'PurgeRequest' });
export type PurgeRequest = z.infer<typeof purgeRequestSchema>;

/** Why nothing is deleted, and since when (epoch ms). */
export const freezeSchema = z
  .strictObject({ why: z.string().max(200), since: instantSchema })
  .meta({ id: 'Freeze' });
export type Freeze = z.infer<typeof freezeSchema>;

/** Says that a period of a class cannot be read any more, and from when on not in any backup either. */
export const shredCertificateSchema = z
  .looseObject({
    clinic: clinicIdSchema,
    class: retentionClassSchema,
    period: z.string().regex(/^\d{4}-\d{2}$/),
    destroyedAt: instantSchema,
  })
  .meta({ id: 'ShredCertificate' });
export type ShredCertificate = z.infer<typeof shredCertificateSchema>;

export const spanRequestSchema = z
  .strictObject({ ...span, reason: retentionReasonSchema })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'not before `from`' })
  .meta({ id: 'SpanRequest' });
export const holdActs = ['approve', 'withdraw', 'request-lift', 'lift', 'keep'] as const;
export const holdActRequestSchema = z
  .strictObject({ act: z.enum(holdActs), reason: retentionReasonSchema })
  .meta({ id: 'HoldActRequest' });
export const purgeDecisionRequestSchema = z
  .strictObject({ isApproved: z.boolean(), reason: retentionReasonSchema })
  .meta({ id: 'PurgeDecisionRequest' });

export const freezeLiftRequestSchema = z
  .strictObject({ reason: retentionReasonSchema })
  .meta({ id: 'FreezeLiftRequest' });

export const retentionResponseSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    hotDays: z.int(),
    totalDays: z.int(),
    /** True while the record of accesses is in doubt: nothing is deleted then. */
    isFrozen: z.boolean(),
    /** Why and since when; null while deleting goes its way. */
    freeze: freezeSchema.nullable(),
    days: z.array(keptDaySchema),
    holds: z.array(legalHoldSchema),
    requests: z.array(purgeRequestSchema),
    certificates: z.array(shredCertificateSchema),
  })
  .meta({ id: 'Retention' });
