/**
 * Events: what happened on a board. One committed command yields one log entry with one or more events.
 * `evolve` (domain) folds them into entities; nothing else writes entities (I2).
 */
import { z } from 'zod';
import { actorSchema, sourceSchema } from './actor.ts';
import { commandSchemas } from './commands.ts';
import {
  conflictSchema,
  daySchema,
  ehrWriteSchema,
  externalRefSchema,
  milestoneSchema,
  outcomeSchema,
  personSchema,
  roomSchema,
  syncSchema,
  visitSchema,
  visitStatusSchema,
  writeBackModeSchema,
} from './entities.ts';
import {
  instantSchema,
  providerIdSchema,
  roomIdSchema,
  textBlock,
  textLine,
  userIdSchema,
  visitIdSchema,
  visitTypeIdSchema,
} from './ids.ts';

const onVisit = { visitId: visitIdSchema };
const reason = textLine(200).nullable();

export const eventSchemas = {
  'day.configured': z.strictObject({
    type: z.literal('day.configured'),
    day: daySchema,
    rooms: z.array(roomSchema),
    removedRoomIds: z.array(roomIdSchema),
  }),
  'day.closing-started': z.strictObject({ type: z.literal('day.closing-started') }),
  /** Stands behind the moves of the no-shows that a person confirmed with it. */
  'day.closed': z.strictObject({ type: z.literal('day.closed'), noShows: z.array(visitIdSchema) }),
  'day.reopened': z.strictObject({
    type: z.literal('day.reopened'),
    from: z.enum(['closing', 'closed']),
    reason,
  }),
  'day.write-back-set': z.strictObject({ type: z.literal('day.write-back-set'), mode: writeBackModeSchema }),
  'visit.created': z.strictObject({
    type: z.literal('visit.created'),
    visit: visitSchema,
    person: personSchema,
  }),
  /** A status change. What the rules decided is recorded as facts, so that `evolve` holds no rule. */
  'visit.moved': z.strictObject({
    type: z.literal('visit.moved'),
    ...onVisit,
    from: visitStatusSchema,
    to: visitStatusSchema,
    effectiveAt: instantSchema,
    reason,
    outcome: outcomeSchema.nullable(),
    /** The milestone that takes `effectiveAt`; null when the move sets none (rework, reopening). */
    sets: milestoneSchema.nullable(),
    /** Milestones that rework takes back. */
    clears: z.array(milestoneSchema),
    skipped: z.array(milestoneSchema),
    /** The time is when we learned of it (EHR pull), not when it happened. */
    isEstimated: z.boolean(),
    /** A new arrival episode begins and the former flow is archived. */
    isReCheckIn: z.boolean(),
  }),
  'visit.check-in-completed': z.strictObject({
    type: z.literal('visit.check-in-completed'),
    ...onVisit,
    isCompleted: z.boolean(),
    /** The time is when we learned of it (EHR pull), not when it happened. */
    isEstimated: z.boolean(),
  }),
  'visit.undone': z.strictObject({
    type: z.literal('visit.undone'),
    ...onVisit,
    undoes: z.string().max(120),
    reason,
  }),
  'visit.time-corrected': z.strictObject({
    type: z.literal('visit.time-corrected'),
    ...onVisit,
    milestone: milestoneSchema,
    was: instantSchema.nullable(),
    at: instantSchema,
    reason,
  }),
  'visit.room-assigned': z.strictObject({
    type: z.literal('visit.room-assigned'),
    ...onVisit,
    from: roomIdSchema.nullable(),
    to: roomIdSchema.nullable(),
  }),
  'visit.provider-changed': z.strictObject({
    type: z.literal('visit.provider-changed'),
    ...onVisit,
    from: providerIdSchema.nullable(),
    to: providerIdSchema.nullable(),
  }),
  'visit.type-changed': z.strictObject({
    type: z.literal('visit.type-changed'),
    ...onVisit,
    to: visitTypeIdSchema.nullable(),
  }),
  'visit.pinned': z.strictObject({ type: z.literal('visit.pinned'), ...onVisit, isPinned: z.boolean() }),
  'visit.flagged': z.strictObject({
    type: z.literal('visit.flagged'),
    ...onVisit,
    flags: visitSchema.shape.flags,
  }),
  'visit.stepped-out': z.strictObject({
    type: z.literal('visit.stepped-out'),
    ...onVisit,
    where: textLine(80),
  }),
  'visit.stepped-back': z.strictObject({ type: z.literal('visit.stepped-back'), ...onVisit }),
  /** Booking facts owned by the EHR or the import changed. */
  'visit.booking-changed': z.strictObject({
    type: z.literal('visit.booking-changed'),
    ...onVisit,
    startAt: instantSchema.nullable(),
    durationMin: z.int().nullable(),
    providerId: providerIdSchema.nullable(),
    visitTypeId: visitTypeIdSchema.nullable(),
    locationName: textLine(120).nullable(),
  }),
  'visit.ehr-seen': z.strictObject({
    type: z.literal('visit.ehr-seen'),
    ...onVisit,
    external: externalRefSchema,
    ehrWarning: visitSchema.shape.ehrWarning,
    conflict: conflictSchema.nullable(),
  }),
  'visit.conflict-resolved': z.strictObject({
    type: z.literal('visit.conflict-resolved'),
    ...onVisit,
    choice: z.enum(['accept', 'keep-mine']),
    reason,
  }),
  /** Somebody has seen the conflict and put it off. */
  'visit.conflict-postponed': z.strictObject({ type: z.literal('visit.conflict-postponed'), ...onVisit }),
  /** What write-back found or did: whole values, so that `evolve` holds no rule. */
  'visit.write-settled': z.strictObject({
    type: z.literal('visit.write-settled'),
    ...onVisit,
    external: externalRefSchema.nullable(),
    ehrWrite: ehrWriteSchema,
    conflict: conflictSchema.nullable(),
  }),
  'visit.write-retried': z.strictObject({ type: z.literal('visit.write-retried'), ...onVisit }),
  'person.changed': z.strictObject({ type: z.literal('person.changed'), person: personSchema }),
  'person.noted': z.strictObject({
    type: z.literal('person.noted'),
    ...onVisit,
    note: textBlock(2_000).nullable(),
  }),
  'room.reserved': z.strictObject({
    type: z.literal('room.reserved'),
    roomId: roomIdSchema,
    ...onVisit,
    by: userIdSchema,
    expiresAt: instantSchema,
  }),
  'room.reservation-cancelled': z.strictObject({
    type: z.literal('room.reservation-cancelled'),
    roomId: roomIdSchema,
    ...onVisit,
  }),
  'room.occupied': z.strictObject({ type: z.literal('room.occupied'), roomId: roomIdSchema, ...onVisit }),
  /** The patient is out; `needsCleaning` for exclusive rooms. */
  'room.released': z.strictObject({
    type: z.literal('room.released'),
    roomId: roomIdSchema,
    ...onVisit,
    needsCleaning: z.boolean(),
  }),
  'room.cleaned': z.strictObject({ type: z.literal('room.cleaned'), roomId: roomIdSchema }),
  'room.cleaning-deferred': z.strictObject({
    type: z.literal('room.cleaning-deferred'),
    roomId: roomIdSchema,
    until: instantSchema,
  }),
  'room.service-changed': z.strictObject({
    type: z.literal('room.service-changed'),
    roomId: roomIdSchema,
    isInService: z.boolean(),
    reason,
  }),
  'sync.reported': z.strictObject({ type: z.literal('sync.reported'), sync: syncSchema }),
} as const;

