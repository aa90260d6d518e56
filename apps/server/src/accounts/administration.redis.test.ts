/** Who may change whose account, over HTTP, on a real Redis: both sides of each rule. */
import type { Account } from '@workflow-bolt/contracts';
import { apiTokensMax } from '@workflow-bolt/store';
import type { RedisServer } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccountServer, codeOf, Member, memberOf, type Reply } from '../test/account-fixture.ts';
import { type AccountStage, startAccountStage } from '../test/account-stage.ts';
import { today } from '../test/server-fixture.ts';

let stage: AccountStage;
let redis: RedisServer;
let at: AccountServer;
let owner: Member;
let manager: Member;
let names = 0;

beforeAll(async () => {
  stage = await startAccountStage();
  ({ redis, at, owner } = stage);
  manager = await memberOf(owner, { login: 'mina', roles: ['manager'] });
});
afterAll(() => stage[Symbol.asyncDispose]());

const fresh = (): string => {
  names += 1;
  return `made-${names}`;
};
const nurse = (more: object = {}) => ({
  ...{ kind: 'human', login: fresh(), name: 'A nurse', roles: ['nurse'], clinics: ['north'] },
  ...more,
});
const make = async (by: Member, body: object): Promise<Reply> => {
  await by.stepUp('user-admin');
  return by.browser.post('/api/v1/accounts', body);
};
const accountIn = (reply: Reply): Account => reply.json.account as Account;
const mustMake = async (by: Member, body: object): Promise<Account> => {
  const reply = await make(by, body);
  expect(reply.status).toBe(201);
  return accountIn(reply);
};
const changeOf = async (
  by: Member,
  { uid }: { uid: string },
  what: string,
  body?: object,
): Promise<Reply> => {
  await by.stepUp('user-admin');
  return by.browser.post(`/api/v1/accounts/${uid}/${what}`, body);
};
const refusedFor = (rule: string) => ({ status: 403, code: 'administration_refused', rule });
const ruled = (reply: Reply) => ({ ...codeOf(reply), rule: reply.json.rule });

describe('[H-02] unique users', () => {
  test('[H-02] [AC-UID] one name in any case or Unicode form belongs to one account; a uid is a UUIDv7', async () => {
    const first = await mustMake(manager, nurse({ login: 'Zoë.Ray' }));
    expect(first.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const login of ['zoë.ray', 'ZOË.RAY', 'zoe\u0308.ray', 'ｚoë.ray', ' zoë.ray ']) {
      expect(codeOf(await make(manager, nurse({ login })))).toEqual({ status: 409, code: 'login_taken' });
    }
  });

  test('[H-02] eight who take one name at once: one gets it', async () => {
    const login = fresh();
    await manager.stepUp('user-admin');
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => manager.browser.post('/api/v1/accounts', nurse({ login }))),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });

  test('[H-02] a name that was released gets a new uid, and the old one is never used again', async () => {
    const login = fresh();
    const first = await mustMake(manager, nurse({ login }));
    const body = { version: 1, reason: 'left', releaseLogin: true };
    expect((await changeOf(manager, first, 'deactivate', body)).status).toBe(200);
    const second = await mustMake(manager, nurse({ login }));
    expect(second.uid).not.toBe(first.uid);
    const old = await manager.browser.get(`/api/v1/accounts/${first.uid}`);
    expect(accountIn(old)).toMatchObject({ uid: first.uid, login: null, state: 'deactivated', version: 2 });
  });

  test('[H-02] without being released the name stays with the deactivated account', async () => {
    const login = fresh();
    const first = await mustMake(manager, nurse({ login }));
    await changeOf(manager, first, 'deactivate', { version: 1, reason: 'on leave' });
    expect(codeOf(await make(manager, nurse({ login })))).toEqual({ status: 409, code: 'login_taken' });
    const back = await changeOf(manager, first, 'activate', { version: 2, reason: 'is back' });
    expect(accountIn(back)).toMatchObject({ login, state: 'active', version: 3 });
  });

  test('[H-02] a service is an account of its own kind: no name to sign in with, somebody who answers for it', async () => {
    const service = { kind: 'service', name: 'Report', roles: ['service'], clinics: ['north'] };
    const made = await make(manager, service);
    expect(made.json).toMatchObject({
      account: { kind: 'service', login: null, owner: manager.uid },
      enrolment: null,
    });
    expect(ruled(await make(manager, { ...service, roles: ['nurse'] }))).toEqual({
      ...{ status: 422, code: 'roles_refused', rule: 'kind' },
    });
    expect(ruled(await make(manager, nurse({ roles: ['service'] })))).toEqual({
      ...{ status: 422, code: 'roles_refused', rule: 'kind' },
    });
    expect(codeOf(await make(manager, { ...service, login: 'report' }))).toEqual({
      ...{ status: 400, code: 'invalid_request' },
    });
  });

  test.each(['with space', '{acct}', 'a', '.dot', 'раypal'])('a name must be usable: %j', async (login) => {
    const reply = await make(manager, nurse({ login: login === 'with space' ? 'with/slash' : login }));
    expect(codeOf(reply)).toEqual({ status: 422, code: 'login_unusable' });
  });
});

