/**
 * Configuration as data: every option of every process with its default, unit and sentence. A process reads its
 * environment once, at its start, through `readConfig`; the tables of the documentation come from the same rows.
 */
import { z } from 'zod';
import { boardDateSchema, clinicIdSchema } from './ids.ts';
import { userSchema } from './rest.ts';

export type OptionUnit = 'ms' | 'bytes' | 'count' | 'hours' | null;
export type Option<T = unknown> = {
  /** Name of the environment variable. */
  env: string;
  schema: z.ZodType<T, string>;
  /** As it would stand in the environment; null when the option must be given or is off without a value. */
  default: string;
  unit: OptionUnit;
  sentence: string;
  /** Its value never appears in a log, a table or an error. */
  isSecret: boolean;
};

type More = { unit?: OptionUnit; isSecret?: boolean };
function option<T>(
  env: string,
  schema: z.ZodType<T, string>,
  fallback: string,
  sentence: string,
  more: More = {},
): Option<T> {
  return {
    env,
    schema,
    default: fallback,
    sentence,
    unit: more.unit ?? null,
    isSecret: more.isSecret ?? false,
  };
}

const text = z.string();
const optionalText = z.string().transform((t) => (t === '' ? null : t));
const list = z.string().transform((t) => t.split(',').flatMap((each) => each.trim() || []));
const flag = z.enum(['true', 'false', '1', '0']).transform((t) => t === 'true' || t === '1');
/** `name+hash+base64 https://…`, several by commas. */
const witnessList = list.pipe(
  z.array(
    z
      .string()
      .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2} https?:\/\/\S+$/, {
        error: 'each witness is a verifier key, a blank and an http address',
      })
      .transform((text) => {
        const [key = '', url = ''] = text.split(' ');
        return { key, url };
      }),
  ),
);
const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/, { error: 'a whole number' }).transform(Number).pipe(z.int().min(min).max(max));

const shared = {
  mode: option(
    'BOLT_MODE',
    z.enum(['development', 'production']),
    'development',
    'In production the development login cannot exist, and everything that is meant for trying out refuses to start.',
  ),
  redisUrl: option(
    'REDIS_URL',
    text.min(1),
    'redis://127.0.0.1:6379',
    'Where Redis is: redis://, rediss:// or unix://. A user and password belong into the URL.',
    { isSecret: true },
  ),
  allowVolatileRedis: option(
    'BOLT_ALLOW_VOLATILE_REDIS',
    flag,
    'false',
    'Start on a Redis that evicts keys or does not persist. For tests only: acknowledged steps may be lost.',
  ),
  commitReplicas: option(
    'BOLT_COMMIT_REPLICAS',
    whole(0, 9),
    '0',
    'Replicas that must hold a step before it is acknowledged (WAIT): as many as may be promoted; 0 where one durable server is the promise.',
    { unit: 'count' },
  ),
  keys: option(
    'BOLT_KEYS',
    text.min(1),
    '.bolt/keys/top-keys.json',
    'The top keys: gcpkms://projects/<p>/locations/<l>/keyRings/<r>, or the path of a key file, which is made on first use.',
  ),
  keyStore: option(
    'BOLT_KEY_STORE',
    text.min(1),
    '.bolt/keys/store',
    'Where wrapped keys are kept, never in Redis: a folder, gs:// or s3://. Its backups must not outlive 7 days.',
  ),
  archive: option(
    'BOLT_ARCHIVE',
    text.min(1),
    '.bolt/archive',
    'Where days and the sealed record go that leave Redis: a folder, gs:// or s3://. In production a bucket with a retention lock.',
  ),
  auditName: option(
    'BOLT_AUDIT_NAME',
    text.regex(/^[a-z0-9][a-z0-9.-]{0,60}$/, { error: 'a host-like name' }),
    'workflow-bolt.local',
    'Name of this installation in the checkpoints of its sealed record. Never change it: auditors hold keys under it.',
  ),
  agreementsFile: option(
    'BOLT_AGREEMENTS_FILE',
    optionalText,
    '',
    'JSON file with the business associate agreements of this installation. Without a signed one no connector to that vendor starts in production, nor ever one to an EHR that is not on this machine.',
  ),
  logLevel: option(
    'LOG_LEVEL',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    'The least important line that is still written.',
  ),
};

