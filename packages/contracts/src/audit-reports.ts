/** What an auditor asks of the record beyond a search: reports, who works here, and who a pseudonym is. */
import { z } from 'zod';
import { roleSchema } from './actor.ts';
import { auditRowSchema } from './audit.ts';
import { boardDateSchema, calendarDateSchema, instantSchema, textLine } from './ids.ts';

/** Opaque key of a patient, as the record names one. */
export const patientKeySchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);

/** Each is a choice of entries of a stretch of time; see docs/security/audit-policy.md. */
export const auditReportNames = [
  'activity',
  'privilege-changes',
  'emergency-access',
  'failed-sign-ins',
  'denials',
  'disclosures',
  'identity-reveals',
] as const;
export type AuditReportName = (typeof auditReportNames)[number];

/** Every datum of an entry that a report can be put in order by (45 CFR 170.315(d)(3), 170.210(e)). */
export const auditSortKeys = [
  'time',
  'person',
  'role',
  'patient',
  'kind',
  'action',
  'outcome',
  'reason',
  'record',
  'workstation',
  'network',
  'session',
  'request',
] as const;
export type AuditSortKey = (typeof auditSortKeys)[number];
export const auditOrders = ['asc', 'desc'] as const;
export type AuditOrder = (typeof auditOrders)[number];

/** Rows of one report: a page that is read, not a copy of the record. */
export const auditReportRowsMax = 5_000;

const span = {
  from: z.coerce.number().pipe(instantSchema).meta({ description: 'First moment, epoch milliseconds.' }),
  to: z.coerce.number().pipe(instantSchema).meta({ description: 'Last moment, epoch milliseconds.' }),
};

export const auditReportQuerySchema = z.strictObject({
  ...span,
  actor: z.string().max(60).optional().meta({ description: 'Only acts of this account.' }),
  patient: z.string().max(64).optional().meta({ description: "Only acts on this patient's record." }),
  sort: z.enum(auditSortKeys).default('time').meta({ description: 'The datum that gives the order.' }),
  order: z.enum(auditOrders).default('desc'),
});
export type AuditReportQuery = z.output<typeof auditReportQuerySchema>;

/** Entries of people and sign-ins stand in the log of the installation, all else in the clinic's. */
export const auditReportRowSchema = auditRowSchema
  .extend({ log: z.enum(['clinic', 'installation']) })
  .meta({ id: 'AuditReportRow' });
export type AuditReportRow = z.infer<typeof auditReportRowSchema>;

export const auditReportResponseSchema = z
  .strictObject({ report: z.enum(auditReportNames), rows: z.array(auditReportRowSchema) })
  .meta({ id: 'AuditReport' });

/** What one account did in a stretch of time, for the weekly review of activity. */
export const auditActivityRowSchema = z
  .strictObject({
    uid: z.string(),
    role: z.string().nullable(),
    reads: z.int(),
    changes: z.int(),
    refusals: z.int(),
    /** Prints, downloads and exports. */
    takenAway: z.int(),
    /** Patients whose own record was opened or changed, each once; whole boards are no count of persons. */
    patients: z.int(),
    firstAt: instantSchema,
    lastAt: instantSchema,
  })
  .meta({ id: 'AuditActivityRow' });
export type AuditActivityRow = z.infer<typeof auditActivityRowSchema>;
export const auditActivityResponseSchema = z
  .strictObject({ rows: z.array(auditActivityRowSchema) })
  .meta({ id: 'AuditActivity' });
export const auditSpanQuerySchema = z.strictObject(span);

/** After so many days without a sign-in an account is dormant. */
export const dormantDays = 90;

export const auditPersonSchema = z
  .strictObject({
    uid: z.string(),
    name: z.string(),
    roles: z.array(roleSchema),
    state: z.enum(['active', 'deactivated']),
    createdAt: instantSchema,
    /** The newest sealed sign-in of the last 90 days. */
    lastSignInAt: instantSchema.nullable(),
    /** In use, and not signed in for 90 days. */
    isDormant: z.boolean(),
  })
  .meta({ id: 'AuditPerson' });
export type AuditPerson = z.infer<typeof auditPersonSchema>;
export const auditPeopleResponseSchema = z
  .strictObject({ people: z.array(auditPersonSchema) })
  .meta({ id: 'AuditPeople' });

export const revealReasonCodes = [
  'patient-request',
  'privacy-incident',
  'complaint',
  'lawful-order',
  'other',
] as const;
export type RevealReasonCode = (typeof revealReasonCodes)[number];
/** Who needs more names at once is not judging a case. */
export const revealPatientsMax = 10;

export const revealRequestSchema = z
  .strictObject({
    patients: z.array(patientKeySchema).min(1).max(revealPatientsMax),
    reasonCode: z.enum(revealReasonCodes),
    /** Kept sealed beside the record; a word is not a reason. */
    reason: textLine(500).min(15, { error: 'say in at least 15 characters why' }),
  })
  .meta({ id: 'IdentityRevealRequest' });
export type RevealRequest = z.infer<typeof revealRequestSchema>;

/** Nulls where no board that is kept says who it is. */
export const revealedSchema = z
  .strictObject({
    patient: patientKeySchema,
    fullName: z.string().nullable(),
    dob: calendarDateSchema.nullable(),
    /** The board that said so. */
    date: boardDateSchema.nullable(),
  })
  .meta({ id: 'RevealedIdentity' });
export type Revealed = z.infer<typeof revealedSchema>;
export const revealResponseSchema = z
  .strictObject({ id: z.uuid(), revealed: z.array(revealedSchema) })
  .meta({ id: 'IdentityReveal' });

export const revealRecordSchema = z
  .strictObject({
    id: z.uuid(),
    uid: z.string(),
    name: z.string(),
    at: instantSchema,
    patients: z.array(patientKeySchema),
    reasonCode: z.enum(revealReasonCodes),
    /** Null for readers who may see that it was done, but not what was typed. */
    reason: z.string().nullable(),
  })
  .meta({ id: 'IdentityRevealRecord' });
export type RevealRecord = z.infer<typeof revealRecordSchema>;
export const revealRegisterResponseSchema = z
  .strictObject({ records: z.array(revealRecordSchema) })
  .meta({ id: 'IdentityRevealRegister' });