describe('[authz] who administers whom', () => {
  test('[authz] without a fresh proof nothing changes', async () => {
    const other = await memberOf(owner, { login: fresh(), roles: ['manager'] });
    expect(codeOf(await other.browser.post('/api/v1/accounts', nurse()))).toEqual({
      ...{ status: 403, code: 'step_up_required' },
    });
  });

  test('[authz] a nurse sees no accounts and makes none', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    expect(codeOf(await person.browser.get('/api/v1/accounts'))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
    expect(codeOf(await make(person, nurse()))).toEqual({ status: 403, code: 'permission_denied' });
  });

  test('[authz] nobody changes their own roles, resets or deactivates themselves', async () => {
    for (const who of [owner, manager]) {
      const version = who.account?.version ?? 0;
      const body = { version, reason: 'why not' };
      expect(ruled(await changeOf(who, who, 'deactivate', body))).toEqual(refusedFor('own_account'));
      const access = { ...body, roles: ['viewer'], clinics: ['north'] };
      expect(ruled(await changeOf(who, who, 'access', access))).toEqual(refusedFor('own_account'));
      const reset = { number: '12345678', reason: 'why not' };
      expect(ruled(await changeOf(who, who, 'reset', reset))).toEqual(refusedFor('own_account'));
    }
  });

  test('[authz] a manager grants no more than a manager is, and only in the own clinic', async () => {
    expect(ruled(await make(manager, nurse({ roles: ['admin'] })))).toEqual(refusedFor('level_too_high'));
    expect(ruled(await make(manager, nurse({ roles: ['auditor'] })))).toEqual(refusedFor('level_too_high'));
    expect(ruled(await make(manager, nurse({ clinics: ['south'] })))).toEqual(refusedFor('other_clinic'));
    expect(ruled(await make(manager, nurse({ clinics: [] })))).toEqual(refusedFor('other_clinic'));
    const made = await mustMake(manager, nurse());
    const up = { version: 1, reason: 'promoted', roles: ['admin'], clinics: ['north'] };
    expect(ruled(await changeOf(manager, made, 'access', up))).toEqual(refusedFor('level_too_high'));
    const away = { version: 1, reason: 'lent', roles: ['nurse'], clinics: ['north', 'south'] };
    expect(ruled(await changeOf(manager, made, 'access', away))).toEqual(refusedFor('other_clinic'));
  });

  test('[authz] another clinic’s accounts are not there for a manager, by list or by uid', async () => {
    const elsewhere = await mustMake(owner, nurse({ clinics: ['south'] }));
    const listed = (await manager.browser.get('/api/v1/accounts')).json.accounts as Account[];
    expect(listed.map(({ uid }) => uid)).not.toContain(elsewhere.uid);
    expect(listed.every(({ clinics }) => clinics.includes('north'))).toBe(true);
    const none = { status: 404, code: 'account_not_found' };
    expect(codeOf(await manager.browser.get(`/api/v1/accounts/${elsewhere.uid}`))).toEqual(none);
    const body = { version: 1, reason: 'mine now' };
    expect(codeOf(await changeOf(manager, elsewhere, 'deactivate', body))).toEqual(none);
    expect((await owner.browser.get(`/api/v1/accounts/${elsewhere.uid}`)).status).toBe(200);
  });

  test('[authz] a manager cannot touch the owner, nor somebody who works in both clinics', async () => {
    const both = await mustMake(owner, nurse({ clinics: ['north', 'south'] }));
    const body = { version: 1, reason: 'mine now' };
    expect(ruled(await changeOf(manager, both, 'deactivate', body))).toEqual(refusedFor('other_clinic'));
    expect(codeOf(await changeOf(manager, owner, 'deactivate', body))).toEqual({
      ...{ status: 404, code: 'account_not_found' },
    });
  });

  test('[authz] [H-16] roles that must not be together are refused, at creation and later', async () => {
    expect(ruled(await make(owner, nurse({ roles: ['admin', 'nurse'] })))).toEqual({
      ...{ status: 422, code: 'roles_refused', rule: 'separated' },
    });
    const auditor = await mustMake(owner, nurse({ roles: ['auditor'] }));
    const body = { version: 1, reason: 'more work', roles: ['auditor', 'admin'], clinics: ['north'] };
    expect(ruled(await changeOf(owner, auditor, 'access', body))).toEqual({
      ...{ status: 422, code: 'roles_refused', rule: 'separated' },
    });
  });

  test('[authz] what a body must not say is refused: uid, state, version, createdAt, owner', async () => {
    for (const more of [
      { uid: manager.uid },
      { state: 'active' },
      { version: 9 },
      { createdAt: 1 },
      { owner: 'x' },
    ]) {
      expect(codeOf(await make(manager, nurse(more)))).toEqual({ status: 400, code: 'invalid_request' });
    }
  });

  test('[authz] two administrators who change one account: the second one is told', async () => {
    const made = await mustMake(manager, nurse());
    const body = (roles: string[]) => ({ version: 1, reason: 'moved', roles, clinics: ['north'] });
    expect((await changeOf(manager, made, 'access', body(['billing']))).status).toBe(200);
    const late = await changeOf(owner, made, 'access', body(['provider']));
    expect(codeOf(late)).toEqual({ status: 409, code: 'account_changed' });
    expect((late.json.current as Account).version).toBeGreaterThan(0);
  });
});

