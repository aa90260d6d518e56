/**
 * Entities of a board, as stored and as sent to screens.
 *
 * A board holds: one `day`, its rooms (`r:<id>`), its visits (`v:<id>`), the person behind each visit
 * (`p:<visitId>`, the only entity with identifying data), and the EHR synchronisation state (`sync`).
 * The version of an entity (`v` on the wire) is the board `seq` of its last change and is not part of it.
 */
import { z } from 'zod';
import { sourceSchema } from './actor.ts';
import {
  boardDateSchema,
  calendarDateSchema,
  clinicIdSchema,
  instantSchema,
  providerIdSchema,
  roomIdSchema,
  textBlock,
  textLine,
  userIdSchema,
  visitIdSchema,
  visitTypeIdSchema,
  zoneSchema,
} from './ids.ts';

export const visitStatuses = [
  'scheduled',
  'confirmed',
  'arrived',
  'appt-prep',
  'ready-for-md',
  'with-doctor',
  'seen-by-md',
  'completed',
  'left',
  'no-show',
  'cancelled',
  'rescheduled',
  'entered-in-error',
] as const;
export const visitStatusSchema = z.enum(visitStatuses).meta({ id: 'VisitStatus' });
export type VisitStatus = z.infer<typeof visitStatusSchema>;

/** In clinical order for the first eight; the closing ones follow. */
export const milestones = [
  'confirmedAt',
  'arrivedAt',
  'checkInCompletedAt',
  'roomedAt',
  'readyAt',
  'withDoctorAt',
  'seenAt',
  'completedAt',
  'leftAt',
  'noShowAt',
  'cancelledAt',
  'rescheduledAt',
  'voidedAt',
] as const;
export const milestoneSchema = z.enum(milestones).meta({ id: 'Milestone' });
export type Milestone = z.infer<typeof milestoneSchema>;

/** Milestone times in epoch ms; an absent one is unknown and stays unknown. */
export const milestoneTimesSchema = z
  .partialRecord(milestoneSchema, instantSchema)
  .meta({ id: 'MilestoneTimes' });
export type MilestoneTimes = z.infer<typeof milestoneTimesSchema>;

export const ehrStatuses = [
  'Unknown',
  'Scheduled',
  'ReminderSent',
  'Confirmed',
  'CheckedIn',
  'Roomed',
  'CheckedOut',
  'NeedsReschedule',
  'ReadyToBeSeen',
  'NoShow',
  'Cancelled',
  'Rescheduled',
  'Tentative',
  'Seen',
  'Unrecognised',
] as const;
/** The EHR's vocabulary after normalisation; `Unrecognised` keeps its raw word beside it. */
export const ehrStatusSchema = z.enum(ehrStatuses).meta({ id: 'EhrStatus' });
export type EhrStatus = z.infer<typeof ehrStatusSchema>;

const segment = z.strictObject({ from: instantSchema, to: instantSchema.nullable() });

/** The kinds of EHR that a clinic can be linked to. */
export const ehrSystems = ['tebra', 'fhir'] as const;
export type EhrSystem = (typeof ehrSystems)[number];

export const externalRefSchema = z
  .strictObject({
    system: z.enum([...ehrSystems, 'import']),
    /** Unique per appointment occurrence and patient within the system; opaque. */
    key: z.string().min(1).max(200),
    appointmentId: z.string().max(64).nullable(),
    patientId: z.string().max(64).nullable(),
    status: ehrStatusSchema,
    rawStatus: z.string().max(80),
    /** SHA-256 of the normalised row: an unchanged row appends no event. */
    fingerprint: z.string().max(64),
    /** Consecutive complete snapshots in which the row was missing (deleted after two). */
    absences: z.int().min(0).max(1_000),
    /** True once the EHR said it is gone; a present patient stays on the board. */
    isRemoved: z.boolean(),
  })
  .meta({ id: 'ExternalRef' });
export type ExternalRef = z.infer<typeof externalRefSchema>;

/** Names of fields in the EHR's interface, such as `StartTime`. */
export const appointmentMembersSchema = z.array(z.string().regex(/^[A-Za-z][A-Za-z.]{0,59}$/)).max(40);

export const conflictReasons = [
  /** The EHR's status is neither ours nor the agreed one. */
  'status-changed',
  /** A step back, and somebody has touched the appointment since. */
  'touched',
  /** Our status stands, but somebody wrote other members at the same time. */
  'members-changed',
  /** A walk-in has several appointments at that time. */
  'several-appointments',
] as const;
export const conflictReasonSchema = z.enum(conflictReasons).meta({ id: 'ConflictReason' });