export const eventSchema = z
  .discriminatedUnion(
    'type',
    Object.values(eventSchemas) as [
      (typeof eventSchemas)['room.cleaned'],
      (typeof eventSchemas)['sync.reported'],
    ],
  )
  .meta({ id: 'BoardEvent' });
export type BoardEvent = {
  [K in keyof typeof eventSchemas]: z.infer<(typeof eventSchemas)[K]>;
}[keyof typeof eventSchemas];
export type BoardEventType = BoardEvent['type'];
export type EventOf<T extends BoardEventType> = Extract<BoardEvent, { type: T }>;

/** What all events of one commit share. `at` is the server's clock: workstation clocks never enter. */
const contextFields = {
  /** `<clientId>:<n>`; the event id of the i-th event is `<commandId>#<i>`. */
  commandId: z.string().max(90),
  command: z.enum(Object.keys(commandSchemas) as [keyof typeof commandSchemas]),
  at: instantSchema,
  actor: actorSchema,
  source: sourceSchema,
};
export const eventContextSchema = z.strictObject(contextFields).meta({ id: 'EventContext' });
export type EventContext = z.infer<typeof eventContextSchema>;

/**
 * One committed entry of a board's log, as stored in the stream and published to followers.
 * `rules` is the version of `evolve` that folded it: a process with another version reads the entities
 * instead of folding, so that two versions can run side by side during a rolling upgrade.
 */
export const logFrameSchema = z
  .strictObject({ rules: z.int().min(1), ...contextFields, events: z.array(eventSchema).min(1) })
  .meta({ id: 'LogFrame' });
export type LogFrame = EventContext & { rules: number; events: BoardEvent[] };