describe('[authz] [session] what a program shows', () => {
  const scopes = ['read', 'metrics'];
  const asked = { name: 'nightly', scopes, days: 30 };
  const bearer = (secret: unknown) => ({ authorization: `Bearer ${String(secret)}` });
  const use = async (secret: unknown): Promise<number> =>
    (await fetch(`${at.server.url}/api/v1/session`, { headers: bearer(secret) })).status;
  const mustMakeService = () =>
    mustMake(manager, { kind: 'service', name: 'Nightly', roles: ['service'], clinics: ['north'] });
  const tokensOf = async ({ uid }: { uid: string }) =>
    (await manager.browser.get(`/api/v1/accounts/${uid}/api-tokens`)).json.tokens;

  test('a service gets its token from who administers it; it may what it names, and ends with the token', async () => {
    const service = await mustMakeService();
    const made = await changeOf(manager, service, 'api-tokens', asked);
    expect(made.status).toBe(200);
    const { secret, token } = made.json as { secret: string; token: { id: string } };
    expect(await use(secret)).toBe(200);
    const board = `${at.server.url}/api/v1/boards/north/${today()}`;
    const answers = await Promise.all(
      [board, `${board}/history?at=1`].map((url) => fetch(url, { headers: bearer(secret) })),
    );
    expect(
      answers.map(({ status }) => status),
      'what it names, and no more',
    ).toEqual([200, 403]);
    expect(await tokensOf(service)).toEqual([token]);
    expect((await changeOf(manager, service, `api-tokens/${token.id}/revoke`)).status).toBe(204);
    expect([await use(secret), await tokensOf(service)]).toEqual([401, []]);
    const twice = await changeOf(manager, service, `api-tokens/${token.id}/revoke`);
    expect(codeOf(twice)).toEqual({ status: 404, code: 'token_not_found' });
  });

  test('[audit] [AC-WHY] what cannot be noted makes no token; one too many is refused and not noted as made', async () => {
    const service = await mustMakeService();
    const noted = `{acct}:chg:${service.uid}`;
    const client = redis.client();
    await client.rename(noted, `${noted}-kept`);
    await client.set(noted, 'no room for a note');
    expect((await changeOf(manager, service, 'api-tokens', asked)).status).toBeGreaterThanOrEqual(500);
    expect(await tokensOf(service)).toEqual([]);
    await client.rename(`${noted}-kept`, noted);
    const made = await changeOf(manager, service, 'api-tokens', asked);
    expect([made.status, await use(made.json.secret)]).toEqual([200, 200]);
    const path = `/api/v1/accounts/${service.uid}/api-tokens`;
    for (let i = 1; i < apiTokensMax; i += 1) await manager.browser.post(path, asked);
    const count = await client.hlen(noted);
    const refused = codeOf(await manager.browser.post(path, asked));
    expect([refused.code, await client.hlen(noted)]).toEqual(['token_limit', count]);
    expect(await tokensOf(service)).toHaveLength(apiTokensMax);
  });

  test('nobody makes one in the name of a person, for a service of elsewhere, without a proof, or to manage itself', async () => {
    const [service, person] = [await mustMakeService(), await mustMake(manager, nurse())];
    expect(ruled(await changeOf(manager, person, 'api-tokens', asked))).toEqual(refusedFor('no_service'));
    const away = { kind: 'service', name: 'Away', roles: ['service'], clinics: ['south'] };
    const elsewhere = await mustMake(owner, away);
    for (const reply of [
      await changeOf(manager, elsewhere, 'api-tokens', asked),
      await manager.browser.get(`/api/v1/accounts/${elsewhere.uid}/api-tokens`),
    ])
      expect(codeOf(reply)).toEqual({ status: 404, code: 'account_not_found' });
    const selfish = await changeOf(manager, service, 'api-tokens', { ...asked, scopes: ['self'] });
    expect(codeOf(selfish)).toEqual({ status: 403, code: 'permission_denied' });
    await manager.signIn();
    const unproved = await manager.browser.post(`/api/v1/accounts/${service.uid}/api-tokens`, asked);
    expect(codeOf(unproved)).toEqual({ status: 403, code: 'step_up_required' });
    const [one, other] = [await changeOf(manager, service, 'api-tokens', asked), await mustMakeService()];
    const { id } = one.json.token as { id: string };
    const wrong = await changeOf(manager, other, `api-tokens/${id}/revoke`);
    expect(codeOf(wrong), 'under the address of another').toEqual({ status: 404, code: 'token_not_found' });
    expect(await use(one.json.secret)).toBe(200);
  });

  test('[H-15] deactivated, its tokens are gone: activated again, none of them comes back', async () => {
    const service = await mustMakeService();
    const made = await changeOf(manager, service, 'api-tokens', asked);
    const away = await changeOf(manager, service, 'deactivate', { version: 1, reason: 'replaced' });
    expect([away.status, await use(made.json.secret)]).toEqual([200, 401]);
    const refused = await changeOf(manager, service, 'api-tokens', asked);
    expect(ruled(refused)).toEqual(refusedFor('no_service'));
    const back = await changeOf(manager, service, 'activate', { version: 2, reason: 'needed after all' });
    expect([back.status, await use(made.json.secret), await tokensOf(service)]).toEqual([200, 401, []]);
  });

  test('[mfa] a reset ends the tokens and the PIN of its person too: a thief may have made them', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    await person.stepUp('token-admin');
    const made = await person.browser.post('/api/v1/api-tokens', asked);
    await person.stepUp('factor-change');
    expect((await person.browser.post('/api/v1/session/pin', { pin: '730264' })).status).toBe(204);
    expect(await use(made.json.secret)).toBe(200);
    const pins = async () => ((await redis.call('KEYS', '{u:*}:pin')) as string[]).length;
    const before = await pins();
    const { number } = (await at.browser().post('/api/v1/sign-in/reset-request', { login: person.login }))
      .json;
    expect((await changeOf(manager, person, 'reset', { number, reason: 'robbed' })).status).toBe(200);
    expect([await use(made.json.secret), await tokensOf(person), await pins()]).toEqual([
      401,
      [],
      before - 1,
    ]);
    await owner.signIn();
    await manager.signIn();
  });
});