/** Where the EHR and the board say different things: nothing moves and nothing is written until staff choose. */
export const conflictSchema = z
  .strictObject({
    /** What the EHR now says and we did not follow; `Unknown` where it is not about a status. */
    ehrStatus: ehrStatusSchema,
    rawStatus: z.string().max(80),
    /** Where the board goes when the EHR's word is accepted; null when it stays where it is. */
    suggestedStatus: visitStatusSchema.nullable(),
    since: instantSchema,
    /** Absent where a reading of the schedule found it: the status alone. */
    reason: conflictReasonSchema.optional(),
    /** The EHR word the board would write; null or absent when nothing was to be written. */
    ours: ehrStatusSchema.nullable().optional(),
    /** What both sides last agreed on. */
    lastAgreed: ehrStatusSchema.nullable().optional(),
    /** Names of the appointment's members that somebody else changed; never their values. */
    members: appointmentMembersSchema.optional(),
    /** Somebody looked at it and put it off; nothing is written meanwhile. */
    laterAt: instantSchema.optional(),
  })
  .meta({ id: 'Conflict' });
export type Conflict = z.infer<typeof conflictSchema>;

export const writeBackModes = ['off', 'dry-run', 'on'] as const;
/** `dry-run` reads and compares and shows what it would write; it writes nothing. */
export const writeBackModeSchema = z.enum(writeBackModes).meta({ id: 'WriteBackMode' });
export type WriteBackMode = z.infer<typeof writeBackModeSchema>;

/** Why a visit is not written; the words for people belong to the screens. */
export const writeFailures = [
  /** Sent three times, and never found applied, or never known whether it was. */
  'not-applied',
  'outcome-unknown',
  /** Somebody changed the status again and again while it was written. */
  'keeps-changing',
  /** The EHR holds a word that nobody knows: it is never written over. */
  'status-unrecognised',
  /** The EHR has no word for the wanted state. */
  'no-word',
  'not-found',
  'deleted',
  'other-patient',
  'other-occurrence',
  'group',
  'series',
  /** The appointment cannot be sent back whole, or too little is known to make one. */
  'incomplete',
  'ehr-refused',
  /** A walk-in whom the EHR does not know, or knows more than once under that name and date of birth. */
  'patient-unknown',
  'patient-ambiguous',
  /** A walk-in without a provider that the EHR knows. */
  'provider-unknown',
  /** Only in a dry run: writing would have ended in a conflict. */
  'dry-run-conflict',
] as const;
export const writeFailureSchema = z.enum(writeFailures).meta({ id: 'WriteFailure' });
export type WriteFailure = z.infer<typeof writeFailureSchema>;

/** What write-back last said about a visit. What waits is not in here: `syncOf` derives it from the visit. */
export const ehrWriteSchema = z
  .strictObject({
    /** Counts what was said, so that an outcome that comes late changes nothing. */
    turn: z.int().min(0),
    at: instantSchema,
    /** The newest word that write-back and the EHR agreed on; null before the first. */
    agreed: ehrStatusSchema.nullable(),
    /** Why it was given up; null when it was not. */
    failed: writeFailureSchema.nullable(),
    /** The board's word that gave way to the EHR's; null when none did. A newer step is a new word. */
    dropped: ehrStatusSchema.nullable(),
    /** How staff settled the newest conflict. */
    resolved: z.enum(['accept', 'keep-mine']).nullable(),
    /** Only in a dry run: the word that would be written now. */
    would: ehrStatusSchema.nullable(),
  })
  .meta({ id: 'EhrWrite' });
export type EhrWrite = z.infer<typeof ehrWriteSchema>;

export const outcomeSchema = z
  .strictObject({
    kind: z.enum(['lwbs', 'lwot', 'no-show', 'cancelled', 'rescheduled', 'entered-in-error']),
    by: z.enum(['patient', 'clinic', 'ehr']).nullable(),
    reason: textLine(200).nullable(),
    /** Minutes waited at departure (adjusted lobby clock or room clock), for `left`. */
    waitedMs: z.int().min(0).nullable(),
  })
  .meta({ id: 'VisitOutcome' });

/** Fields that undo and re-check-in restore or archive together. */
const flowFields = {
  status: visitStatusSchema,
  /** When the present status was entered (epoch ms). */
  statusSince: instantSchema,
  milestones: milestoneTimesSchema,
  /** Milestones that a skip passed over: they stay unknown, and intervals touching them are not averaged. */
  skipped: z.array(milestoneSchema),
  /** Milestones whose time is when we learned of it, not when it happened. */
  estimated: z.array(milestoneSchema),
  /** Milestones a person corrected. */
  corrected: z.array(milestoneSchema),
  roomId: roomIdSchema.nullable(),
  providerId: providerIdSchema.nullable(),
  roomStays: z.array(segment.extend({ roomId: roomIdSchema })),
  providerSegments: z.array(segment.extend({ providerId: providerIdSchema.nullable() })),
  /** Time waiting for the provider after prep, one per stay in ready-for-md. */
  waitSegments: z.array(segment),
  steppedOut: z.strictObject({ from: instantSchema, where: textLine(80) }).nullable(),
  outcome: outcomeSchema.nullable(),
  /** Minutes late (positive) or early (negative) at arrival; null for walk-ins and before arrival. */
  lateMin: z.int().nullable(),
};

