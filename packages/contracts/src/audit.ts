/**
 * What the record of accesses holds about one act: who, what, on whose record, from where, with what result.
 * Ids and words only. A name, a date of birth or a typed sentence has no place here: the record outlives the
 * patient's data by years, and shredding the data must not break the record.
 */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema, instantSchema } from './ids.ts';

export const auditVersion = 1;

/** The family of an event, as FHIR's AuditEvent groups them. */
export const auditTypes = ['rest', 'auth', 'security', 'admin', 'job', 'disclosure', 'system'] as const;

/** What was done. A closed list: a report can count on every word. */
export const auditSubtypes = [
  'read',
  'vread',
  'search',
  'create',
  'update',
  'delete',
  'print',
  'export',
  'reveal',
  'login',
  'logout',
  'switch',
  'lock',
  'mfa',
  'stepup',
  'recovery',
  'enrol',
  'session',
  'token',
  'breakglass',
  'privilege',
  'account',
  'config',
  'consent',
  'review',
  'audit-start',
  'audit-stop',
  'audit-gap',
  'audit-beat',
  'key',
  'shred',
  'hold',
  'retention',
  'backup',
  'detection',
  'deny',
  'verify',
] as const;

/** Create, read, update, delete, execute. */
export const auditActions = ['C', 'R', 'U', 'D', 'E'] as const;
export const agentKinds = ['human', 'service', 'agent', 'display', 'anonymous'] as const;
/** HL7 purpose of use. */
export const purposesOfUse = ['TREAT', 'HPAYMT', 'HOPERAT', 'ETREAT', 'BTG', 'SYSADMN', 'HCOMPL'] as const;

/** A machine's word: no spaces, so that no sentence can be smuggled in. */
const word = z.string().regex(/^[A-Za-z0-9_.:@/*{}#+-]{1,200}$/, { error: 'an id or a code, not a text' });

export const auditAgentSchema = z
  .strictObject({
    /** Account id; `anonymous` before anyone has signed in. */
    uid: word,
    kind: z.enum(agentKinds),
    role: word.nullable(),
    /** First 16 characters of the session's hash. */
    sid: word.optional(),
    aal: z.enum(['1', '2', '2-resumed']).optional(),
    amr: z.array(word).max(8).optional(),
    /** On whose behalf an agent or a job acted. */
    obo: word.optional(),
    client: word.optional(),
    /** Workstation. */
    ws: word.nullable().optional(),
    /** Network of the caller, cut to /24 or /48; whole only for security events. */
    ip: word.optional(),
  })
  .meta({ id: 'AuditAgent' });

export const auditEntitySchema = z
  .strictObject({
    /** Kind of thing: Board, Visit, Account, Session, Key, Config, AuditLog. */
    t: word,
    id: word,
    ver: z.int().min(0).optional(),
    /** Names of the fields that were read or changed, never their values. */
    fields: z.array(word).max(80).optional(),
    /** How many records an answer held. */
    n: z.int().min(0).optional(),
    /** SHA-256 of a search, so that equal searches can be counted. */
    q: word.optional(),
    /** Salted SHA-256 of what was there before and after. */
    before: word.optional(),
    after: word.optional(),
  })
  .meta({ id: 'AuditEntity' });

/** What a caller of `SecurityAudit.append` says; writer, number, time and seal are added on the way. */
export const securityEventSchema = z
  .strictObject({
    /** The clinic whose log it belongs to; null for the installation. */
    cid: clinicIdSchema.nullable(),
    type: z.enum(auditTypes),
    sub: z.enum(auditSubtypes),
    act: z.enum(auditActions),
    /** DICOM's scale: 0 done, 4 refused or failed without harm, 8 failed seriously, 12 failed and now unavailable. */
    out: z.union([z.literal(0), z.literal(4), z.literal(8), z.literal(12)]),
    /** Of what was done, not of how it ended: `high` where somebody must look at it. */
    sev: z.enum(['high']).optional(),
    /** Code of the refusal, from the table of problems or a rule's id. */
    why: word.optional(),
    agent: auditAgentSchema,
    pou: z.enum(purposesOfUse).optional(),
    /** Opaque keys of the patients concerned. */
    pat: z.array(word).max(2_000).optional(),
    ent: z.array(auditEntitySchema).max(200).optional(),
    /** X-Request-Id. */
    rid: word.optional(),
    /** `PATCH /visits/{id}`: the route of the table, never an address with values in it. */
    route: z
      .string()
      .regex(/^[A-Z]+ \/[A-Za-z0-9_.{}/-]*$/)
      .max(200)
      .optional(),
    /** Version of the permission policy that decided. */
    pol: word.optional(),
    /** Job or rule behind it. */
    job: word.optional(),
    build: word.optional(),
  })
  .meta({ id: 'SecurityEvent' });

/** One sealed entry: the leaf of the Merkle log is its RFC 8785 JSON. */
export const auditEventSchema = securityEventSchema
  .extend({
    v: z.literal(auditVersion),
    /** `<source>/<stream id>`: unique in its log. */
    id: z.string().regex(/^(?:security|seal|board:\d{4}-\d{2}-\d{2})\/\d+-\d+$/),
    /** Time of Redis when it was appended, epoch ms. */
    ts: instantSchema,
    /** The stream it was appended to, and its number there, counted from 1 without a gap. */
    src: z.string().regex(/^(?:security|seal|board:\d{4}-\d{2}-\d{2})$/),
    sn: z.int().min(1),
    /** When it was sealed, epoch ms. */
    sat: instantSchema,
    /** The process that appended it, its number there, and the MAC over both and the process's former entry. */
    inst: word.optional(),
    iseq: z.int().min(1).optional(),
    imac: word.optional(),
    /** For boards: position of the commit, or of what was read. */
    q: z.int().min(0).optional(),
    /** For commits: the command and its id. */
    cmd: word.optional(),
    cmdId: word.optional(),
    /** Where a command came from. */
    via: word.optional(),
  })
  .meta({ id: 'AuditEvent' });