describe('[audit] [H-15] [H-16] why an account was changed', () => {
  const listOf = async (by: Member, path: string) =>
    (await by.browser.get(`/api/v1/${path}`)).json.changes as Record<string, unknown>[];

  test('the reason that was asked for is kept with who, what and when, sealed, for administrators and the owner', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    const body = {
      version: 1,
      reason: 'covers the Maple wing',
      roles: ['nurse', 'billing'],
      clinics: ['north'],
    };
    expect((await changeOf(manager, person, 'access', body)).status).toBe(200);
    const gone = { version: 2, reason: 'on leave until spring' };
    expect((await changeOf(manager, person, 'deactivate', gone)).status).toBe(200);
    const back = { version: 3, reason: 'spring has come' };
    expect((await changeOf(manager, person, 'activate', back)).status).toBe(200);
    const clinics = ['north'];
    const by = { uid: manager.uid, name: expect.any(String) };
    const changes = await listOf(manager, `accounts/${person.uid}/changes`);
    expect(changes.slice(0, 3)).toEqual([
      { at: expect.any(Number), by, what: 'activated', roles: body.roles, clinics, reason: back.reason },
      { at: expect.any(Number), by, what: 'deactivated', roles: body.roles, clinics, reason: gone.reason },
      { at: expect.any(Number), by, what: 'access', roles: body.roles, clinics, reason: body.reason },
    ]);
    expect(changes.slice(3).map(({ what, by }) => [what, by])).toEqual(
      ['invited', 'created'].map((what) => [what, { uid: owner.uid, name: expect.any(String) }]),
    );
    await person.signIn();
    expect(await listOf(person, 'account/changes')).toEqual(changes);
    const kept = JSON.stringify(await redis.call('HGETALL', `{acct}:chg:${person.uid}`));
    expect(kept).toContain('access');
    expect(kept).not.toMatch(/Maple|billing|spring/);
  });

  test('a change that was refused is not in it, and nobody reads it who may not see the account', async () => {
    const made = await mustMake(manager, nurse());
    await changeOf(manager, made, 'access', {
      version: 7,
      reason: 'stale',
      roles: ['nurse'],
      clinics: ['north'],
    });
    const changes = await listOf(manager, `accounts/${made.uid}/changes`);
    expect(changes.map(({ what }) => what)).toEqual(['invited', 'created']);
    const away = await mustMake(owner, nurse({ clinics: ['south'] }));
    const hidden = await manager.browser.get(`/api/v1/accounts/${away.uid}/changes`);
    expect(codeOf(hidden)).toEqual({ status: 404, code: 'account_not_found' });
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    const denied = await person.browser.get(`/api/v1/accounts/${made.uid}/changes`);
    expect(codeOf(denied)).toEqual({ status: 403, code: 'permission_denied' });
  });

  test('[crypto] a reason that was moved to another account is not read as one of it', async () => {
    const [one, two] = [await mustMake(manager, nurse()), await mustMake(manager, nurse())];
    const [field = '', sealed = ''] = (await redis.call('HGETALL', `{acct}:chg:${one.uid}`)) as string[];
    await redis.call('HSET', `{acct}:chg:${two.uid}`, field, sealed);
    expect((await manager.browser.get(`/api/v1/accounts/${two.uid}/changes`)).status).not.toBe(200);
  });
});