export const serverOptions = {
  ...shared,
  host: option('HOST', text.min(1), '127.0.0.1', 'The address to listen on.'),
  port: option('PORT', whole(0, 65_535), '8080', 'The port to listen on; 0 takes a free one.'),
  developmentLogin: option(
    'BOLT_DEV_LOGIN',
    flag,
    'false',
    'Let anyone choose a demo user without a password. Refused in production.',
  ),
  clinicsFile: option(
    'BOLT_CLINICS_FILE',
    text.min(1, { error: 'name a JSON file with the settings of the clinics' }),
    '',
    'JSON file with the clinics: names, time zones, rooms, thresholds.',
  ),
  developmentUsersFile: option(
    'BOLT_DEV_USERS_FILE',
    optionalText,
    '',
    'JSON file with the demo users of the development login; empty for one user per role and clinic.',
  ),
  securityOfficial: option(
    'BOLT_SECURITY_OFFICIAL',
    optionalText,
    '',
    'Who answers for security here, as 45 CFR 164.308(a)(2) asks: a name or a role with a way to reach it. Needed in production.',
  ),
  privacyOfficial: option(
    'BOLT_PRIVACY_OFFICIAL',
    optionalText,
    '',
    'Who answers for privacy here, as 45 CFR 164.530(a)(1) asks: a name or a role with a way to reach it. Needed in production.',
  ),
  webRoot: option(
    'BOLT_WEB_ROOT',
    optionalText,
    '',
    'Folder of the built web app; empty for the one in the repository.',
  ),
  publicOrigin: option(
    'BOLT_PUBLIC_ORIGIN',
    optionalText,
    '',
    'Origin of the web app as browsers see it, such as https://board.example.org; empty: the Host header decides.',
  ),
  identityProvidersFile: option(
    'BOLT_OIDC_FILE',
    optionalText,
    '',
    'JSON file with the identity providers that people may sign in at (Auth0, Google, Entra, others); it holds secrets.',
  ),
  streamsMax: option(
    'BOLT_STREAMS_MAX',
    whole(1, 100_000),
    '5000',
    'Streams that one process carries; the next one is told to try again elsewhere.',
    { unit: 'count' },
  ),
  streamMaxAgeMs: option(
    'BOLT_STREAM_MAX_AGE_MS',
    whole(1_000, 86_400_000),
    '3000000',
    'Age at which a stream is asked to reconnect, give or take a tenth; below the limit of any proxy in between.',
    { unit: 'ms' },
  ),
  drainMs: option(
    'BOLT_DRAIN_MS',
    whole(0, 600_000),
    '10000',
    'Time between the signal to stop and the end, at most.',
    { unit: 'ms' },
  ),
  passwordMemoryKib: option(
    'BOLT_PASSWORD_MEMORY_KIB',
    whole(19_456, 1_048_576),
    '65536',
    'Memory of one password hash (argon2id); raising it makes guessing dearer, and renews each hash at its next sign-in.',
    { unit: 'count' },
  ),
  passwordPasses: option(
    'BOLT_PASSWORD_PASSES',
    whole(2, 20),
    '3',
    'Passes of one password hash over its memory.',
    { unit: 'count' },
  ),
  passwordHashesRunning: option(
    'BOLT_PASSWORD_HASHES_RUNNING',
    whole(1, 16),
    '1',
    'Password hashes computed at once; each takes a core and its memory, and the rest of a flood of sign-ins waits.',
    { unit: 'count' },
  ),
  passwordHashesWaiting: option(
    'BOLT_PASSWORD_HASHES_WAITING',
    whole(0, 1_000),
    '32',
    'Sign-ins that wait for their hash; the next one is told to try again in a few seconds.',
    { unit: 'count' },
  ),
  trustedProxies: option(
    'BOLT_TRUSTED_PROXIES',
    whole(0, 8),
    '0',
    'Proxies of ours in front; the address of a caller is then the one that the outermost of them wrote down.',
    { unit: 'count' },
  ),
  honeyVisits: option(
    'BOLT_HONEY_VISITS',
    list,
    '',
    'Ids of visits that do not exist and that nobody has a reason to open, by commas; opening one raises an alert.',
    { isSecret: true },
  ),
  honeyTokens: option(
    'BOLT_HONEY_TOKENS',
    list,
    '',
    'SHA-256 of tokens that were left where a thief looks, by commas; whoever uses one is kept out.',
    { isSecret: true },
  ),
  trustedNetworks: option(
    'BOLT_TRUSTED_NETWORKS',
    list,
    '',
    'Addresses that are never kept out whole, by commas: the way of the clinic itself to this server.',
  ),
  sessionHours: option(
    'BOLT_SESSION_HOURS',
    whole(1, 12),
    '12',
    'Hours after which everyone signs in again, where the clinic does not say otherwise.',
    { unit: 'hours' },
  ),
} as const;

