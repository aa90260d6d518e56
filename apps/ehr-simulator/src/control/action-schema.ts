import { z } from 'zod';
import { faultRule } from '../config.ts';

const id = z.number().int().positive();
const instant = z.iso.datetime({ offset: true });
const minutes = z
  .number()
  .min(1)
  .max(24 * 60);
/** The user who does it, as `UpdatedBy` will show; left out, the one before stays. */
const by = id.optional();

/** What can be done to the EHR from outside, by a test, a script or a person: each as a line of JSON. */
export const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('config'), patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ do: z.literal('fault'), rule: faultRule }),
  z.strictObject({ do: z.literal('clear-faults') }),
  /** A fault that holds for a while, for one operation or for all. */
  z.strictObject({
    do: z.literal('burst'),
    kind: faultRule.shape.kind,
    op: z.string().default('*'),
    ms: z.number().min(1).max(86_400_000),
    probability: z.number().min(0).max(1).default(1),
  }),
  /** Maintenance that begins after a while and lasts a while, both in ms of the simulator's clock. */
  z.strictObject({
    do: z.literal('outage'),
    startsInMs: z.number().min(0).max(86_400_000).default(0),
    ms: z.number().min(1).max(86_400_000),
  }),
  z.strictObject({ do: z.literal('status'), id, status: z.string().max(60), by }),
  z.strictObject({ do: z.literal('cancel'), id, by }),
  z.strictObject({ do: z.literal('move'), id, startTime: instant, minutes: minutes.optional(), by }),
  z.strictObject({
    do: z.literal('edit'),
    id,
    notes: z.string().max(4000).optional(),
    providerId: id.optional(),
    locationId: id.optional(),
    resourceIds: z.array(id).max(9).optional(),
    patientId: id.nullable().optional(),
    caseId: id.nullable().optional(),
    by,
  }),
  /** `flag` leaves a deleted record behind, `gone` leaves nothing. */
  z.strictObject({ do: z.literal('delete'), id, mode: z.enum(['flag', 'gone']).default('flag') }),
  z.strictObject({
    do: z.literal('add'),
    patientId: id.nullable(),
    startTime: instant,
    minutes: minutes.default(20),
    providerId: id.optional(),
    status: z.string().max(60).default('Scheduled'),
    type: z.enum(['P', 'O']).default('P'),
    notes: z.string().max(4000).default(''),
  }),
  z.strictObject({
    do: z.literal('patient'),
    id,
    deleted: z.boolean().optional(),
    mergedInto: id.nullable().optional(),
    alert: z.string().max(400).nullable().optional(),
  }),
  z.strictObject({
    do: z.literal('clock'),
    set: instant.optional(),
    advanceMs: z.number().optional(),
    speed: z.number().min(0).max(100_000).optional(),
  }),
]);

export type Action = z.output<typeof actionSchema>;
export type ActionInput = z.input<typeof actionSchema>;