describe('[H-15] what a change does at once', () => {
  test('[H-15] [session] deactivated: every session is dead at its very next request, in every process', async () => {
    await using beside = await AccountServer.start(redis.url, {
      ...{ keysFile: stage.keysFile, sessionClock: () => at.clock.ms },
    });
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    const there = beside.browser();
    for (const [name, value] of person.browser.cookies) there.cookies.set(name, value);
    expect((await there.get('/api/v1/account')).status).toBe(200);
    const body = { version: person.account?.version, reason: 'has left' };
    expect((await changeOf(manager, person, 'deactivate', body)).status).toBe(200);
    for (const browser of [there, person.browser]) {
      expect(codeOf(await browser.get('/api/v1/account'))).toEqual({
        status: 401,
        code: 'not_authenticated',
      });
    }
  });

  test('[H-15] [authz] other roles count from the next request on, within the same session', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['manager'] });
    expect((await person.browser.get('/api/v1/accounts')).status).toBe(200);
    const body = { version: 1, reason: 'steps back', roles: ['viewer'], clinics: ['north'] };
    expect((await changeOf(owner, person, 'access', body)).status).toBe(200);
    expect(codeOf(await person.browser.get('/api/v1/accounts'))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
    const session = await person.browser.get('/api/v1/session');
    expect(session.json).toMatchObject({ user: { id: person.uid, role: 'viewer' } });
  });

  test('[session] [authz] other roles bring a new token, whatever is asked; the old one and every proof are worth nothing', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['manager'] });
    expect((await person.stepUp('user-admin')).status).toBe(204);
    const stolen = person.browser.copy();
    const body = { version: 1, reason: 'works there too', roles: ['manager', 'nurse'], clinics: ['north'] };
    expect((await changeOf(owner, person, 'access', body)).status).toBe(200);
    const session = await person.browser.get('/api/v1/session');
    expect(session.json).toMatchObject({ roles: ['manager', 'nurse'], stepUps: {} });
    expect([...person.browser.cookies]).not.toEqual([...stolen.cookies]);
    const unproved = await person.browser.post('/api/v1/accounts', nurse());
    expect(codeOf(unproved)).toEqual({ status: 403, code: 'step_up_required' });
    const heir = person.browser.copy();
    expect((await heir.get('/api/v1/session')).status, 'and keeps it').toBe(200);
    expect([...heir.cookies]).toEqual([...person.browser.cookies]);
    at.clock.ms += 10_001;
    expect((await stolen.get('/api/v1/session')).status).toBe(401);
    expect((await person.browser.get('/api/v1/session')).status, 'thief and owner both').toBe(401);
  });

  test('[audit] every change of an account is on record with its version and who made it', async () => {
    const made = await mustMake(manager, nurse());
    const body = { version: 1, reason: 'moved', roles: ['billing'], clinics: ['north'] };
    await changeOf(manager, made, 'access', body);
    const events = (await redis.client().xrange('{a:i}:ev', '-', '+')).map(([, fields]) => fields.join(' '));
    const about = events.filter(
      (text) => text.includes(`"id":"${made.uid}"`) && text.includes('"privilege"'),
    );
    expect(about).toHaveLength(3);
    for (const text of about) expect(text).toContain(`"uid":"${manager.uid}"`);
    const read = (text: string | undefined) =>
      JSON.parse(text?.slice(text.indexOf('{'), text.lastIndexOf('}') + 1) ?? '{}');
    const [created, intended, done] = about.map(read);
    expect([created.why, intended.why, done.why]).toEqual(['created', 'intended.access', 'access']);
    expect([created, intended, done].map(({ ent }) => ent[0].ver)).toEqual([1, 1, 2]);
    // What it became is a fingerprint: that of the next change begins where this one ended.
    const { before, after } = done.ent[0];
    expect([before, after]).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/), expect.any(String)]);
    expect(before).not.toBe(after);
    expect(created.ent[0].after).toBe(before);
    expect(JSON.stringify(about)).not.toContain('billing');
    for (const event of [created, intended, done])
      expect(event).toMatchObject({
        rid: expect.any(String),
        pol: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        agent: { sid: expect.stringMatching(/^[\w-]{16}$/), aal: '2' },
      });
  });

  test('[audit] [H-15] a change that is refused after all is on record as intended and not done', async () => {
    const made = await mustMake(manager, nurse());
    const body = { version: 7, reason: 'stale', roles: ['billing'], clinics: ['north'] };
    expect((await changeOf(manager, made, 'access', body)).status).toBe(409);
    const events = (await redis.client().xrange('{a:i}:ev', '-', '+')).map(([, fields]) => fields.join(' '));
    const about = events.filter((text) => text.includes(`"id":"${made.uid}"`) && text.includes('.access"'));
    expect(about.map((text) => /"why":"([^"]+)"/.exec(text)?.[1])).toEqual([
      'intended.access',
      'not-done.access',
    ]);
  });
});

