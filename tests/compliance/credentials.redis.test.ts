/**
 * The credentials of the EHR account exist nowhere else, and are found nowhere: real processes work with them, the EHR
 * refuses them and echoes them in every way it can, and then everything that was written, kept or said is searched.
 */
import { hash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { queuePrefix, type Sync, scheduleSyncQueue } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClinicSystem, SystemProcess, startClinicSystem } from '../system/clinic-system.ts';
import { StaffMember } from '../system/staff-member.ts';
import { filesIn, formsIn, formsOf } from './canary-search.ts';
import { type EchoingEhr, type EchoMode, startEchoingEhr } from './echoing-ehr.ts';

const secret = (kind: string): string => `${kind}q${randomBytes(12).toString('hex')}`;
const makeCredentials = () => ({
  customerKey: secret('key'),
  user: `${secret('user')}@cedar-hollow.example`,
  password: secret('password'),
});
const credentials = makeCredentials();
const wrong = makeCredentials();
/** The address of the account may be cut off; the word before it is as telling. */
const wordsOf = ({ customerKey, user, password }: typeof credentials) => [
  customerKey,
  user.split('@')[0] ?? '',
  password,
];
const words = wordsOf(credentials);
const digests = [credentials, wrong].flatMap(({ password }) =>
  ['sha256', 'sha1', 'md5'].map((name) => ({
    name: `${name} of the password`,
    text: hash(name, password, 'hex'),
  })),
);
const forms = [...[...words, ...wordsOf(wrong)].flatMap(formsOf), ...digests];

let system: ClinicSystem;
let ehr: EchoingEhr;
let desk: StaffMember;
const answers: string[] = [];

beforeAll(async () => {
  system = await startClinicSystem({
    ...{ appointments: 4, credentials, env: { LOG_LEVEL: 'trace' } },
    ehrUrl: async ({ url }) => {
      ehr = await startEchoingEhr(url);
      return ehr.url;
    },
  });
  const redis = system.redis?.client();
  await redis?.call('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '100000');
  // Compressed, a password could hide from the search.
  await redis?.call('CONFIG', 'SET', 'rdbcompression', 'no');
  desk = await StaffMember.signIn(system, 'dana');
}, 120_000);
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await ehr?.stop();
});

/** A worker of the same clinic with credentials that are good nowhere. */
function stranger(): SystemProcess {
  const folder = dirname(system.workers[0]?.logPath ?? '');
  const env = {
    REDIS_URL: system.redisUrl,
    BOLT_CLINICS_FILE: join(folder, 'clinics.json'),
    LOG_LEVEL: 'trace',
    BOLT_EHR_URL: ehr.url,
    BOLT_EHR_CUSTOMER_KEY: wrong.customerKey,
    BOLT_EHR_USER: wrong.user,
    BOLT_EHR_PASSWORD: wrong.password,
  };
  const process = new SystemProcess('worker-2', 'apps/worker/src/main.ts', env, folder);
  system.workers.push(process);
  return process;
}

async function syncState(): Promise<Sync | null> {
  const d = (await desk.entities()).get('sync');
  return d?.type === 'sync' ? d : null;
}

/** What became of a job, from the queue itself: the board shows the newest job only, and a timer's may follow at once. */
async function resultOf(jobId: string): Promise<{ ok: boolean; code?: string }> {
  const kept = await system.redis
    ?.client()
    .hget(`${queuePrefix}:${scheduleSyncQueue}:${jobId}`, 'returnvalue');
  if (!kept) throw new Error('it is not through');
  return JSON.parse(kept) as { ok: boolean; code?: string };
}

/** Has the day read while the EHR answers like that; resolves with the code of its failure. */
async function readDay(mode: EchoMode): Promise<string | undefined> {
  ehr.mode = mode;
  const asked = await desk.request('/sync', { method: 'POST' });
  const text = await asked.text();
  answers.push(text);
  const { jobId } = JSON.parse(text) as { jobId: string };
  const { code } = await awaitUntil(`job ${jobId} is through`, () => resultOf(jobId), 120_000);
  ehr.mode = 'none';
  return code;
}

/** What anybody can ask the system, also when something is wrong. */
async function askEverything(): Promise<void> {
  const paths = [
    '/readyz',
    '/metrics',
    '/healthz',
    '/api/v1/ehr-link',
    '/api/v1/queues',
    '/queues',
    '/api/v1/session',
  ];
  for (const path of paths)
    answers.push(await (await fetch(`${system.baseUrl}${path}`, { headers: desk.headers })).text());
  for (const path of ['', '/drift', '/report']) answers.push(await (await desk.request(path)).text());
}