export const workerOptions = {
  ...shared,
  auditSealMs: option(
    'BOLT_AUDIT_SEAL_MS',
    whole(1_000, 3_600_000),
    '60000',
    'How often what was recorded is sealed and its checkpoint signed.',
    { unit: 'ms' },
  ),
  downtime: option(
    'BOLT_DOWNTIME',
    text.min(1),
    '.bolt/downtime',
    'Where the sealed downtime rosters go: a folder, gs:// or s3:// without a retention lock. Choose a place that the clinic still reaches when the system does not answer.',
  ),
  auditWitnesses: option(
    'BOLT_AUDIT_WITNESSES',
    witnessList,
    '',
    'Who confirms the checkpoints of the record from elsewhere (C2SP tlog-witness), by commas: each its verifier key, a blank and its address.',
  ),
  auditWitnessRequired: option(
    'BOLT_AUDIT_WITNESS_REQUIRED',
    flag,
    'false',
    'Keep in Redis what no witness has confirmed yet, however old; without it an absent witness is only told.',
  ),
  clinicsFile: serverOptions.clinicsFile,
  honeyKeys: option(
    'BOLT_HONEY_KEYS',
    list.pipe(
      // None of ours: those have a tag in braces, or begin so.
      z.array(
        z
          .string()
          .regex(/^(?!sys:|bull:|ch:)[A-Za-z0-9:_.-]{3,80}$/, { error: 'names of keys of no use to us' }),
      ),
    ),
    '',
    'Names of keys that the worker plants in Redis and that nothing of ours reads, by commas; reading one raises an alert.',
    { isSecret: true },
  ),
  metricsListen: option(
    'BOLT_WORKER_METRICS',
    z
      .string()
      .regex(/^(|[A-Za-z0-9.-]+:\d{1,5})$/, 'must be host:port')
      .transform((value) => value || null),
    '',
    'Where the worker serves /metrics, as host:port; empty for not at all.',
  ),
  ehrUrl: option(
    'BOLT_EHR_URL',
    optionalText,
    '',
    "The EHR's address: its SOAP endpoint, empty for the vendor's own, or the base of a FHIR R4 server.",
  ),
  ehrCustomerKey: option('BOLT_EHR_CUSTOMER_KEY', text, '', 'Customer key of the EHR account (Tebra).', {
    isSecret: true,
  }),
  ehrUser: option('BOLT_EHR_USER', text, '', 'User of the EHR account (Tebra).', { isSecret: true }),
  ehrPassword: option('BOLT_EHR_PASSWORD', text, '', 'Password of the EHR account (Tebra).', {
    isSecret: true,
  }),
  fhirTokenUrl: option(
    'BOLT_FHIR_TOKEN_URL',
    optionalText,
    '',
    'Token endpoint of a FHIR server (OAuth 2.0 client credentials, SMART Backend Services).',
  ),
  fhirClientId: option('BOLT_FHIR_CLIENT_ID', optionalText, '', 'Our client id at the token endpoint.'),
  fhirClientSecret: option('BOLT_FHIR_CLIENT_SECRET', optionalText, '', 'Secret of that client; or a key.', {
    isSecret: true,
  }),
  fhirKeyFile: option(
    'BOLT_FHIR_KEY_FILE',
    optionalText,
    '',
    'PKCS#8 file with the private key that signs our assertions (P-384 or RSA), instead of a secret.',
  ),
  fhirKeyId: option(
    'BOLT_FHIR_KEY_ID',
    optionalText,
    '',
    'Name of that key in the key set the server knows.',
  ),
  fhirScope: option(
    'BOLT_FHIR_SCOPE',
    text,
    'system/Appointment.crus system/Encounter.crus system/Patient.rs system/Practitioner.rs system/Location.rs system/Organization.rs',
    'Scopes asked for; empty for what the server gives anyway.',
  ),
  fhirGapMs: option(
    'BOLT_FHIR_GAP_MS',
    whole(0, 60_000),
    '100',
    'Least time between two calls of one kind to a FHIR server, which tells no limits before one is passed.',
    { unit: 'ms' },
  ),
} as const;

/** Options of each process, for the tables of the documentation. */
export const configOptions = { server: serverOptions, worker: workerOptions } as const;

export type ConfigOf<O extends Record<string, Option>> = {
  [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};
export type ServerConfig = ConfigOf<typeof serverOptions>;
export type WorkerConfig = ConfigOf<typeof workerOptions>;

/** Thrown with one line per bad option; it names the variable and the rule, never a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads options from an environment. Throws `ConfigError` that lists everything wrong at once. */
export function readConfig<O extends Record<string, Option>>(
  options: O,
  environment: Record<string, string | undefined>,
): ConfigOf<O> {
  const wrong: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(options)) {
    const given = environment[row.env] ?? row.default;
    const parsed = row.schema.safeParse(given);
    if (parsed.success) config[name] = parsed.data;
    else wrong.push(explain(row, given, parsed.error));
  }
  if (wrong.length > 0) throw new ConfigError(`The configuration is not usable:\n  ${wrong.join('\n  ')}`);
  return config as ConfigOf<O>;
}

function explain(row: Option, given: string, error: z.ZodError): string {
  const shown = row.isSecret ? '' : ` (is "${given}")`;
  return `${row.env}: ${error.issues.map((issue) => issue.message).join('; ')}${shown}. ${row.sentence}`;
}

/** Demo users, as a file (`BOLT_DEV_USERS_FILE`) lists them until there are accounts. */
export const developmentUsersSchema = z
  .strictObject({ users: z.array(userSchema).min(1).max(500) })
  .meta({ id: 'DevelopmentUsers' });

export const clinicsResponseSchema = z
  .strictObject({
    clinics: z.array(
      z.strictObject({ id: clinicIdSchema, name: z.string(), zone: z.string(), today: boardDateSchema }),
    ),
  })
  .meta({ id: 'Clinics' });
