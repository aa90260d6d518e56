/** Hostile sign-ins, over HTTP, on a real Redis. */
import { failuresInARowMax } from '@workflow-bolt/store';
import type { RedisServer } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AccountServer,
  type Browser,
  codeOf,
  type Member,
  memberOf,
  memberPassword,
  type Reply,
  roomyLimits,
} from '../test/account-fixture.ts';
import { type AccountStage, startAccountStage } from '../test/account-stage.ts';

let stage: AccountStage;
let redis: RedisServer;
let keysFile: string;
let at: AccountServer;
let owner: Member;
let logins = 0;

beforeAll(async () => {
  stage = await startAccountStage();
  ({ redis, keysFile, at, owner } = stage);
});
afterAll(() => stage[Symbol.asyncDispose]());

const member = (roles = ['nurse']): Promise<Member> => {
  logins += 1;
  return memberOf(owner, { login: `person-${logins}`, roles });
};

const wrong = 'not the right password';
const failed = { status: 401, code: 'sign_in_failed' };
const throttled = { status: 429, code: 'too_many_requests' };

/** Password hashes computed so far, as the metrics say. */
async function hashes(): Promise<number> {
  const text = await (await fetch(`${at.server.url}/metrics`)).text();
  return Number(/^bolt_password_hashes (\d+)$/m.exec(text)?.[1]);
}

/** What a stranger sees of an answer: everything but the date. */
function seen({ status, headers, text }: Reply) {
  const shown = [...headers].filter(([name]) => name !== 'date');
  return { status, headers: shown, text };
}

const attempt = (browser: Browser, login: string, password = wrong): Promise<Reply> =>
  browser.post('/api/v1/sign-in/password', { login, password }, { 'x-request-id': 'the-same-for-all' });

