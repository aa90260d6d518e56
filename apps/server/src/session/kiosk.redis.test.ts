/** The lock screen of a shared workstation, and everybody who would like to get past it. */
import { type WorkstationPurpose, workstationMessage } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordedEvents, withoutRecord } from '../test/recorded-events.ts';
import { type Answered, Client, problemOf, type ServerFixture, startServer } from '../test/server-fixture.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const pin = '730264';
const clock = { ms: Date.now() };
let redis: RedisServer;
let fixture: ServerFixture;
let desk: Desk;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, {
    sessionClock: () => clock.ms,
    config: { passwordMemoryKib: 8_192, passwordPasses: 1 },
  });
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});
beforeEach(async () => {
  for (const key of (await redis.call('KEYS', '{u:*}:p*')) as string[]) await redis.call('DEL', key);
  desk = await Desk.enrol('Front desk 1');
});

const api = (path: string) => `${fixture.url}/api/v1/${path}`;
const cookieIn = (answer: Answered, name: string) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`)) ?? '';
const own = { 'sec-fetch-site': 'same-origin' };

async function proved(client: Client, purpose: string): Promise<Client> {
  const answer = await client.post(api('step-up'), { method: 'development', purpose });
  expect(answer.status).toBe(204);
  return new Client(client.url, { ...client.headers, cookie: cookieIn(answer, 'bolt_dev_s') });
}

/** A computer with a key that never leaves it, as WebCrypto makes one. */
class Desk {
  readonly id: string;
  readonly cookie: string;
  readonly #keys: CryptoKeyPair;

  private constructor(id: string, cookie: string, keys: CryptoKeyPair) {
    this.id = id;
    this.cookie = cookie;
    this.#keys = keys;
  }

  static async enrol(name: string): Promise<Desk> {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    const raw = Buffer.from(await crypto.subtle.exportKey('raw', keys.publicKey)).toString('base64url');
    const manager = await proved(await fixture.login('manager'), 'workstation-admin');
    const answer = await manager.post(api('clinics/north/workstations'), { name, publicKey: raw });
    expect(answer.status).toBe(200);
    return new Desk(String(answer.json.id), cookieIn(answer, 'bolt_dev_ws'), keys);
  }

  async challenge(): Promise<string> {
    const answer = await new Client(fixture.url, { cookie: this.cookie, ...own }).post(
      api('workstation/challenge'),
      {},
    );
    return String(answer.json.challenge);
  }

  async sign(purpose: WorkstationPurpose, challenge: string, userId?: string): Promise<string> {
    const message = workstationMessage(purpose, {
      workstation: this.id,
      challenge,
      ...(userId ? { userId } : {}),
    });
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signed = await crypto.subtle.sign(algorithm, this.#keys.privateKey, Buffer.from(message));
    return Buffer.from(signed).toString('base64url');
  }

  async proof(purpose: WorkstationPurpose, userId?: string) {
    const challenge = await this.challenge();
    return { challenge, signature: await this.sign(purpose, challenge, userId) };
  }

  /** Signs in at this computer and chooses a PIN. */
  async login(userId: string, choosesPin = true): Promise<Client> {
    const at = new Client(fixture.url, { cookie: this.cookie, ...own });
    const answer = await at.post(api('dev-login'), { userId });
    const cookie = `${cookieIn(answer, 'bolt_dev_s')}; ${this.cookie}`;
    const client = new Client(fixture.url, { cookie, ...own, 'x-bolt-csrf': String(answer.json.csrf) });
    if (!choosesPin) return client;
    const stepped = await client.post(api('step-up'), { method: 'development', purpose: 'factor-change' });
    const fresh = new Client(fixture.url, {
      ...client.headers,
      cookie: `${cookieIn(stepped, 'bolt_dev_s')}; ${this.cookie}`,
    });
    expect((await fresh.post(api('session/pin'), { pin })).status).toBe(204);
    return fresh;
  }

  async lock(client: Client): Promise<Answered> {
    return client.post(api('session/lock'), { proof: await this.proof('lock') });
  }

  async parked(userId = 'provider'): Promise<Client> {
    const client = await this.login(userId);
    expect((await this.lock(client)).json).toMatchObject({ isParked: true });
    return client;
  }

  async unlock(userId: string, typed: string, more: Record<string, unknown> = {}): Promise<Answered> {
    const body = { ...(await this.proof('unlock', userId)), userId, pin: typed, ...more };
    return this.#post('workstation/unlock', body);
  }

  async list(): Promise<Answered> {
    return this.#post('workstation/parked', await this.proof('list'));
  }

  #post(path: string, body: unknown): Promise<Answered> {
    return new Client(fixture.url, { cookie: this.cookie, ...own }).post(api(path), body);
  }
}

const failed = { status: 401, code: 'unlock_failed' };
const unproved = { status: 401, code: 'workstation_not_proved' };

test('[kiosk] [H-22] locked, listed by name, taken up again with the PIN: a new token, and no fresh proof left', async () => {
  const client = await desk.parked();
  expect((await client.get(client.board())).status, 'the cookie is worth nothing now').toBe(401);
  expect((await desk.list()).json).toMatchObject({
    workstation: { id: desk.id, name: 'Front desk 1' },
    people: [{ userId: 'provider', name: 'The provider' }],
  });
  const answer = await desk.unlock('provider', pin);
  expect(answer.json).toMatchObject({ user: { id: 'provider' }, aal: '2-resumed', stepUps: {} });
  const cookie = cookieIn(answer, 'bolt_dev_s');
  expect(cookie).not.toBe(client.headers.cookie?.split(';')[0]);
  const back = new Client(fixture.url, { cookie, ...own, 'x-bolt-csrf': String(answer.json.csrf) });
  expect((await back.get(back.board())).status).toBe(200);
  expect(problemOf(await back.post(api('session/pin'), { pin }))).toEqual({
    status: 403,
    code: 'step_up_required',
  });
  expect((await desk.list()).json.people).toEqual([]);
});

test('[kiosk] two people take turns; each gets back their own', async () => {
  await desk.parked('provider');
  await desk.parked('medical-assistant');
  expect((await desk.unlock('provider', pin)).json).toMatchObject({ user: { id: 'provider' } });
  expect((await desk.unlock('medical-assistant', pin)).json).toMatchObject({
    user: { id: 'medical-assistant' },
  });
});

test('[kiosk] the fifth wrong PIN ends the parked session; the right one then comes too late', async () => {
  await desk.parked();
  for (let i = 0; i < 5; i += 1) expect(problemOf(await desk.unlock('provider', '111222'))).toEqual(failed);
  expect(problemOf(await desk.unlock('provider', pin))).toEqual(failed);
  expect((await desk.list()).json.people).toEqual([]);
});

test('[kiosk] forty guesses at once are no more than five', async () => {
  await desk.parked();
  const typed = Array.from({ length: 40 }, (_, i) => (i === 39 ? pin : String(200_000 + i)));
  const answers = await Promise.all(typed.map((each) => desk.unlock('provider', each)));
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  const looked = Number(((await redis.call('KEYS', `{u:*}:pf:${desk.id}`)) as string[]).length);
  expect(looked).toBeLessThanOrEqual(1);
  expect((await desk.list()).json.people).toEqual([]);
});

test('[kiosk] ten wrong PINs in a day end it at every workstation', async () => {
  const [second, third] = [await Desk.enrol('Tablet 1'), await Desk.enrol('Tablet 2')];
  for (const each of [desk, second]) {
    await each.parked();
    for (let i = 0; i < 5; i += 1) await each.unlock('provider', '111222');
  }
  await third.parked();
  expect(problemOf(await third.unlock('provider', pin))).toEqual(failed);
});

test('[kiosk] right PINs do not count: people switch forty times a day', async () => {
  await desk.login('provider');
  for (let i = 0; i < 12; i += 1) {
    await desk.parked();
    expect((await desk.unlock('provider', pin)).status).toBe(200);
  }
});

test('[kiosk] the PIN without the key of the workstation opens nothing', async () => {
  await desk.parked();
  const thief = await Desk.enrol('Somebody’s laptop');
  const stolen = await desk.challenge();
  const post = (body: object) =>
    new Client(fixture.url, { cookie: desk.cookie, ...own }).post(api('workstation/unlock'), body);
  const body = {
    userId: 'provider',
    pin,
    challenge: stolen,
    signature: await thief.sign('unlock', stolen, 'provider'),
  };
  expect(problemOf(await post(body))).toEqual(unproved);
  expect(problemOf(await thief.unlock('provider', pin)), 'nobody is parked there').toEqual(failed);
  expect(problemOf(await new Client(fixture.url, own).post(api('workstation/unlock'), body))).toEqual(
    unproved,
  );
});

test('[kiosk] a signature counts once, for its purpose, its person and a minute', async () => {
  await desk.parked();
  const proof = await desk.proof('unlock', 'provider');
  const post = (body: object) =>
    new Client(fixture.url, { cookie: desk.cookie, ...own }).post(api('workstation/unlock'), body);
  expect(problemOf(await post({ ...proof, userId: 'provider', pin: '111222' }))).toEqual(failed);
  expect(problemOf(await post({ ...proof, userId: 'provider', pin })), 'replayed').toEqual(unproved);
  const challenge = await desk.challenge();
  const listed = await desk.sign('list', challenge);
  expect(problemOf(await post({ challenge, signature: listed, userId: 'provider', pin }))).toEqual(unproved);
  const other = await desk.proof('unlock', 'medical-assistant');
  expect(problemOf(await post({ ...other, userId: 'provider', pin }))).toEqual(unproved);
  const late = await desk.challenge();
  for (const key of (await redis.call('KEYS', `{w:${desk.id}}:ch:*`)) as string[]) {
    expect(Number(await redis.call('PTTL', key))).toBeLessThanOrEqual(60_000);
    await redis.call('DEL', key);
  }
  const signature = await desk.sign('unlock', late, 'provider');
  expect(problemOf(await post({ challenge: late, signature, userId: 'provider', pin }))).toEqual(unproved);
});

test('[kiosk] four hours later, or after twelve in all, nobody waits any more', async () => {
  await desk.parked();
  clock.ms += 4 * hourMs - 1;
  expect((await desk.list()).json.people).toHaveLength(1);
  clock.ms += 1;
  expect((await desk.list()).json.people).toEqual([]);
  expect(problemOf(await desk.unlock('provider', pin))).toEqual(failed);
});

test('[kiosk] who signed in elsewhere, or at no enrolled workstation, is signed out instead of parked', async () => {
  const elsewhere = await fixture.login('provider');
  const both = new Client(fixture.url, {
    ...elsewhere.headers,
    cookie: `${elsewhere.headers.cookie}; ${desk.cookie}`,
  });
  expect((await desk.lock(both)).json).toEqual({ isParked: false, until: null });
  expect((await elsewhere.get(elsewhere.board())).status).toBe(401);
  const plain = await fixture.login('provider');
  expect((await plain.post(api('session/lock'), { proof: null })).json).toEqual({
    isParked: false,
    until: null,
  });
  expect((await plain.get(plain.board())).status).toBe(401);
});

test('[kiosk] without a PIN there is nothing to unlock with: one is asked to choose it', async () => {
  const client = await desk.login('front-desk', false);
  expect(problemOf(await desk.lock(client))).toEqual({ status: 409, code: 'pin_required' });
});

test.each(['123456', '654321', '000000', '121212', '112211', '010190', '900101', '19900101', '777888'])(
  '[kiosk] a PIN that everybody tries first is refused: %s',
  async (typed) => {
    const client = await desk.login('provider');
    expect(problemOf(await client.post(api('session/pin'), { pin: typed }))).toEqual({
      status: 422,
      code: 'pin_too_simple',
    });
  },
);

test.each(['', '12345', 'abcdef', '7302 64', '٧٣٠٢٦٤', '7302641234567'])(
  '[kiosk] a PIN is 6 to 12 digits and nothing else: %j',
  async (typed) => {
    expect((await desk.unlock('provider', typed)).status).toBe(400);
  },
);

test('[kiosk] only a manager of the clinic enrols, lists and removes, and only with a fresh proof', async () => {
  const manager = await fixture.login('manager');
  const ask = (client: Client, clinic = 'north') =>
    client.post(api(`clinics/${clinic}/workstations`), { name: 'X', publicKey: 'A'.repeat(87) });
  expect(problemOf(await ask(manager))).toEqual({ status: 403, code: 'step_up_required' });
  const fresh = await proved(manager, 'workstation-admin');
  expect(problemOf(await ask(fresh, 'south'))).toEqual({ status: 403, code: 'permission_denied' });
  for (const role of ['front-desk', 'medical-assistant', 'provider', 'viewer']) {
    const other = await proved(await fixture.login(role), 'workstation-admin');
    expect([role, problemOf(await ask(other))]).toEqual([role, { status: 403, code: 'permission_denied' }]);
    expect([role, (await other.get(api('clinics/north/workstations'))).status]).toEqual([role, 403]);
  }
});

test('[kiosk] a removed workstation proves nothing more, and who waited there is signed out', async () => {
  await desk.parked();
  const manager = await proved(await fixture.login('manager'), 'workstation-admin');
  const remove = () => manager.post(api(`clinics/north/workstations/${desk.id}/remove`), {});
  expect((await remove()).status).toBe(204);
  expect(problemOf(await remove())).toEqual({ status: 404, code: 'workstation_not_found' });
  const challenge = await new Client(fixture.url, { cookie: desk.cookie, ...own }).post(
    api('workstation/challenge'),
    {},
  );
  expect(problemOf(challenge)).toEqual({ status: 404, code: 'workstation_not_found' });
  expect(await redis.call('KEYS', `{w:${desk.id}}:*`)).toEqual([]);
});

test('[kiosk] Redis holds no PIN, in no form that could be tried out without our key', async () => {
  await desk.parked();
  for (const key of (await redis.call('KEYS', '{u:*}:pin')) as string[]) {
    const held = String(await redis.call('GET', key));
    expect(held).not.toContain(pin);
    expect(held).not.toContain('argon2');
  }
});

test('[kiosk] [H-23] [ONC-d-7] removed where it stands, a workstation forgets its key; removed from elsewhere, nothing of the other', async () => {
  const manager = await proved(await fixture.login('manager'), 'workstation-admin');
  const elsewhere = await Desk.enrol('Front desk 2');
  const remove = (id: string, cookie: string) =>
    new Client(fixture.url, { ...manager.headers, cookie: `${manager.headers.cookie}; ${cookie}` }).post(
      api(`clinics/north/workstations/${id}/remove`),
      {},
    );
  const far = await remove(elsewhere.id, desk.cookie);
  expect([far.status, far.headers.get('clear-site-data'), cookieIn(far, 'bolt_dev_ws')]).toEqual([
    204,
    null,
    '',
  ]);
  const here = await remove(desk.id, desk.cookie);
  expect([here.status, here.headers.get('clear-site-data')]).toEqual([204, '"cache", "storage"']);
  expect(cookieIn(here, 'bolt_dev_ws')).toBe('bolt_dev_ws=');
});

test('[kiosk] [ONC-d-7] a locked screen lets the browser forget what it fetched, and keeps the key of the workstation', async () => {
  const at = async (cookie: string) => {
    const client = await fixture.login('front-desk');
    return new Client(fixture.url, { ...client.headers, cookie: `${client.headers.cookie}${cookie}` });
  };
  const locked = await (await at(`; ${desk.cookie}`)).post(api('session/lock'), { proof: null });
  expect([locked.status, locked.headers.get('clear-site-data')]).toEqual([200, '"cache"']);
  const ended = await (await at('')).post(api('session/lock'), { proof: null });
  expect([ended.status, ended.headers.get('clear-site-data')]).toEqual([
    200,
    '"cache", "cookies", "storage"',
  ]);
});

test('[kiosk] [audit] [H-06] lock and unlock are on record before and after, with what the session is worth then', async () => {
  const client = await desk.login('provider');
  const [locks, unlocks] = await Promise.all([recordedEvents(redis), recordedEvents(redis, 'c.north')]);
  await desk.lock(client);
  const locked = (await recordedEvents(redis)).slice(locks.length);
  expect(locked.map(({ sub, why, out, agent }) => [sub, why, out, agent.aal])).toEqual([
    ['lock', 'intended.lock', 0, '2'],
    ['lock', 'parked', 0, '2'],
  ]);
  const sid = locked[0]?.agent.sid;
  expect(sid).toMatch(/^[\w.-]{16}$/);
  expect((await desk.unlock('provider', '111222')).status).toBe(401);
  expect((await desk.unlock('provider', pin)).status).toBe(200);
  const taken = (await recordedEvents(redis, 'c.north')).slice(unlocks.length);
  expect(taken.map(({ sub, why, out, agent }) => [sub, why, out, agent.aal, agent.sid, agent.ws])).toEqual([
    ['switch', 'unlock_failed', 4, undefined, undefined, desk.id],
    ['switch', 'intended.unlock', 0, '2', sid, desk.id],
    ['switch', 'unlock', 0, '2-resumed', sid, desk.id],
  ]);
});

test('[kiosk] [audit] [H-06] what a resumed session does is on record as done by a resumed session', async () => {
  await desk.parked();
  const answer = await desk.unlock('provider', pin);
  const cookie = `${cookieIn(answer, 'bolt_dev_s')}; ${desk.cookie}`;
  const back = new Client(fixture.url, { cookie, ...own, 'x-bolt-csrf': String(answer.json.csrf) });
  const before = (await recordedEvents(redis)).length;
  expect((await desk.lock(back)).json).toMatchObject({ isParked: true });
  const again = (await recordedEvents(redis)).slice(before);
  expect(again.map(({ sub, why, agent }) => [sub, why, agent.aal])).toEqual([
    ['lock', 'intended.lock', '2-resumed'],
    ['lock', 'parked', '2-resumed'],
  ]);
});

test('[kiosk] [audit] [I5] what cannot be recorded is not locked, not taken up and not ended', async () => {
  const client = await desk.login('provider');
  const refused = { status: 500, code: 'internal' };
  await withoutRecord(redis, '{a:i}:ev', async () => {
    expect(problemOf(await desk.lock(client))).toEqual(refused);
    expect(problemOf(await client.post(api('logout'), {}))).toEqual(refused);
    expect(problemOf(await client.post(api('sessions/revoke-others'), {}))).toEqual(refused);
    const { stepUps } = (await client.get(api('session'))).json as { stepUps: object };
    const proof = { method: 'development', purpose: 'export' };
    expect(problemOf(await client.post(api('step-up'), proof))).toEqual(refused);
    expect((await client.get(api('session'))).json).toMatchObject({ stepUps });
  });
  expect((await client.get(api('session'))).status).toBe(200);
  expect((await desk.lock(client)).json).toMatchObject({ isParked: true });
  await withoutRecord(redis, '{a:c.north}:ev', async () => {
    expect(problemOf(await desk.unlock('provider', pin))).toEqual(refused);
  });
  expect((await desk.list()).json.people).toMatchObject([{ userId: 'provider' }]);
});
