/**
 * Commands: what a person, the EHR worker or an import asks of a board.
 * `decide` (domain) answers each with events or a refusal; `commit` (store) makes them true once.
 */
import { z } from 'zod';
import {
  appointmentMembersSchema,
  conflictReasonSchema,
  daySchema,
  ehrStatusSchema,
  ehrSystems,
  milestoneSchema,
  roomSchema,
  syncSchema,
  visitStatusSchema,
  writeBackModeSchema,
  writeFailureSchema,
} from './entities.ts';
import {
  calendarDateSchema,
  clientIdSchema,
  instantSchema,
  providerIdSchema,
  roomIdSchema,
  textBlock,
  textLine,
  visitIdSchema,
  visitTypeIdSchema,
} from './ids.ts';

const reason = textLine(200);
const onVisit = { visitId: visitIdSchema };

export const createVisitSchema = z.strictObject({
  type: z.literal('createVisit'),
  ...onVisit,
  kind: z.enum(['booked', 'walk-in']),
  fullName: textLine(160),
  dob: calendarDateSchema.nullish(),
  phone: textLine(40).nullish(),
  reason: textBlock(500).nullish(),
  /** Required for `booked`, refused for `walk-in`. */
  startAt: instantSchema.nullish(),
  durationMin: z.int().min(1).max(600).nullish(),
  providerId: providerIdSchema.nullish(),
  visitTypeId: visitTypeIdSchema.nullish(),
});

export const moveVisitSchema = z.strictObject({
  type: z.literal('moveVisit'),
  ...onVisit,
  to: visitStatusSchema,
  /** Rooming may name its room in the same step. */
  roomId: roomIdSchema.nullish(),
  reason: reason.nullish(),
  by: z.enum(['patient', 'clinic']).nullish(),
  /** Only for `left`: when the patient was last seen; not in the future, not before the last milestone. */
  effectiveAt: instantSchema.nullish(),
});