describe('[login] answers tell nobody which names exist', () => {
  test('[login] [H-08] wrong password, unknown name, deactivated, never enrolled: byte for byte one answer', async () => {
    const known = await member();
    const gone = await member();
    await owner.stepUp('user-admin');
    const { uid, version } = gone.account ?? { uid: '', version: 0 };
    const body = { version, reason: 'has left' };
    expect((await owner.browser.post(`/api/v1/accounts/${uid}/deactivate`, body)).status).toBe(200);
    const invited = { kind: 'human', login: 'never-came', name: 'N', roles: ['nurse'], clinics: ['north'] };
    expect((await owner.browser.post('/api/v1/accounts', invited)).status).toBe(201);
    const answers: unknown[] = [];
    for (const login of [known.login, 'nobody-at-all', gone.login, 'never-came', 'NOBODY ', '😀😀']) {
      const before = await hashes();
      answers.push({ ...seen(await attempt(at.browser(), login)), hashes: (await hashes()) - before });
    }
    expect(answers[0]).toMatchObject({ status: 401, hashes: 1 });
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  test('[login] the right password of a deactivated account opens nothing, and says no more', async () => {
    const gone = await member();
    await owner.stepUp('user-admin');
    const body = { version: gone.account?.version, reason: 'has left' };
    await owner.browser.post(`/api/v1/accounts/${gone.uid}/deactivate`, body);
    const right = seen(await attempt(at.browser(), gone.login, memberPassword));
    expect(right).toEqual(seen(await attempt(at.browser(), 'nobody-else')));
  });

  test('[login] unknown names are throttled exactly as known ones', async () => {
    const { login } = await member();
    const statuses = async (name: string) => {
      const browser = at.browser();
      const replies = [];
      for (let i = 0; i < 7; i += 1) replies.push(codeOf(await attempt(browser, name)));
      return replies;
    };
    const known = await statuses(login);
    expect(known).toEqual([...Array(5).fill(failed), throttled, throttled]);
    expect(await statuses('not-a-name-here')).toEqual(known);
  });

  test('[login] a request for a reset has one form for every name', async () => {
    const { login } = await member();
    const replies = [];
    for (const name of [login, 'nobody-at-all']) {
      const { status, json } = await at.browser().post('/api/v1/sign-in/reset-request', { login: name });
      replies.push({ status, keys: Object.keys(json), digits: /^\d{8}$/.test(String(json.number)) });
    }
    expect(replies[0]).toEqual({ status: 202, keys: ['number', 'expiresAt'], digits: true });
    expect(replies[1]).toEqual(replies[0]);
  });
});

describe('[login] guessing', () => {
  test('[login] other spellings of a name share its counter', async () => {
    const { login } = await member();
    const spellings = [login, login.toUpperCase(), ` ${login} `, `${login}\u200b`, login.replace('p', 'ｐ')];
    for (const name of spellings) expect(codeOf(await attempt(at.browser(), name))).toEqual(failed);
    for (const name of spellings) expect(codeOf(await attempt(at.browser(), name))).toEqual(throttled);
  });

  test('[login] thirty guesses at once: each is counted before it is judged', async () => {
    const { login } = await member();
    const before = await hashes();
    const replies = await Promise.all(Array.from({ length: 30 }, () => attempt(at.browser(), login)));
    const judged = replies.filter(({ status }) => status === 401);
    expect(judged).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(25);
    expect((await hashes()) - before).toBe(5);
  });

  test('[login] behind the throttle the right password gets the same answer as a wrong one', async () => {
    const victim = await member();
    for (let i = 0; i < 5; i += 1) await attempt(at.browser(), victim.login);
    const right = await attempt(at.browser(), victim.login, memberPassword);
    expect(codeOf(right)).toEqual(throttled);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('[login] [H-17] strangers cannot lock a person out: the browser they use has a lane of its own', async () => {
    const victim = await member();
    for (let i = 0; i < 8; i += 1) await attempt(at.browser(), victim.login);
    expect(codeOf(await attempt(at.browser(), victim.login, memberPassword))).toEqual(throttled);
    expect((await victim.signIn()).json).toEqual({ next: 'done' });
  });

  test("[login] another account's browser is a stranger's", async () => {
    const [victim, thief] = [await member(), await member()];
    for (let i = 0; i < 5; i += 1) await attempt(thief.browser, victim.login);
    expect(codeOf(await attempt(thief.browser, victim.login))).toEqual(throttled);
    expect(codeOf(await attempt(at.browser(), victim.login))).toEqual(throttled);
  });

  test('[login] a known browser cannot be used to guess without end either', async () => {
    const victim = await member();
    const browser = victim.browser.copy();
    const codes = [];
    for (let i = 0; i < 7; i += 1) codes.push(codeOf(await attempt(browser, victim.login)));
    expect(codes).toEqual([...Array(5).fill(failed), throttled, throttled]);
  });

  test('[login] [H-17] a computer that two people use is known to both: strangers lock neither out of it', async () => {
    const [victim, colleague] = [await member(), await member()];
    colleague.browser = victim.browser;
    expect((await colleague.signIn()).json).toEqual({ next: 'done' });
    for (let i = 0; i < 8; i += 1) await attempt(at.browser(), victim.login);
    expect(codeOf(await attempt(at.browser(), victim.login, memberPassword))).toEqual(throttled);
    expect((await victim.signIn()).json).toEqual({ next: 'done' });
    expect((await colleague.signIn()).json).toEqual({ next: 'done' });
  });

  test('[login] [abuse] a hundred failures in a row in a known browser switch the password off there, nowhere else', async () => {
    const many = { widthMs: 60_000, most: 1_000 };
    const limits = { ...roomyLimits, paceFrom: 0, strangers: many, known: many };
    await using open = await AccountServer.start(redis.url, { keysFile, signInLimits: limits });
    const victim = await member();
    const stolen = open.browser();
    for (const [name, value] of victim.browser.cookies) stolen.cookies.set(name, value);
    for (let i = 0; i < 100; i += 1) await attempt(stolen, victim.login);
    expect(codeOf(await attempt(stolen, victim.login, memberPassword))).toEqual(failed);
    expect((await attempt(open.browser(), victim.login, memberPassword)).json.next).toBe('totp');
    expect((await attempt(stolen, victim.login, memberPassword)).json.next, 'its owner was here').toBe(
      'totp',
    );
  });

  test('[login] one network cannot try many names', async () => {
    const limits = { ...roomyLimits, network: { widthMs: 60_000, most: 4 } };
    await using small = await AccountServer.start(redis.url, { keysFile, signInLimits: limits });
    for (const key of await redis.client().keys('{acct}:try:network:*')) await redis.client().del(key);
    const codes = [];
    for (let i = 0; i < 6; i += 1) codes.push(codeOf(await attempt(small.browser(), `sprayed-${i}`)));
    expect(codes).toEqual([failed, failed, failed, failed, throttled, throttled]);
  });

  test('[login] a hundred failures in a row switch the password off for strangers, not for known browsers', async () => {
    const limits = { ...roomyLimits, paceFrom: 0, strangers: { widthMs: 60_000, most: 1_000 } };
    await using open = await AccountServer.start(redis.url, { keysFile, signInLimits: limits });
    const victim = await member();
    for (let i = 0; i < 100; i += 1) await attempt(open.browser(), victim.login);
    expect(codeOf(await attempt(open.browser(), victim.login, memberPassword))).toEqual(failed);
    expect((await victim.enterPassword()).json.next).toBe('totp');
    // That success is what switches it on again.
    expect((await attempt(open.browser(), victim.login, memberPassword)).json.next).toBe('totp');
  });

  test('[login] when too many hashes wait the answer is 503 at once, and nothing is counted', async () => {
    const config = {
      passwordHashesRunning: 1,
      passwordHashesWaiting: 0,
      passwordMemoryKib: 32_768,
      passwordPasses: 4,
    };
    await using narrow = await AccountServer.start(redis.url, {
      keysFile,
      config,
      signInLimits: { ...roomyLimits, paceFrom: 0 },
    });
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) => attempt(narrow.browser(), `crowd-${i}`)),
    );
    const busy = replies.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(codeOf(busy[0] as Reply)).toEqual({ status: 503, code: 'sign_in_busy' });
    expect(busy[0]?.headers.get('retry-after')).toBe('3');
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(6 - busy.length);
  });
});

describe('[login] what is sent', () => {
  test.each([
    ['a list for a password', { login: 'owner', password: [memberPassword] }],
    ['an object for a name', { login: { $gt: '' }, password: wrong }],
    ['a role beside it', { login: 'owner', password: wrong, role: 'admin' }],
    ['a uid beside it', { login: 'owner', password: wrong, uid: 'x' }],
    ['no password', { login: 'owner' }],
    ['an empty password', { login: 'owner', password: '' }],
    ['a password of two thousand characters', { login: 'owner', password: 'x'.repeat(2_000) }],
    ['a name of three hundred characters', { login: 'x'.repeat(300), password: wrong }],
  ])('[login] refuses %s', async (_what, body) => {
    const before = await hashes();
    expect(codeOf(await at.browser().post('/api/v1/sign-in/password', body))).toEqual({
      ...{ status: 400, code: 'invalid_request' },
    });
    expect(await hashes()).toBe(before);
  });

  test('[login] [csrf] a page of another site cannot send a sign-in', async () => {
    const more = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const reply = await at
      .browser()
      .post('/api/v1/sign-in/password', { login: 'owner', password: wrong }, more);
    expect(codeOf(reply)).toEqual({ status: 403, code: 'cross_site_request' });
  });

  test('[login] the whole password counts: its end, its capitals, its spaces', async () => {
    const person = await member();
    for (const near of [memberPassword.slice(0, -1), `${memberPassword} `, memberPassword.toUpperCase()]) {
      expect(codeOf(await person.enterPassword(near))).toEqual(failed);
    }
    expect((await person.enterPassword()).json.next).toBe('totp');
  });

  test('[login] one password in two Unicode forms is one password', async () => {
    await owner.stepUp('user-admin');
    const named = { kind: 'human', login: 'zoe', name: 'Z', roles: ['nurse'], clinics: ['north'] };
    const made = await owner.browser.post('/api/v1/accounts', named);
    const { code } = made.json.enrolment as { code: string };
    const password = 'fünf grüne Öfen rauschen';
    const browser = at.browser();
    await browser.post('/api/v1/sign-in/enrolment/password', { code, password: password.normalize('NFD') });
    expect((await attempt(browser, 'zoe', password.normalize('NFC'))).json.next).toBe('enrol');
  });
});

describe('[login] what a password opens', () => {
  test('[login] [ONC-d-13] a password alone opens no session: no cookie, and its transaction is no token', async () => {
    const person = await member();
    const browser = at.browser();
    const first = await person.enterPassword(person.password, person.login, browser);
    expect(first.json).toMatchObject({ next: 'totp', methods: ['totp', 'recovery-code'] });
    expect(first.headers.getSetCookie()).toEqual([]);
    const token = String(first.json.transaction);
    const bearer = await fetch(`${at.server.url}/api/v1/session`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(bearer.status).toBe(401);
    browser.cookies.set('bolt_dev_s', token);
    expect(codeOf(await browser.get('/api/v1/account'))).toEqual({ status: 401, code: 'not_authenticated' });
  });

  test('[login] [session] a cookie that was planted before is not adopted: the session is new, and the planted one has ended', async () => {
    const [person, other] = [await member(), await member()];
    const planted = other.browser.cookies.get('bolt_dev_s') ?? '';
    const browser = at.browser();
    browser.cookies.set('bolt_dev_s', planted);
    await person.signIn(browser);
    expect(browser.cookies.get('bolt_dev_s')).not.toBe(planted);
    expect((await browser.get('/api/v1/account')).json).toMatchObject({ account: { uid: person.uid } });
    expect(codeOf(await other.browser.get('/api/v1/account'))).toEqual({
      ...{ status: 401, code: 'not_authenticated' },
    });
  });

  test('a changed cost renews the verifier at the next sign-in, once', async () => {
    const person = await member();
    const config = { passwordMemoryKib: 16, passwordPasses: 2 };
    await using dearer = await AccountServer.start(redis.url, { keysFile, config });
    const sealed = () => redis.client().hget(`{acct}:cred:${person.uid}`, 'password');
    const before = await sealed();
    const signIn = () => person.enterPassword(person.password, person.login, dearer.browser());
    expect((await signIn()).json.next).toBe('totp');
    const renewed = await sealed();
    expect(renewed).not.toBe(before);
    expect((await signIn()).json.next).toBe('totp');
    expect(await sealed()).toBe(renewed);
  });
});

describe('[login] [crypto] what Redis knows', () => {
  test('[login] [crypto] [ONC-d-12] [H-05] no verifier, no seed, no token and no code stands in Redis in plain', async () => {
    const person = await member();
    await person.enterPassword();
    const everything = await dumpOf(redis);
    expect(everything).toContain(person.uid);
    const session = person.browser.cookies.get('bolt_dev_s') ?? '';
    const device = person.browser.cookies.get('bolt_dev_d') ?? '';
    for (const secret of [memberPassword, '$argon2', person.seed, session, device, ...person.recoveryCodes]) {
      expect(secret.length).toBeGreaterThan(6);
      expect(everything).not.toContain(secret);
    }
  });

  test('[login] [crypto] credentials that were moved to another account do not open it', async () => {
    const [victim, thief] = [await member(), await member()];
    const client = redis.client();
    const own = await client.hgetall(`{acct}:cred:${thief.uid}`);
    await client.hset(`{acct}:cred:${victim.uid}`, own);
    const reply = await at
      .browser()
      .post('/api/v1/sign-in/password', { login: victim.login, password: memberPassword });
    expect(reply.status).toBe(500);
    expect(codeOf(reply).code).toBe('phi_unreadable');
  });

  test('[login] [audit] [ONC-d-1] [I5] every sign-in and every failure is on record, without what was typed', async () => {
    const person = await member();
    await person.enterPassword('a wrong one, typed');
    await attempt(at.browser(), 'my-password-in-the-wrong-field');
    await person.signIn();
    const events = (await redis.client().xrange('{a:i}:ev', '-', '+')).map(([, fields]) => fields.join(' '));
    const about = events.filter((text) => text.includes(person.uid));
    expect(about.some((text) => text.includes('"sub":"login"') && text.includes('"out":0'))).toBe(true);
    expect(about.some((text) => text.includes('wrong_password'))).toBe(true);
    expect(events.some((text) => text.includes('unknown_account'))).toBe(true);
    for (const typed of ['a wrong one', 'my-password-in-the-wrong-field', person.login]) {
      expect(events.filter((text) => text.includes(typed))).toEqual([]);
    }
  });

  test('[login] [audit] a name that nobody has is an unknown account, however many were typed before', async () => {
    const person = await member();
    const lanes = ['nobody', person.uid].map((uid) => `{acct}:fails:${uid}`);
    for (const lane of lanes) await redis.client().hset(lane, 'strangers', failuresInARowMax);
    const before = await redis.client().xlen('{a:i}:ev');
    for (const login of ['not-of-this-house', person.login]) {
      expect(codeOf(await attempt(at.browser(), login))).toEqual(failed);
    }
    const events = (await redis.client().xrange('{a:i}:ev', '-', '+')).slice(before);
    const whys = events.map(([, fields]) => /"why":"([a-z_]+)"/.exec(fields.join(' '))?.[1]);
    expect(whys).toEqual(['unknown_account', 'too_many_in_a_row']);
    for (const lane of lanes) await redis.client().del(lane);
  });
});

/** Every key and value as text. */
async function dumpOf(server: RedisServer): Promise<string> {
  const client = server.client();
  const parts: string[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    if (type === 'string') parts.push(key, (await client.get(key)) ?? '');
    else if (type === 'hash') parts.push(key, JSON.stringify(await client.hgetall(key)));
    else if (type === 'zset') parts.push(key, (await client.zrange(key, 0, '-1')).join(' '));
    else if (type === 'stream') parts.push(key, JSON.stringify(await client.xrange(key, '-', '+')));
    else parts.push(key);
  }
  return parts.join('\n');
}