export const flowSchema = z.strictObject(flowFields).meta({ id: 'VisitFlow' });
export type VisitFlow = z.infer<typeof flowSchema>;

const visitFlags = z.strictObject({ interpreter: z.boolean(), mobility: z.boolean(), privacy: z.boolean() });

/** The last undoable command of a visit and what it replaced: undo restores exactly this. */
export const undoableSchema = z
  .strictObject({
    /** First event of that command on this visit. */
    eventId: z.string().max(120),
    type: z.string().max(40),
    at: instantSchema,
    actorId: userIdSchema,
    /** Only the fields the command replaced, with their former values. */
    before: flowSchema.partial().extend({
      isPinned: z.boolean().optional(),
      flags: visitFlags.optional(),
      visitTypeId: visitTypeIdSchema.nullable().optional(),
      conflict: conflictSchema.nullable().optional(),
    }),
    /** True when the command archived the former flow: undo takes it back out. */
    startedEpisode: z.boolean(),
    /** The reservation the command used up or cancelled; undo renews it when the room is still free. */
    reservation: z
      .strictObject({ roomId: roomIdSchema, by: userIdSchema, expiresAt: instantSchema })
      .nullable(),
  })
  .meta({ id: 'Undoable' });

export const visitSchema = z
  .strictObject({
    type: z.literal('visit'),
    id: visitIdSchema,
    kind: z.enum(['booked', 'walk-in']),
    ...flowFields,
    /** Booked start (epoch ms); null for a walk-in. */
    startAt: instantSchema.nullable(),
    durationMin: z.int().min(0).max(1_440).nullable(),
    visitTypeId: visitTypeIdSchema.nullable(),
    locationName: textLine(120).nullable(),
    /** Opaque key that is the same for every visit of one patient; null when unknown. */
    patientKey: z.string().max(64).nullable(),
    reservedRoomId: roomIdSchema.nullable(),
    /** Earlier passages of the same day, archived by a re-check-in, oldest first. */
    earlierEpisodes: z.array(flowSchema),
    isPinned: z.boolean(),
    flags: visitFlags,
    external: externalRefSchema.nullable(),
    /** The EHR said a word nobody knows: shown with the word, nothing moved. */
    ehrWarning: z.strictObject({ raw: z.string().max(80), since: instantSchema }).nullable(),
    conflict: conflictSchema.nullable(),
    /** Absent until write-back has said something. */
    ehrWrite: ehrWriteSchema.nullable().optional(),
    /**
     * The oldest version that this one differs from in nothing but what write-back noted for itself: a step that names
     * a version from there on is not out of date. Absent when something else changed with this version.
     */
    steadySince: z.int().min(0).optional(),
    source: sourceSchema,
    createdAt: instantSchema,
    undoable: undoableSchema.nullable(),
  })
  .meta({ id: 'Visit' });
export type Visit = z.infer<typeof visitSchema>;