describe('[login] enrolment codes and the reset that takes two', () => {
  const lookUp = (code: string) => at.browser().post('/api/v1/sign-in/enrolment', { code });
  const enrolmentRefused = { status: 401, code: 'enrolment_refused' };

  test('[login] a code is good once, and a second invitation ends the first', async () => {
    const login = fresh();
    const made = await make(manager, nurse({ login }));
    const first = (made.json.enrolment as { code: string }).code;
    expect((await lookUp(first)).json).toMatchObject({ purpose: 'invitation', account: { login } });
    const again = await changeOf(manager, accountIn(made), 'invitation');
    const second = (again.json.enrolment as { code: string }).code;
    expect(codeOf(await lookUp(first))).toEqual(enrolmentRefused);
    const person = new Member(at, login, 'seven loud tractors sing');
    await person.enrol(second.toLowerCase().replaceAll('-', ' '));
    expect(codeOf(await lookUp(second))).toEqual(enrolmentRefused);
    expect(ruled(await changeOf(manager, accountIn(made), 'invitation'))).toEqual(
      refusedFor('already_enrolled'),
    );
  });

  test('[login] one code used twice at once enrols one password', async () => {
    const made = await make(manager, nurse());
    const { code } = made.json.enrolment as { code: string };
    const enrol = (password: string) =>
      at.browser().post('/api/v1/sign-in/enrolment/password', { code, password });
    const replies = await Promise.all(['first of two long words', 'second of two long ones'].map(enrol));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('[login] a refused password does not use up the code', async () => {
    const made = await make(manager, nurse());
    const { code } = made.json.enrolment as { code: string };
    const reply = await at
      .browser()
      .post('/api/v1/sign-in/enrolment/password', { code, password: 'too short' });
    expect(codeOf(reply)).toEqual({ status: 422, code: 'password_refused' });
    expect((await lookUp(code)).status).toBe(200);
  });

  test('[login] the code of a deactivated account is good for nothing', async () => {
    const made = await make(manager, nurse());
    const { code } = made.json.enrolment as { code: string };
    await changeOf(manager, accountIn(made), 'deactivate', { version: 1, reason: 'never came' });
    expect(codeOf(await lookUp(code))).toEqual(enrolmentRefused);
  });

  test('[login] [authz] an invitation cannot be used to name another account, or to become the first', async () => {
    const made = await make(manager, nurse());
    const { code } = made.json.enrolment as { code: string };
    const body = { code, password: 'seven loud tractors sing', login: 'owner', name: 'The owner' };
    await at.browser().post('/api/v1/sign-in/enrolment/password', body);
    const after = accountIn(await manager.browser.get(`/api/v1/accounts/${accountIn(made).uid}`));
    expect(after).toMatchObject({ login: accountIn(made).login, roles: ['nurse'], name: 'A nurse' });
  });

  test('[mfa] [session] a reset takes the person and a manager, erases every factor, ends every session', async () => {
    const person = await memberOf(owner, { login: fresh(), roles: ['nurse'] });
    const wrong = await changeOf(manager, person, 'reset', { number: '00000000', reason: 'guess' });
    expect(codeOf(wrong)).toEqual({ status: 403, code: 'reset_refused' });
    expect((await person.browser.get('/api/v1/account')).status).toBe(200);
    const asked = await at
      .browser()
      .post('/api/v1/sign-in/reset-request', { login: person.login.toUpperCase() });
    const reset = await changeOf(manager, person, 'reset', {
      number: asked.json.number,
      reason: 'lost phone',
    });
    expect(reset.status).toBe(200);
    expect(accountIn(reset).exportAllowedAt).toBe(at.clock.ms + 86_400_000);
    expect(codeOf(await person.browser.get('/api/v1/account'))).toEqual({
      status: 401,
      code: 'not_authenticated',
    });
    expect((await person.enterPassword()).status).toBe(401);
    const again = await changeOf(manager, person, 'reset', { number: asked.json.number, reason: 'twice' });
    expect(codeOf(again)).toEqual({ status: 403, code: 'reset_refused' });
    const { code, expiresAt } = reset.json.enrolment as { code: string; expiresAt: number };
    expect(expiresAt - accountIn(reset).changedAt).toBeLessThanOrEqual(1_800_000);
    const anew = new Member(at, person.login, 'eleven quiet herons wade');
    await anew.enrol(code);
    expect(anew.uid).toBe(person.uid);
    const proof = () => {
      const body = { purpose: 'export', method: 'totp', code: anew.nextCode() };
      return anew.browser.post('/api/v1/step-up', body);
    };
    expect(codeOf(await proof())).toEqual({ status: 403, code: 'export_cooling_down' });
    expect((await anew.stepUp('factor-change')).status).toBe(204);
    at.clock.ms += 86_400_000;
    await anew.signIn();
    expect((await proof()).status).toBe(204);
    await owner.signIn();
    await manager.signIn();
  });

  test('[mfa] the number of one person resets no other', async () => {
    const [one, two] = [
      await memberOf(owner, { login: fresh(), roles: ['nurse'] }),
      await memberOf(owner, { login: fresh(), roles: ['nurse'] }),
    ];
    const asked = await at.browser().post('/api/v1/sign-in/reset-request', { login: one.login });
    const reply = await changeOf(manager, two, 'reset', { number: asked.json.number, reason: 'mix-up' });
    expect(codeOf(reply)).toEqual({ status: 403, code: 'reset_refused' });
    expect((await two.browser.get('/api/v1/account')).status).toBe(200);
  });
});
