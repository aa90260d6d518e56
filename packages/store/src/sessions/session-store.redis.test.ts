/** The session records themselves: what Redis holds, what changes at once cannot do, and what somebody at Redis cannot. */
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureFunctions } from '../function-loader.ts';
import { functionLibrary } from '../generated/functions.generated.ts';
import { createRedisPort } from '../ioredis-port.ts';
import { MacKey } from '../mac-key.ts';
import type { RedisPort } from '../redis-port.ts';
import { fromUrl } from '../redis-target.ts';
import { ApiTokenStore, apiTokensMax } from './api-token-store.ts';
import { PinStore } from './pin-store.ts';
import { globalEpochKey, personKeys } from './session-keys.ts';
import { type NewSession, SessionStore, type StoredSession } from './session-store.ts';
import { addressOfId, tagOf } from './session-token.ts';

const key = new MacKey(Buffer.alloc(32, 7));
const hourMs = 3_600_000;
const clock = { ms: 1_800_000_000_000 };
let redis: RedisServer;
let port: RedisPort;
let store: SessionStore;

beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url));
  await port.connect();
  await ensureFunctions(port, functionLibrary);
});
afterAll(async () => {
  await port.close();
  await redis.stop();
});
beforeEach(async () => {
  await redis.call('FLUSHALL');
  store = newStore();
});

const newStore = (durability: { numReplicas: number; timeoutMs: number } | null = null) =>
  new SessionStore({ port, key, durability, now: () => clock.ms });
const wanted = (uid = 'dana', more: Partial<NewSession> = {}): NewSession => ({
  ...{ uid, aal: '2', amr: ['pwd', 'otp'], station: 'desk-1', workstation: null, isDevelopment: false },
  ...{ idleMs: 900_000, endsAt: clock.ms + 12 * hourMs, device: 'Chrome, Windows', network: '10.0.0.0/24' },
  ...more,
});
const open = (uid = 'dana', more: Partial<NewSession> = {}) => store.open(wanted(uid, more), 5);
const standing = async (token: string) => (await store.find(token)).standing;
const keyOf = ({ id }: StoredSession) => {
  const { tag, sel } = addressOfId(id) ?? { tag: '', sel: '' };
  return personKeys(tag).sessionPrefix + sel;
};

test('[session] Redis holds neither a token, nor a part of it, nor a role or a name', async () => {
  const { token, session } = await open();
  const held = [];
  for (const name of (await redis.call('KEYS', '*')) as string[]) {
    const type = await redis.call('TYPE', name);
    held.push(
      name,
      JSON.stringify(await redis.call(...(type === 'hash' ? ['HGETALL', name] : ['GET', name]))),
    );
  }
  const text = held.join('\n');
  expect(text).toContain(session.id.slice(8));
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(24));
  expect(text).not.toMatch(/role|name|manager/);
  expect(await standing(token)).toBe('alive');
});

test('[session] [H-04] a session ends when nothing was done, at its absolute end, and a minute later in Redis', async () => {
  const { token, session } = await open();
  clock.ms += 899_999;
  expect(await standing(token)).toBe('alive');
  clock.ms += 1;
  expect(await standing(token)).toBe('none');
  const ttl = Number(await redis.call('PTTL', keyOf(session)));
  expect(ttl).toBeGreaterThan(900_000);
  expect(ttl).toBeLessThanOrEqual(960_000);
  const display = await open('wall', { idleMs: 0 });
  clock.ms += 12 * hourMs - 1;
  expect(await standing(display.token)).toBe('alive');
  clock.ms += 1;
  expect(await standing(display.token)).toBe('none');
});

test('[session] a replaced token works for ten more seconds; after that it is theft', async () => {
  const { token, session } = await open();
  const rotated = await store.rotate(session);
  expect(await standing(rotated?.token ?? '')).toBe('alive');
  clock.ms += 10_000;
  expect(await standing(token)).toBe('alive');
  clock.ms += 1;
  expect(await standing(token)).toBe('reused');
  expect(await standing(rotated?.token ?? '')).toBe('alive');
});

test('[session] a token of long ago is still recognised as stolen, one that never was is nobody', async () => {
  const opened = await open('dana', { idleMs: 0 });
  let { session } = opened;
  for (let i = 0; i < 20; i += 1) {
    clock.ms += 11_000;
    const rotated = await store.rotate(session);
    if (rotated) session = rotated.session;
  }
  expect(session.record.former).toHaveLength(20);
  expect(await standing(opened.token)).toBe('reused');
  const guess = `${session.id}${'A'.repeat(43)}`;
  expect(await standing(guess)).toBe('none');
  expect(await store.findById(session.id), 'a guess harms nobody').not.toBeNull();
});