/** Identifying data of the patient of one visit. The only entity that holds it. */
export const personSchema = z
  .strictObject({
    type: z.literal('person'),
    visitId: visitIdSchema,
    fullName: textLine(160),
    dob: calendarDateSchema.nullable(),
    /** Instead of the date of birth, for readers who may not have it, such as "40-49". Never stored. */
    ageBand: z
      .string()
      .regex(/^\d{1,2}-\d{1,2}$|^90\+$/)
      .optional(),
    phone: textLine(40).nullable(),
    reason: textBlock(500).nullable(),
    note: textBlock(2_000).nullable(),
    alert: textBlock(500).nullable(),
    /** True while name-only facts are known and the EHR's patient record is still to be read. */
    isPartial: z.boolean(),
    /** Mirror of the visit's privacy flag, so that a projection needs this one entity only. */
    isPrivate: z.boolean().optional(),
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof personSchema>;

export const roomStates = ['available', 'reserved', 'occupied', 'needs-cleaning', 'out-of-service'] as const;
export const roomSchema = z
  .strictObject({
    type: z.literal('room'),
    id: roomIdSchema,
    name: textLine(40),
    kind: z.enum(['exam', 'procedure', 'lab', 'place']),
    /** 1 = exclusive (I4); n = that many; null = a place without limit, such as the lobby. */
    capacity: z.int().min(1).max(99).nullable(),
    position: z.int().min(0).max(999),
    state: z.enum(roomStates),
    /** When the present state began. */
    since: instantSchema,
    occupants: z.array(visitIdSchema),
    reservation: z
      .strictObject({ visitId: visitIdSchema, by: userIdSchema, expiresAt: instantSchema })
      .nullable(),
    /** A deferred cleaning alarm (patient is dressing); null when not deferred. */
    deferredUntil: instantSchema.nullable(),
    outOfServiceReason: textLine(120).nullable(),
  })
  .meta({ id: 'Room' });
export type Room = z.infer<typeof roomSchema>;

const minutes = z.int().min(0).max(600);
/** Alarm thresholds in minutes, per clinic; visit-flow section 3. */
export const thresholdsSchema = z
  .strictObject({
    lobbyAmber: minutes,
    lobbyRed: minutes,
    roomIdleAmber: minutes,
    roomIdleRed: minutes,
    visitTotalRed: minutes,
    seenRed: minutes,
    cleaningRed: minutes,
    late: minutes,
    noShowProposal: minutes,
    /** With-doctor information mark at this multiple of the slot. */
    withDoctorSlotFactor: z.number().min(1).max(10),
  })
  .meta({ id: 'Thresholds' });
export type Thresholds = z.infer<typeof thresholdsSchema>;

/** The four numbers of the column order rules, in minutes; visit-flow 2.4. */
export const columnRulesSchema = z
  .strictObject({ arrivedSoon: minutes, readySoon: minutes, walkInLong: minutes, doctorSoon: minutes })
  .meta({ id: 'ColumnRules' });
export type ColumnRules = z.infer<typeof columnRulesSchema>;

export const providerSchema = z
  .strictObject({ id: providerIdSchema, name: textLine(80), color: z.string().regex(/^#[0-9a-f]{6}$/) })
  .meta({ id: 'Provider' });
export const visitTypeSchema = z
  .strictObject({
    id: visitTypeIdSchema,
    label: textLine(60),
    slotMin: z.int().min(1).max(600),
    /** Lab and nurse visits that the front desk may complete without a provider. */
    needsProvider: z.boolean(),
  })
  .meta({ id: 'VisitType' });

/** The settings of one clinic day, frozen onto the board when it opens. */
export const daySchema = z
  .strictObject({
    type: z.literal('day'),
    clinic: clinicIdSchema,
    clinicName: textLine(120),
    date: boardDateSchema,
    zone: zoneSchema,
    state: z.enum(['open', 'closing', 'closed']),
    providers: z.array(providerSchema).max(100),
    visitTypes: z.array(visitTypeSchema).max(200),
    thresholds: thresholdsSchema,
    columnRules: columnRulesSchema,
    /** True: rooming without a room is refused; false: it shows "no room yet". */
    isRoomRequired: z.boolean(),
    /** What ReadyToBeSeen means here: the check-in tick, or the ready-for-md column. Never both. */
    readyToBeSeenMeans: z.enum(['check-in-completed', 'ready-for-md']),
    /** The EHR's word for who left unseen or early; null leaves the appointment as it is. */
    leftMeans: z.enum(['Cancelled']).nullable().optional(),
    /** What write-back does on this board now; absent is `off`. */
    writeBack: writeBackModeSchema.optional(),
  })
  .meta({ id: 'Day' });
export type Day = z.infer<typeof daySchema>;

export const syncSchema = z
  .strictObject({
    type: z.literal('sync'),
    jobId: z.string().max(80).nullable(),
    phase: z.enum(['never', 'queued', 'listing', 'details', 'done', 'failed']),
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
    /** Last complete schedule answer of the EHR. */
    lastGoodAt: instantSchema.nullable(),
    cards: z.int().min(0),
    detailsDone: z.int().min(0),
    detailsTotal: z.int().min(0),
    /** Rows set aside, by reason; nothing is dropped unseen. */
    quarantined: z.array(z.strictObject({ reason: z.string().max(80), count: z.int().min(1) })),
    failure: z.strictObject({ code: z.string().max(60), message: z.string().max(300) }).nullable(),
  })
  .meta({ id: 'Sync' });
export type Sync = z.infer<typeof syncSchema>;

export const entitySchema = z
  .discriminatedUnion('type', [daySchema, roomSchema, visitSchema, personSchema, syncSchema])
  .meta({ id: 'Entity' });
export type Entity = z.infer<typeof entitySchema>;

export const entityIdSchema = z
  .string()
  .regex(/^(?:day|sync|[rvp]:[a-z0-9-]{1,40})$/)
  .meta({ id: 'EntityId' });
export type EntityId = 'day' | 'sync' | `r:${string}` | `v:${string}` | `p:${string}`;
