/** Bodies of the REST API. Requests are strict (an unknown field is an error); answers are exact. */
import { z } from 'zod';
import { actorSchema, roleSchema } from './actor.ts';
import { commandEnvelopeSchema } from './commands.ts';
import { entityIdSchema, entitySchema, syncSchema } from './entities.ts';
import { eventContextSchema, eventSchema } from './events.ts';
import { entrySchema } from './frames.ts';
import { boardDateSchema, clinicIdSchema, instantSchema, stationIdSchema, userIdSchema } from './ids.ts';
import { problemCodeSchema } from './problems.ts';
import { stepUpPurposeSchema } from './step-up.ts';
import { dependencyStateSchema } from './system-state.ts';

export const commandBatchMax = 50;

export const commandsRequestSchema = z
  .union([
    commandEnvelopeSchema,
    z.strictObject({ commands: z.array(commandEnvelopeSchema).min(1).max(commandBatchMax) }),
  ])
  .meta({ id: 'CommandsRequest' });

/**
 * Outcome of one command. `applied`, `duplicate`, `conflict` and `rejected` are final; `hold` is not:
 * keep the command and send it again with the same `(clientId, n)`.
 */
export const outcomeResultSchema = z
  .discriminatedUnion('outcome', [
    z.strictObject({
      outcome: z.literal('applied'),
      n: z.int(),
      seq: z.int(),
      eventIds: z.array(z.string()),
    }),
    z.strictObject({
      outcome: z.literal('duplicate'),
      n: z.int(),
      seq: z.int().nullable(),
      code: problemCodeSchema.nullable(),
    }),
    z.strictObject({
      outcome: z.literal('conflict'),
      n: z.int(),
      code: problemCodeSchema,
      current: z.strictObject({ id: entityIdSchema, v: z.int(), d: entitySchema }).nullable(),
      by: actorSchema.nullable(),
      at: instantSchema.nullable(),
    }),
    z.strictObject({
      outcome: z.literal('rejected'),
      n: z.int(),
      code: problemCodeSchema,
      title: z.string(),
      details: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({
      outcome: z.literal('hold'),
      n: z.int(),
      code: problemCodeSchema,
      retryAfterMs: z.int(),
      /** For `sequence_gap`: the n this server expects next. */
      expectedN: z.int().nullable(),
    }),
  ])
  .meta({ id: 'CommandOutcome' });
export type CommandOutcome = z.infer<typeof outcomeResultSchema>;

export const commandsResponseSchema = z
  .strictObject({ outcomes: z.array(outcomeResultSchema) })
  .meta({ id: 'CommandsResponse' });

export const snapshotResponseSchema = z
  .strictObject({
    clinic: clinicIdSchema,
    date: boardDateSchema,
    epoch: z.string(),
    seq: z.int(),
    chain: z.string(),
    cursor: z.string(),
    at: instantSchema,
    digest: z.string(),
    entities: z.array(entrySchema),
    /** Dependencies that are away; the snapshot is then the last known state, not a live one. */
    degraded: z.array(z.string()),
  })
  .meta({ id: 'BoardSnapshot' });

export type SnapshotResponse = z.infer<typeof snapshotResponseSchema>;

export const historyEntrySchema = z
  .strictObject({ seq: z.int(), ...eventContextSchema.shape, events: z.array(eventSchema) })
  .meta({ id: 'HistoryEntry' });
export const historyResponseSchema = z
  .strictObject({ at: instantSchema, seq: z.int(), entities: z.array(entrySchema) })
  .meta({ id: 'BoardHistory' });
export const visitHistoryResponseSchema = z
  .strictObject({ visitId: z.string(), entries: z.array(historyEntrySchema) })
  .meta({ id: 'VisitHistory' });

export const importResponseSchema = z
  .strictObject({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    warnings: z.array(z.strictObject({ line: z.int(), message: z.string() })),
  })
  .meta({ id: 'ImportResponse' });

export const syncJobResponseSchema = z
  .strictObject({ jobId: z.string(), sync: syncSchema.nullable() })
  .meta({ id: 'SyncJob' });

export const userSchema = z
  .strictObject({ id: userIdSchema, name: z.string(), role: roleSchema, clinics: z.array(clinicIdSchema) })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;
export const developmentLoginRequestSchema = z
  .strictObject({ userId: userIdSchema, station: stationIdSchema.nullish() })
  .meta({ id: 'DevelopmentLoginRequest' });
export const sessionResponseSchema = z
  .strictObject({
    user: userSchema,
    station: stationIdSchema.nullable(),
    clinics: z.array(
      z.strictObject({ id: clinicIdSchema, name: z.string(), zone: z.string(), today: boardDateSchema }),
    ),
    /** The development login exists here: the page offers demo users. */
    isDevelopmentLogin: z.boolean(),
    /** This session was opened by it. */
    isDevelopment: z.boolean(),
    roles: z.array(roleSchema),
    aal: z.enum(['1', '2', '2-resumed']),
    /** The server's clock, for reckoning with the times below. */
    now: instantSchema,
    /** Absolute end. */
    expiresAt: instantSchema,
    /** When it ends unless the person does something before. */
    idleEndsAt: instantSchema,
    /** When each purpose was last proved again. */
    stepUps: z.partialRecord(stepUpPurposeSchema, instantSchema),
    /** The enrolled workstation it was opened on. */
    workstation: z.string().nullable(),
    /** To be sent as `X-Bolt-CSRF` with every change; null for a program, which shows a bearer token. */
    csrf: z.string().nullable(),
  })
  .meta({ id: 'Session' });

export const presenceRequestSchema = z
  .strictObject({
    tab: z.uuid(),
    ackSeq: z.int().min(0),
    visible: z.boolean(),
    editing: entityIdSchema.nullish(),
    leave: z.boolean().optional(),
  })
  .meta({ id: 'PresenceRequest' });

export const readyResponseSchema = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'not-ready']),
    dependencies: z.array(dependencyStateSchema),
  })
  .meta({ id: 'Readiness' });