test('[session] [SE-SWAP] of two changes at once one wins; a session that was ended does not come back', async () => {
  const { session } = await open();
  const both = await Promise.all([store.rotate(session), store.rotate(session)]);
  expect(both.filter((each) => each !== null)).toHaveLength(1);
  const present = await store.findById(session.id);
  expect(await store.end('dana', session.id)).toBe(true);
  expect(present && (await store.change(present, { ...present.record, lastAt: clock.ms }))).toBeNull();
  expect(await redis.call('EXISTS', keyOf(session))).toBe(0);
  expect(await store.end('dana', session.id)).toBe(false);
});

test('[session] [H-15] [SE-EPOCH] ending everything of a person is in force at the next request, whatever Redis still holds', async () => {
  const [kept, gone] = [await open(), await open()];
  const other = await open('amir');
  const before = (await redis.call('GET', keyOf(gone.session))) as string;
  await store.endAll('dana', kept.session.id);
  expect([await standing(kept.token), await standing(gone.token), await standing(other.token)]).toEqual([
    'alive',
    'none',
    'alive',
  ]);
  // A failover that lost its tail brings the record back, but not the epoch it belongs to.
  await redis.call('SET', keyOf(gone.session), before);
  expect(await standing(gone.token)).toBe('none');
  await store.endAll('dana');
  expect(await standing(kept.token)).toBe('none');
});

test('[session] a session that is being opened while everything is ended does not survive by chance', async () => {
  const ended = store.endAll('dana');
  const opened = await Promise.all(Array.from({ length: 8 }, () => open()));
  await ended;
  const epoch = Number(await redis.call('GET', personKeys(tagOf(key, 'dana')).epoch));
  for (const { token, session } of opened) {
    expect(await standing(token)).toBe(
      session.record.epoch === epoch ? ((await store.findById(session.id)) ? 'alive' : 'none') : 'none',
    );
  }
});

test('[session] everybody’s sessions can be ended at once', async () => {
  const [a, b] = [await open(), await open('amir')];
  await redis.call('INCR', globalEpochKey);
  expect([await standing(a.token), await standing(b.token)]).toEqual(['none', 'none']);
  expect(await standing((await open()).token)).toBe('alive');
});

test('[session] [SE-LIMIT] beyond the limit the oldest ends, also when ten arrive at once', async () => {
  const first = await open();
  clock.ms += 1;
  const later = await Promise.all(Array.from({ length: 10 }, () => open()));
  expect(await standing(first.token)).toBe('none');
  const alive = [];
  for (const { token } of later) if ((await standing(token)) === 'alive') alive.push(token);
  expect(alive).toHaveLength(5);
  expect(await store.list('dana')).toHaveLength(5);
});

test('[session] whoever writes to Redis cannot make, promote, prolong or move a session', async () => {
  const [{ token, session }, victim] = [await open(), await open('mina')];
  const text = (await redis.call('GET', keyOf(session))) as string;
  const json = text.slice(44);
  const forgeries: [string, string][] = [
    ['made up', `${'A'.repeat(43)}.${json}`],
    ['without a MAC', json],
    ['another person', `${text.slice(0, 44)}${json.replace('"dana"', '"mina"')}`],
    ['more assurance', text.replace('"aal":"2"', '"aal":"3"')],
    [
      'a later end',
      text.replace(`"endsAt":${session.record.endsAt}`, `"endsAt":${session.record.endsAt + 1}`),
    ],
    ['no idle end', text.replace('"idleMs":900000', '"idleMs":0')],
    ['the record of another', (await redis.call('GET', keyOf(victim.session))) as string],
    ['nothing', ''],
  ];
  for (const [name, forged] of forgeries) {
    await redis.call('SET', keyOf(session), forged);
    expect(await standing(token), name).toBe('none');
  }
  await redis.call('SET', keyOf(session), text);
  expect(await standing(token)).toBe('alive');
});

test('[session] one person cannot end or list what is another’s', async () => {
  const { session, token } = await open();
  expect(await store.end('amir', session.id)).toBe(false);
  expect(await store.end('dana', 'not-an-id')).toBe(false);
  expect(await store.list('amir')).toEqual([]);
  expect(await standing(token)).toBe('alive');
});

test('[session] a parked session opens for no token, and is taken up once', async () => {
  const { token, session } = await open();
  const parked = await store.park(session);
  expect(await standing(token)).toBe('none');
  clock.ms += 11_000;
  expect(await standing(token), 'a tab that did not hear of it is no thief').toBe('none');
  clock.ms += 3_600_000;
  const taken = parked && (await Promise.all([store.unpark(parked), store.unpark(parked)]));
  expect(taken?.filter((each) => each !== null)).toHaveLength(1);
  const [now] = taken?.filter((each) => each !== null) ?? [];
  expect(await standing(now?.token ?? '')).toBe('alive');
  expect(now?.session.record).toMatchObject({ aal: '2-resumed', amr: ['pwd', 'otp', 'pin'], stepUps: {} });
});

