/**
 * How a clinic day on the board and in the EHR differ, field by field: what the board says, what the EHR says, and what
 * both were last seen to say. A report repairs nothing; it names what to do. It holds no name of a patient: whoever reads
 * it sees those that the board shows them.
 */
import { z } from 'zod';
import { ehrStatusSchema, visitStatusSchema } from './entities.ts';
import {
  boardDateSchema,
  clinicIdSchema,
  instantSchema,
  textLine,
  userIdSchema,
  visitIdSchema,
} from './ids.ts';

export const driftFields = [
  'status',
  'presence',
  'start',
  'duration',
  'provider',
  'type',
  'location',
  'patient',
  'removal',
] as const;
export type DriftField = (typeof driftFields)[number];

/** A word, a label or an opaque id; epoch ms for a start; null when that side has nothing there. */
export const driftValueSchema = z.union([textLine(160), instantSchema, z.null()]).meta({ id: 'DriftValue' });
export type DriftValue = z.infer<typeof driftValueSchema>;

/** Who moved away from what was last agreed; `unknown` when nothing was ever seen to agree. */
export const driftSides = ['ours', 'theirs', 'both', 'unknown'] as const;
export type DriftSide = (typeof driftSides)[number];

/**
 * What to do about a difference.
 *
 * - `wait`: the board's side is on its way to the EHR.
 * - `retry`: writing was given up; press "try again" on the card.
 * - `settle`: the card asks which side counts.
 * - `read-again`: the EHR counts; reading the day again takes it over.
 * - `change-in-ehr`, `add-in-ehr`: nobody but a person writes this to the EHR.
 * - `change-on-board`: the EHR changed it after the patient came, when the board no longer follows by itself.
 * - `look`: ask the people concerned; neither side can be trusted.
 */
export const driftAdvices = [
  'wait',
  'retry',
  'settle',
  'read-again',
  'change-in-ehr',
  'add-in-ehr',
  'change-on-board',
  'look',
] as const;
export type DriftAdvice = (typeof driftAdvices)[number];

export const driftDifferenceSchema = z
  .strictObject({
    field: z.enum(driftFields),
    ours: driftValueSchema,
    theirs: driftValueSchema,
    /** Absent when the two were never seen to agree. */
    agreed: driftValueSchema.optional(),
    side: z.enum(driftSides),
    advice: z.enum(driftAdvices),
  })
  .meta({ id: 'DriftDifference' });
export type DriftDifference = z.infer<typeof driftDifferenceSchema>;

/** `both`: a visit and its appointment. The others exist on one side only. */
export const driftRowSchema = z
  .strictObject({
    kind: z.enum(['both', 'board-only', 'ehr-only']),
    visitId: visitIdSchema.nullable(),
    appointmentId: z.string().max(64).nullable(),
    /** When it is booked: by the board, else by the EHR. */
    startAt: instantSchema.nullable(),
    status: visitStatusSchema.nullable(),
    ehrStatus: ehrStatusSchema.nullable(),
    differences: z.array(driftDifferenceSchema).min(1).max(driftFields.length),
  })
  .meta({ id: 'DriftRow' });
export type DriftRow = z.infer<typeof driftRowSchema>;

/** Rows of one report; a day has a few hundred visits, and a report that is longer says how much it left out. */
export const driftRowsMax = 1_000;

const agreedSchema = z.record(visitIdSchema, z.partialRecord(z.enum(driftFields), driftValueSchema));
/** What both sides were last seen to say, visit by visit. */
export type DriftAgreements = z.infer<typeof agreedSchema>;

const driftCounts = {
  /** Pairs that were compared. */
  compared: z.int().min(0),
  /** Visits or appointments with a difference. */
  drifted: z.int().min(0),
  /** Rows of the EHR that could not be read as appointments. */
  quarantined: z.int().min(0),
};

/** As it is kept, sealed. */
export const storedDriftSchema = z.strictObject({
  at: instantSchema,
  jobId: z.string().max(80),
  trigger: z.enum(['manual', 'timer', 'recovery']),
  requestedBy: userIdSchema,
  /** Position of the board that was compared. */
  seq: z.int().min(0),
  ...driftCounts,
  rows: z.array(driftRowSchema).max(driftRowsMax),
  agreed: agreedSchema,
});
export type StoredDrift = z.infer<typeof storedDriftSchema>;

/** Why the last attempt has no report; the one before it still stands. */
export const driftFailureSchema = z.strictObject({
  at: instantSchema,
  /** Kind of the failure, or `suspect-answer`. */
  code: z.string().max(60),
});
export type DriftFailure = z.infer<typeof driftFailureSchema>;

export const driftReportSchema = z
  .strictObject({
    at: instantSchema,
    trigger: z.enum(['manual', 'timer', 'recovery']),
    seq: z.int().min(0),
    ...driftCounts,
    /** `name` is what the reader sees of the patient on the board; null when that is nothing. */
    rows: z.array(driftRowSchema.extend({ name: z.string().max(160).nullable() })).max(driftRowsMax),
    /** Rows that are not listed. */
    omitted: z.int().min(0),
  })
  .meta({ id: 'DriftReport' });
export type DriftReport = z.infer<typeof driftReportSchema>;

export const driftResponseSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    date: boardDateSchema,
    /** Null when the day has not been compared in the last week. */
    report: driftReportSchema.nullable(),
    /** What became of a later attempt that has no report. */
    failure: driftFailureSchema.nullable(),
  })
  .meta({ id: 'DriftResponse' });
export type DriftResponse = z.infer<typeof driftResponseSchema>;

export const reconcileResponseSchema = z
  .strictObject({ jobId: z.string().max(80) })
  .meta({ id: 'ReconcileResponse' });

export const reconcileQueue = 'reconcile';
/** Compares a clinic's day with the EHR. Jobs of one board never run at the same time. */
export const reconcileJobSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    /** Null: the clinic's present local day at the moment the job runs. */
    date: boardDateSchema.nullable(),
    trigger: z.enum(['manual', 'timer', 'recovery']),
    requestedBy: userIdSchema,
  })
  .meta({ id: 'ReconcileJob' });
export type ReconcileJob = z.infer<typeof reconcileJobSchema>;
