/** Frames of the board stream, version 1: SSE `event:` name and one-line JSON `data:`. */
import { z } from 'zod';
import { viewSchema } from './cursor.ts';
import { breakerStates } from './ehr-link.ts';
import { entityIdSchema, entitySchema } from './entities.ts';
import { instantSchema } from './ids.ts';
import { systemSummarySchema } from './system-state.ts';

const epoch = z.string().regex(/^[0-9a-f]{32}$/);
const chain = z.string().regex(/^[0-9a-f]{32}$/);
const seq = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{16}$/);

export const snapshotReasons = [
  'init',
  'view',
  'schema',
  'epoch',
  'ahead',
  'fork',
  'trimmed',
  'cheaper',
  'digest',
] as const;
export type SnapshotReason = (typeof snapshotReasons)[number];

export const entrySchema = z
  .strictObject({ id: entityIdSchema, v: seq, d: entitySchema })
  .meta({ id: 'Entry' });

/** One entity's absolute state after a change; `m` is the command that caused it (`clientId:n`). */
export const changeSchema = z
  .strictObject({
    o: z.enum(['set', 'del']),
    id: entityIdSchema,
    v: seq,
    d: entitySchema.optional(),
    m: z.string().optional(),
  })
  .meta({ id: 'Change' });

export const frameSchemas = {
  hello: z.strictObject({
    conn: z.string(),
    proto: z.literal(1),
    hb: z.int(),
    maxAge: z.int(),
    now: instantSchema,
    node: z.string(),
  }),
  snap: z.strictObject({
    e: epoch,
    s: seq,
    c: chain,
    id: z.string(),
    t: instantSchema,
    view: viewSchema,
    schema: z.int(),
    reason: z.enum(snapshotReasons),
    part: z.int().min(1),
    parts: z.int().min(1),
    ents: z.array(entrySchema),
    dg: digest,
    n: z.int(),
    dur: seq,
  }),
  ev: z.strictObject({ e: epoch, p: seq, s: seq, c: chain, t: instantSchema, ch: z.array(changeSchema) }),
  hb: z.strictObject({
    e: epoch,
    s: seq,
    c: chain,
    t: instantSchema,
    dg: digest,
    n: z.int(),
    dur: seq,
    /** What the workers last said of the EHR: is it answering, when did it last (epoch ms), and how its circuit breakers stand. Absent without a link. */
    ehr: z
      .strictObject({
        isOk: z.boolean(),
        lastGoodAt: instantSchema.nullable(),
        reads: z.enum(breakerStates).optional(),
        writes: z.enum(breakerStates).optional(),
      })
      .optional(),
    /** How the whole system stands, as `GET /api/v1/system-state` and every screen say it. */
    system: systemSummarySchema.optional(),
    /** Names of dependencies that are not up; absent when all are. */
    degraded: z.array(z.string()).optional(),
  }),
  pres: z.strictObject({
    users: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        role: z.string(),
        tabs: z.int(),
        editing: z.string().nullable(),
      }),
    ),
  }),
  auth: z.strictObject({ expIn: z.int() }),
  bye: z.strictObject({
    code: z.enum(['drain', 'rotate', 'auth', 'slow', 'revoked', 'replaced', 'upgrade']),
    after: z.int().min(0),
  }),
} as const;
export type FrameName = keyof typeof frameSchemas;
export type Frame<N extends FrameName> = z.infer<(typeof frameSchemas)[N]>;
export type Change = z.infer<typeof changeSchema>;
export type Entry = z.infer<typeof entrySchema>;

/** Version of entity shapes on the stream; a cursor of another version gets a snapshot. */
export const streamSchemaVersion = 1;
export const heartbeatMs = 15_000;