/** Every value in Redis as it stands, by key. */
async function valuesIn(
  redis: ReturnType<NonNullable<ClinicSystem['redis']>['client']>,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    // It ended between the two questions: leases and locks do.
    if (type === 'none') continue;
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, 0, '-1', 'WITHSCORES'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    values.set(`value of ${key}`, JSON.stringify((await read[type]?.()) ?? null));
  }
  return values;
}

/** The command line of every process on this machine that can be read. */
function commandLines(): Map<string, string> {
  const lines = new Map<string, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      lines.set(
        `command line of ${pid}`,
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '),
      );
    } catch {
      // It has ended meanwhile.
    }
  }
  return lines;
}

async function everySink(): Promise<Map<string, string>> {
  const { redis } = system;
  if (!redis) throw new Error('this system has no Redis of its own');
  const client = redis.client();
  const ask = async (...call: [string, ...string[]]) => JSON.stringify(await client.call(...call));
  const sinks = new Map<string, string>([...(await valuesIn(client)), ...commandLines()]);
  sinks.set('slow log', await ask('SLOWLOG', 'GET', '100000'));
  sinks.set('clients', await ask('CLIENT', 'LIST'));
  sinks.set('information', await ask('INFO', 'everything'));
  sinks.set('answers', answers.join('\n'));
  sinks.set('journal of the EHR', JSON.stringify(system.simulator.journal()));
  await client.call('SAVE');
  for (const [path, text] of filesIn(redis.dir)) sinks.set(`redis/${path}`, text);
  for (const [path, text] of filesIn(dirname(system.workers[0]?.logPath ?? '')))
    sinks.set(`system/${path}`, text);
  return sinks;
}

test('the search finds each of them in every form', () => {
  for (const { name, text } of forms)
    expect(formsIn(new Map([['somewhere', `..${text}..`]]), forms), name).not.toEqual([]);
  const url = `https://x/?p=${encodeURIComponent(credentials.user)}`;
  const encoded = Buffer.from(`{"password":"${credentials.password}"}`).toString('base64');
  for (const text of [url, encoded]) expect(formsIn(new Map([['somewhere', text]]), forms)).not.toEqual([]);
  expect(formsIn(new Map([['somewhere', 'nothing of the kind']]), forms)).toEqual([]);
});

test('[H-05] [P01] [privacy] an EHR that refuses and echoes its credentials leaves no trace of them anywhere', {
  timeout: 240_000,
}, async () => {
  await awaitUntil('the first reading is through', async () => (await syncState())?.phase === 'done', 60_000);
  // Should the breaker open meanwhile, the echo has been heard all the same.
  expect(['fault-unrecognised', 'not-sent']).toContain(await readDay('fault'));
  expect(['business-error', 'not-sent']).toContain(await readDay('message'));
  expect(['service-down', 'not-sent']).toContain(await readDay('page'));
  expect(new Set(ehr.echoed.map(({ mode }) => mode))).toEqual(new Set(['fault', 'message', 'page']));
  for (const word of words) expect(ehr.echoed.every(({ sent }) => sent.includes(word))).toBe(true);
  await desk.request('/reconcile', { method: 'POST' });
  const [worker] = system.workers;
  const environment = statSync(`/proc/${worker?.pid}/environ`);
  expect((environment.mode & 0o077).toString(8)).toBe('0');
  await worker?.end('SIGTERM');
  // Another one in its place, with an account that the EHR does not know.
  const refused = stranger();
  refused.start();
  // Its first call is refused, and opens the breaker for all that follow.
  expect(['auth', 'not-sent']).toContain(await readDay('none'));
  expect(readFileSync(refused.logPath, 'utf8')).toContain('"failure":"auth"');
  await askEverything();
  const sinks = await everySink();
  const kinds = [
    /^value of \{bq:ehr\}:schedule-sync:/,
    /\.aof$/,
    /\.rdb$/,
    /worker-1\.log$/,
    /worker-2\.log$/,
    /^command line/,
  ];
  expect(kinds.filter((kind) => ![...sinks.keys()].some((name) => kind.test(name)))).toEqual([]);
  expect(sinks.get('system/worker-1.log')).toContain('ehr call');
  expect(sinks.get('journal of the EHR')).toContain('[redacted]');
  expect(formsIn(sinks, forms)).toEqual([]);
});