export const commandSchemas = {
  createVisit: createVisitSchema,
  moveVisit: moveVisitSchema,
  setCheckInCompleted: z.strictObject({
    type: z.literal('setCheckInCompleted'),
    ...onVisit,
    isCompleted: z.boolean(),
  }),
  undoLast: z.strictObject({
    type: z.literal('undoLast'),
    ...onVisit,
    /** The event the person saw as last; another one since then refuses the undo. */
    eventId: z.string().max(120),
    reason: reason.nullish(),
  }),
  correctTime: z.strictObject({
    type: z.literal('correctTime'),
    ...onVisit,
    milestone: milestoneSchema,
    at: instantSchema,
    reason: reason.nullish(),
  }),
  assignRoom: z.strictObject({ type: z.literal('assignRoom'), ...onVisit, roomId: roomIdSchema.nullable() }),
  reserveRoom: z.strictObject({
    type: z.literal('reserveRoom'),
    ...onVisit,
    roomId: roomIdSchema,
    minutes: z.int().min(1).max(120).default(20),
  }),
  cancelReservation: z.strictObject({ type: z.literal('cancelReservation'), roomId: roomIdSchema }),
  setProvider: z.strictObject({
    type: z.literal('setProvider'),
    ...onVisit,
    providerId: providerIdSchema.nullable(),
  }),
  setVisitType: z.strictObject({
    type: z.literal('setVisitType'),
    ...onVisit,
    visitTypeId: visitTypeIdSchema.nullable(),
  }),
  setNote: z.strictObject({ type: z.literal('setNote'), ...onVisit, note: textBlock(2_000).nullable() }),
  setPinned: z.strictObject({ type: z.literal('setPinned'), ...onVisit, isPinned: z.boolean() }),
  setFlags: z.strictObject({
    type: z.literal('setFlags'),
    ...onVisit,
    interpreter: z.boolean().optional(),
    mobility: z.boolean().optional(),
    privacy: z.boolean().optional(),
  }),
  stepOut: z.strictObject({ type: z.literal('stepOut'), ...onVisit, where: textLine(80) }),
  stepBack: z.strictObject({ type: z.literal('stepBack'), ...onVisit }),
  updatePerson: z.strictObject({
    type: z.literal('updatePerson'),
    ...onVisit,
    fullName: textLine(160).optional(),
    dob: calendarDateSchema.nullish(),
    phone: textLine(40).nullish(),
    reason: textBlock(500).nullish(),
  }),
  resolveConflict: z.strictObject({
    type: z.literal('resolveConflict'),
    ...onVisit,
    /** `later` leaves it open, and says that somebody has seen it. */
    choice: z.enum(['accept', 'keep-mine', 'later']),
    reason: reason.nullish(),
  }),
  /** Another try of a write that was given up. */
  retryWrite: z.strictObject({ type: z.literal('retryWrite'), ...onVisit }),
  markRoomClean: z.strictObject({ type: z.literal('markRoomClean'), roomId: roomIdSchema }),
  deferRoomCleaning: z.strictObject({
    type: z.literal('deferRoomCleaning'),
    roomId: roomIdSchema,
    minutes: z.union([z.literal(2), z.literal(5), z.literal(10), z.literal(15)]),
  }),
  setRoomService: z.strictObject({
    type: z.literal('setRoomService'),
    roomId: roomIdSchema,
    isInService: z.boolean(),
    reason: reason.nullish(),
  }),
  /** Opens the board or changes its settings; rooms that stay keep their state. Manager or system. */
  configureDay: z.strictObject({
    type: z.literal('configureDay'),
    day: daySchema.omit({ type: true, clinic: true, date: true, state: true, writeBack: true }),
    rooms: z
      .array(roomSchema.pick({ id: true, name: true, kind: true, capacity: true, position: true }))
      .max(200),
  }),
  /** No new visit from now on: people settle the open ones, then close. */
  startDayClose: z.strictObject({ type: z.literal('startDayClose') }),
  /** Ends the day. A person has confirmed each of these as not having come. */
  closeDay: z.strictObject({ type: z.literal('closeDay'), noShows: z.array(visitIdSchema).max(500) }),
  /** Takes the closing back, or opens a closed day again (manager, with a reason, for a week). */
  reopenDay: z.strictObject({ type: z.literal('reopenDay'), reason: reason.nullish() }),
  /** One appointment row of the EHR or an import; creates or updates its visit, invents nothing. System. */
  applyScheduleRow: z.strictObject({
    type: z.literal('applyScheduleRow'),
    ...onVisit,
    system: z.enum([...ehrSystems, 'import']),
    key: z.string().min(1).max(200),
    appointmentId: z.string().max(64).nullable(),
    patientId: z.string().max(64).nullable(),
    patientKey: z.string().max(64).nullable(),
    fingerprint: z.string().max(64),
    status: ehrStatusSchema,
    rawStatus: z.string().max(80),
    startAt: instantSchema,
    durationMin: z.int().min(0).max(1_440).nullable(),
    providerId: providerIdSchema.nullable(),
    visitTypeId: visitTypeIdSchema.nullable(),
    locationName: textLine(120).nullable(),
    fullName: textLine(160),
    dob: calendarDateSchema.nullable(),
    phone: textLine(40).nullable(),
    reason: textBlock(500).nullable(),
  }),
  /** Details of the patient behind a visit, read later and at the EHR's pace. System. */
  applyPersonDetails: z.strictObject({
    type: z.literal('applyPersonDetails'),
    ...onVisit,
    dob: calendarDateSchema.nullable(),
    phone: textLine(40).nullable(),
    alert: textBlock(500).nullable(),
  }),
  /** The row was missing from a complete snapshot; `isConfirmed` after a second one and a read by id. System. */
  noteAbsence: z.strictObject({
    type: z.literal('noteAbsence'),
    ...onVisit,
    isConfirmed: z.boolean(),
  }),
  /** What became of writing a visit to the EHR. One that is older than what was said changes nothing. System. */
  settleWrite: z.strictObject({
    type: z.literal('settleWrite'),
    ...onVisit,
    turn: z.int().min(1),
    /** What the EHR was read to hold; null when that is not known. */
    theirs: ehrStatusSchema.nullable(),
    /** The newest word that write-back and the EHR agreed on. */
    agreed: ehrStatusSchema.nullable(),
    /** The board's word that gave way to the EHR's: the board then follows it like a reading of the schedule. */
    dropped: ehrStatusSchema.nullable(),
    failed: writeFailureSchema.nullable(),
    conflict: z
      .strictObject({
        reason: conflictReasonSchema,
        theirs: ehrStatusSchema.nullable(),
        ours: ehrStatusSchema,
        lastAgreed: ehrStatusSchema.nullable(),
        members: appointmentMembersSchema,
      })
      .nullable(),
    /** The appointment that was made for a walk-in. */
    created: z.strictObject({ appointmentId: z.string().max(64), patientId: z.string().max(64) }).nullable(),
    would: ehrStatusSchema.nullable(),
  }),
  /** The mode in which write-back runs from now on. System. */
  setWriteBack: z.strictObject({ type: z.literal('setWriteBack'), mode: writeBackModeSchema }),
  /** Progress of a synchronisation job. System. */
  reportSync: z.strictObject({ type: z.literal('reportSync'), sync: syncSchema.omit({ type: true }) }),
} as const;

export const commandSchema = z
  .discriminatedUnion(
    'type',
    Object.values(commandSchemas) as [typeof createVisitSchema, typeof moveVisitSchema],
  )
  .meta({ id: 'Command' });
export type Command = {
  [K in keyof typeof commandSchemas]: z.infer<(typeof commandSchemas)[K]>;
}[keyof typeof commandSchemas];
export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/**
 * A command with its identity. `(clientId, n)` is the idempotency key: `n` counts 1, 2, 3 … per client and
 * board; sending the same pair again returns the first outcome and changes nothing.
 */
export const commandEnvelopeSchema = z
  .strictObject({
    clientId: clientIdSchema,
    n: z.int().min(1).max(9_000_000_000),
    command: commandSchema,
    /** Version of the visit or room the person was looking at; another one refuses with the current state. */
    expectedVersion: z.int().min(0).nullish(),
  })
  .meta({ id: 'CommandEnvelope' });
export type CommandEnvelope = {
  clientId: string;
  n: number;
  command: Command;
  expectedVersion?: number | null | undefined;
};