test('[session] a parked session waits four hours, and never past its absolute end', async () => {
  const { session } = await open();
  await store.park(session);
  clock.ms += 4 * hourMs - 1;
  expect(await store.findById(session.id)).not.toBeNull();
  clock.ms += 1;
  expect(await store.findById(session.id)).toBeNull();
  const short = await open('dana', { endsAt: clock.ms + 60_000 });
  await store.park(short.session);
  clock.ms += 60_000;
  expect(await store.findById(short.session.id)).toBeNull();
});

test('[session] [SE-END] with a commit lane an end that no replica holds is not told as done', async () => {
  const lane = newStore({ numReplicas: 1, timeoutMs: 50 });
  const { token, session } = await open();
  await expect(lane.end('dana', session.id)).rejects.toMatchObject({ code: 'outcome_unknown' });
  await expect(lane.endAll('dana')).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(await standing(token), 'on this server it is gone all the same').toBe('none');
});

test('[session] [SE-END] neither is the end of an API token', async () => {
  const made = { port, key, now: () => clock.ms };
  const lane = new ApiTokenStore({ ...made, durability: { numReplicas: 1, timeoutMs: 50 } });
  const wanted = { uid: 'durable', name: 'nightly', scopes: ['read'], expiresAt: clock.ms + hourMs };
  const [one, two] = [await lane.create(wanted), await lane.create(wanted)];
  if (!one || !two) throw new Error('refused too early');
  await expect(lane.end('durable', one.id)).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(await lane.find(one.token), 'on this server it is gone all the same').toBeNull();
  const plain = new ApiTokenStore({ ...made, durability: null });
  await plain.endAll('durable');
  expect([await plain.find(two.token), await plain.list('durable')]).toEqual([null, []]);
});

test('[session] many requests of one turn are one question, and none gets an older answer', async () => {
  const opened = [];
  for (let i = 0; i < 20; i += 1) opened.push(await open(`user-${i}`));
  const before = await callsOf('mget');
  const found = await Promise.all([...opened, ...opened].map(({ token }) => store.find(token)));
  expect(found.every(({ standing: each }) => each === 'alive')).toBe(true);
  expect((await callsOf('mget')) - before).toBe(1);
  const [{ token, session }] = opened as [(typeof opened)[0]];
  const asked = store.find(token);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await redis.call('DEL', keyOf(session));
  await asked;
  expect(await standing(token)).toBe('none');
});

async function callsOf(command: string): Promise<number> {
  const info = (await redis.call('INFO', 'commandstats')) as string;
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
}

test('[session] an API token is kept as a hash, ends at its time, and a person has twenty at most', async () => {
  const tokens = new ApiTokenStore({ port, key, durability: null, now: () => clock.ms });
  const make = (name: string) =>
    tokens.create({ uid: 'dana', name, scopes: ['read'], expiresAt: clock.ms + hourMs });
  const made = await make('first');
  const record = (await redis.call('GET', `{u:${tagOf(key, 'dana')}}:t:${made?.id.slice(8)}`)) as string;
  expect(record).not.toContain(made?.token.slice(30, 94));
  expect((await tokens.find(made?.token ?? ''))?.record.name).toBe('first');
  expect(await tokens.find(`${made?.token.slice(0, -1)}x`)).toBeNull();
  const rest = await Promise.all(Array.from({ length: apiTokensMax + 5 }, (_, i) => make(`t${i}`)));
  expect(rest.filter((each) => each !== null)).toHaveLength(apiTokensMax - 1);
  expect(await tokens.end('amir', made?.id ?? '')).toBe(false);
  await store.endAll('dana');
  expect(await tokens.find(made?.token ?? ''), 'signing out everywhere spares scripts').not.toBeNull();
  expect(await tokens.end('dana', made?.id ?? '')).toBe(true);
  expect(await tokens.find(made?.token ?? '')).toBeNull();
  clock.ms += hourMs;
  expect(await tokens.list('dana')).toEqual([]);
});

test('[kiosk] [H-22] [SE-PIN] attempts are counted before a PIN is looked at: of a hundred at once five are allowed, ten in a day', async () => {
  const sealer = { seal: async (text: string) => text, open: async (text: string) => text };
  const pins = new PinStore({ port, key, sealer });
  const at = async (workstation: string) =>
    (await Promise.all(Array.from({ length: 50 }, () => pins.spend('dana', workstation)))).filter(
      ({ isAllowed }) => isAllowed,
    ).length;
  expect(await at('desk-1')).toBe(5);
  expect(await at('desk-2')).toBe(5);
  expect(await at('desk-3'), 'the day is spent').toBe(0);
  await pins.refund('dana', 'desk-1');
  expect(await at('desk-1')).toBe(1);
  expect((await pins.spend('amir', 'desk-1')).isAllowed).toBe(true);
});