export type AuditSubtype = (typeof auditSubtypes)[number];
export type AuditAgent = z.infer<typeof auditAgentSchema>;
export type AuditEntity = z.infer<typeof auditEntitySchema>;
export type SecurityEvent = z.infer<typeof securityEventSchema>;
export type AuditEvent = z.infer<typeof auditEventSchema>;

/** Longest span of one search or export, days: the reader is told to ask twice rather than wait. */
export const auditSpanDaysMax = 31;

export const auditQuerySchema = z.strictObject({
  from: z.coerce.number().pipe(instantSchema).meta({ description: 'First moment, epoch milliseconds.' }),
  to: z.coerce.number().pipe(instantSchema).meta({ description: 'Last moment, epoch milliseconds.' }),
  actor: z.string().max(60).optional().meta({ description: 'Only acts of this account.' }),
  patient: z.string().max(64).optional().meta({ description: "Only acts on this patient's record." }),
  sub: z.enum(auditSubtypes).optional().meta({ description: 'Only acts of this kind.' }),
  out: z
    .enum(['done', 'refused'])
    .optional()
    .meta({ description: 'Only what was done, or only what was refused.' }),
  after: z.coerce
    .number()
    .pipe(z.int().min(0))
    .optional()
    .meta({ description: 'Go on behind this leaf: `next` of the former answer.' }),
  limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(200),
});

export const auditExportQuerySchema = auditQuerySchema.omit({ after: true, limit: true }).extend({
  format: z.enum(['bundle', 'ndjson', 'csv', 'fhir']).default('bundle').meta({
    description: 'bundle: a tar file with all forms, a manifest and proofs. The others: the rows alone.',
  }),
});

/** An entry as found: its leaf number with it, which asks for its proof. */
export const auditRowSchema = z
  .strictObject({ leaf: z.int().min(0), event: auditEventSchema })
  .meta({ id: 'AuditRow' });

export const auditSearchResponseSchema = z
  .strictObject({
    rows: z.array(auditRowSchema),
    /** Leaf to go on behind; null at the end. */
    next: z.int().nullable(),
    /** Number of sealed entries; what is younger follows within a minute. */
    size: z.int(),
  })
  .meta({ id: 'AuditSearch' });

/** One line of "who opened this patient's record": one person, one way, one day. */
export const openedRowSchema = z
  .strictObject({
    uid: z.string(),
    role: z.string().nullable(),
    /** `board`: on a board that showed the patient; `record`: the record itself; `change`: changed it. */
    how: z.enum(['board', 'record', 'change', 'refused']),
    date: boardDateSchema,
    firstAt: instantSchema,
    lastAt: instantSchema,
  })
  .meta({ id: 'OpenedRow' });
export type OpenedRow = z.infer<typeof openedRowSchema>;

export const openedResponseSchema = z
  .strictObject({
    patient: z.string(),
    rows: z.array(openedRowSchema),
    sealedThrough: instantSchema.nullable(),
  })
  .meta({ id: 'OpenedBy' });
export const openedQuerySchema = z.strictObject({
  from: z.coerce.number().pipe(instantSchema).meta({ description: 'First moment, epoch milliseconds.' }),
  to: z.coerce.number().pipe(instantSchema).meta({ description: 'Last moment, epoch milliseconds.' }),
});

/** How the last check of a log ended. */
export const auditCheckSchema = z
  .strictObject({
    at: instantSchema,
    kind: z.enum(['incremental', 'full', 'drill']),
    /** As the verifier's exit code: 0 is sound. For a drill: whether the flipped byte was found. */
    exitCode: z.int(),
    isOk: z.boolean(),
    checked: z.int(),
  })
  .meta({ id: 'AuditCheck' });
export type AuditCheck = z.infer<typeof auditCheckSchema>;

export const auditStatusResponseSchema = z
  .strictObject({
    logs: z.array(
      z.strictObject({
        log: z.string(),
        clinic: clinicIdSchema.nullable(),
        size: z.int(),
        sealedAt: instantSchema.nullable(),
        /** Verifier key of its checkpoints: hand it to whoever is to check. */
        key: z.string(),
        checks: z.array(auditCheckSchema),
      }),
    ),
  })
  .meta({ id: 'AuditStatus' });

export const auditReviewOutcomes = ['clear', 'followed-up'] as const;
export type AuditReviewOutcome = (typeof auditReviewOutcomes)[number];
/** The review of one week of the record, owed by a person (45 CFR 164.308(a)(1)(ii)(D)). */
export const auditReviewSchema = z
  .strictObject({
    /** Its Monday, UTC. */
    week: boardDateSchema,
    from: instantSchema,
    to: instantSchema,
    dueAt: instantSchema,
    reviewedBy: z.string().nullable(),
    reviewedAt: instantSchema.nullable(),
    outcome: z.enum(auditReviewOutcomes).nullable(),
    /** When it was told that nobody had reviewed it in time. */
    escalatedAt: instantSchema.nullable(),
  })
  .meta({ id: 'AuditReview' });
export type AuditReview = z.infer<typeof auditReviewSchema>;
export const auditReviewsResponseSchema = z
  .strictObject({ reviews: z.array(auditReviewSchema) })
  .meta({ id: 'AuditReviews' });
export const auditReviewRequestSchema = z
  .strictObject({ outcome: z.enum(auditReviewOutcomes) })
  .meta({ id: 'AuditReviewRequest' });
