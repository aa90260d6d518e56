import { z } from 'zod';

/** Published minimum gaps between two calls of one operation by one account, in milliseconds. */
export const PUBLISHED_GAPS_MS: Readonly<Record<string, number>> = {
  GetAllPatients: 5000,
  GetAppointment: 500,
  GetAppointments: 1000,
  GetCharges: 1000,
  GetEncounterDetails: 500,
  GetExternalVendors: 1000,
  GetPatient: 250,
  GetPatients: 1000,
  GetPayments: 1000,
  GetPractices: 500,
  GetProcedureCode: 500,
  GetProviders: 500,
  GetServiceLocations: 500,
  GetThrottles: 5000,
  GetTransactions: 1000,
  CreateAppointment: 500,
  CreateEncounter: 500,
  CreatePatient: 500,
  CreatePayments: 500,
  UpdateAppointment: 500,
  UpdateEncounterStatus: 500,
  UpdatePatient: 1000,
  DeleteAppointment: 500,
  SearchPatient: 250,
};

const ms = z.number().min(0).max(86_400_000);
const instant = z.iso.datetime({ offset: true });

/** One network fault: for an operation (or all), for some calls (after `skip`, then `times`), with a probability. */
export const faultRule = z.strictObject({
  op: z.string().default('*'),
  kind: z.enum([
    ...([
      'hang',
      'hang-after',
      'reset-before',
      'reset-after',
      'slow',
      'drip',
      'truncate',
      'wrong-length',
      'gzip',
    ] as const),
    ...([
      'html-503',
      'html-200',
      'empty-200',
      'internal-fault',
      'bad-character',
      'bare-ampersand',
      'latin1',
    ] as const),
    'doctype',
  ]),
  probability: z.number().min(0).max(1).default(1),
  skip: z.number().int().min(0).default(0),
  times: z.number().int().min(1).nullable().default(null),
  /** For `slow` the delay; for `drip` the pause between pieces. */
  ms: ms.default(200),
  /** A burst: the rule holds before this instant of the simulator's clock only. */
  until: instant.optional(),
});

export type FaultRule = z.infer<typeof faultRule>;
export type FaultKind = FaultRule['kind'];

const auth = z.strictObject({
  /** Instant from which the credentials are refused; null never. */
  expiresAt: instant.nullable().default(null),
  /** Instant from which granted rights take effect; until then permissions are missing. */
  rightsFrom: instant.nullable().default(null),
  missingPermissions: z.array(z.string()).default([]),
  practicesAuthorized: z.array(z.number().int()).default([101, 102]),
  /** Refuses the right password too, after so many wrong ones in a row; 0 never locks. */
  lockOutAfter: z.number().int().min(0).default(0),
});

const throttle = z.strictObject({
  enabled: z.boolean().default(true),
  gapsMs: z.record(z.string(), ms).default({ ...PUBLISHED_GAPS_MS }),
  jitterMs: ms.default(50),
  refusedRestartsWindow: z.boolean().default(false),
  body: z.enum(['in-order', 'out-of-order']).default('in-order'),
  /** Another vendor on the same account who calls one operation at a fixed pace. */
  neighbour: z
    .strictObject({ op: z.string(), everyMs: ms.min(1) })
    .nullable()
    .default(null),
});

const time = z.strictObject({
  /** Whether TimeZoneOffsetFromGMT means anything, or everything stays Pacific. */
  offset: z.enum(['honour', 'ignore']).default('honour'),
  toIsExclusive: z.boolean().default(false),
  /** A longer list window is answered by an internal fault. */
  rangeDaysMax: z.number().int().min(1).default(60),
});

const data = z.strictObject({
  emptyList: z.enum(['nil', 'phantom']).default('nil'),
  /** What explicit field toggles do: select members, or turn the answer into one empty row. */
  toggles: z.enum(['normal', 'placeholder']).default('normal'),
  absent: z.enum(['absent', 'nil', 'empty']).default('absent'),
  dates: z.enum(['us', 'iso', 'mixed']).default('us'),
  booleans: z.enum(['True', 'true', '1', 'mixed']).default('True'),
  statusWords: z.enum(['mixed', 'pm', 'enum', 'letter']).default('mixed'),
  leadingZeros: z.boolean().default(false),
  unknownMembers: z.boolean().default(false),
  /** How a patient or appointment that is not there is answered. */
  notFound: z.enum(['nil', 'error']).default('nil'),
  /** How a deleted appointment is answered: flagged, or as not there. */
  deleted: z.enum(['flag', 'not-found']).default('flag'),
});

const writes = z.strictObject({
  /** Writes are answered as done, but change nothing. */
  acceptedButNotApplied: z.boolean().default(false),
  /** For so long the list goes on showing what it showed before a write. */
  listDelayMs: ms.default(0),
  /** Somebody at another screen changes an appointment right after it was read, in this share of the reads. */
  secondUser: z
    .strictObject({
      share: z.number().min(0).max(1),
      changes: z.enum(['status', 'notes']).default('status'),
      statuses: z.array(z.string().max(60)).min(1).default(['Confirmed', 'Cancelled', 'NoShow']),
    })
    .nullable()
    .default(null),
  /** Whether the newer operation that changes a status alone is there; it is in no published contract yet. */
  statusOperation: z.boolean().default(false),
});

const network = z.strictObject({
  latency: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('fixed'), ms }),
      z.strictObject({ kind: z.literal('realistic') }),
    ])
    .default({ kind: 'none' }),
  rules: z.array(faultRule).max(100).default([]),
  /** Planned maintenance by the simulator's clock: HTML 503 from `from` (included) to `to`. */
  outage: z.strictObject({ from: instant, to: instant }).nullable().default(null),
});

const configSchema = z.strictObject({
  auth: auth.prefault({}),
  throttle: throttle.prefault({}),
  time: time.prefault({}),
  data: data.prefault({}),
  writes: writes.prefault({}),
  network: network.prefault({}),
});

export type SimulatorConfig = z.infer<typeof configSchema>;

/** A partial configuration: objects merge, everything else replaces. */
export type ConfigPatch = { [K in keyof SimulatorConfig]?: Partial<SimulatorConfig[K]> };

/** The configuration with a patch applied; throws ZodError and changes nothing when the result would be invalid. */
export function patchConfig(config: SimulatorConfig, patch: unknown): SimulatorConfig {
  const patched = configSchema.parse(merge(config, patch, 0));
  // Fault rules count their calls by identity: a patch that does not replace them must not start the counts anew.
  const touchesRules = isPlain(patch) && isPlain(patch.network) && 'rules' in patch.network;
  if (!touchesRules) patched.network.rules = config.network.rules;
  return patched;
}

export function defaultConfig(): SimulatorConfig {
  return configSchema.parse({});
}

// Two levels: sections, then settings; `gapsMs` merges too, so that one gap can be changed alone.
function merge(base: unknown, patch: unknown, depth: number): unknown {
  if (!isPlain(base) || !isPlain(patch) || depth > 2 || 'kind' in patch) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = merge(merged[key], value, depth + 1);
  return merged;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
