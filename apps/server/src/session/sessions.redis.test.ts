/** Sessions over HTTP: what a stolen, doubled, replaced or ended credential gets, and what its owner can do about it. */
import type { SecurityEvent } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordedEvents } from '../test/recorded-events.ts';
import { Client, eventually, problemOf, type ServerFixture, startServer } from '../test/server-fixture.ts';

const minuteMs = 60_000;
const clock = { ms: Date.now() };
let redis: RedisServer;
let fixture: ServerFixture;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { sessionClock: () => clock.ms });
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const api = (path: string) => `${fixture.url}/api/v1/${path}`;
const tokenOf = (client: Client) => client.headers.cookie?.split('=')[1] ?? '';
const status = async (headers: Record<string, string>, path = 'session') => {
  const answer = await fetch(api(path), { headers: { 'sec-fetch-site': 'same-origin', ...headers } });
  const { code } = (await answer.json()) as { code?: string };
  return [answer.status, code ?? null];
};
const withCookie = (client: Client, cookie: string): Client =>
  new Client(client.url, { ...client.headers, cookie });
/** Proves again, as a demo user, and goes on with the new cookie. */
async function proved(client: Client, purpose: string): Promise<Client> {
  const answer = await client.post(api('step-up'), { method: 'development', purpose });
  expect(answer.status).toBe(204);
  return withCookie(client, answer.headers.get('set-cookie')?.split(';')[0] ?? '');
}

test('[session] the cookie: bound to this host, for no script, for no other site, gone with the browser', async () => {
  const body = '{"userId":"manager"}';
  const headers = { 'content-type': 'application/json' };
  const plain = await fetch(api('dev-login'), { method: 'POST', headers, body });
  expect(plain.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^bolt_dev_s=[\w-]{67}; Path=\/; HttpOnly; SameSite=Strict$/),
  ]);
  await using secure = await startServer(redis.url, {
    config: { publicOrigin: 'https://board.example.org' },
  });
  const answer = await fetch(`${secure.url}/api/v1/dev-login`, { method: 'POST', headers, body });
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-bolt_s=[\w-]{67}; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
  ]);
});

test('[session] the plain cookie of this machine is none where there is a public origin', async () => {
  const client = await fixture.login('manager');
  await using secure = await startServer(redis.url, {
    config: { publicOrigin: 'https://board.example.org' },
  });
  const answer = await fetch(`${secure.url}/api/v1/session`, { headers: client.headers });
  expect(answer.status).toBe(401);
});

test('[session] two session cookies are refused, whichever is right', async () => {
  const client = await fixture.login('manager');
  const [own, other] = [tokenOf(client), 'A'.repeat(67)];
  for (const pair of [
    `${own}; bolt_dev_s=${other}`,
    `${other}; bolt_dev_s=${own}`,
    `${own}; bolt_dev_s=${own}`,
  ]) {
    expect(await status({ cookie: `bolt_dev_s=${pair}` })).toEqual([401, 'not_authenticated']);
  }
});

test('[session] a cookie together with a bearer token is refused, also when both are right', async () => {
  const client = await fixture.login('manager');
  const both = { cookie: client.headers.cookie ?? '', authorization: `Bearer ${tokenOf(client)}` };
  expect(await status(both)).toEqual([400, 'ambiguous_credentials']);
});

test.each([
  'Basic YTpi',
  'Bearer',
  'Bearer  x',
  'bearer x',
  `Bearer ${'A'.repeat(67)} `,
  'Bearer a b',
  'Negotiate',
])('[session] an Authorization of a wrong form is 401, never nobody: %j', async (authorization) => {
  expect(await status({ authorization })).toEqual([401, 'not_authenticated']);
});

test.each(['', 'A', '"A"', `${'A'.repeat(66)}%`, '__proto__', '[object Object]'])(
  '[session] a malformed cookie is 401, never nobody: %j',
  async (value) => {
    expect(await status({ cookie: `bolt_dev_s=${value}` })).toEqual([401, 'not_authenticated']);
  },
);

test('[session] another sign-in in the same browser ends the session that was there', async () => {
  const client = await fixture.login('manager');
  const answer = await client.post(api('dev-login'), { userId: 'provider' });
  expect(answer.status).toBe(200);
  expect(await status(client.headers)).toEqual([401, 'not_authenticated']);
  const fixated = answer.headers.get('set-cookie')?.split(';')[0];
  expect(fixated).not.toBe(client.headers.cookie);
});

test('[session] a fresh proof replaces the token; the old one works for ten seconds, then ends the whole session', async () => {
  const before = await fixture.login('manager');
  const after = await proved(before, 'export');
  expect(after.headers.cookie).not.toBe(before.headers.cookie);
  clock.ms += 10_000;
  expect(await status(before.headers)).toEqual([200, null]);
  clock.ms += 1;
  expect(await status(after.headers)).toEqual([200, null]);
  expect(await status(before.headers)).toEqual([401, 'not_authenticated']);
  expect(await status(after.headers), 'thief and owner both').toEqual([401, 'not_authenticated']);
});

test('[session] the reuse of a replaced token is on record', async () => {
  const before = await fixture.login('provider');
  await proved(before, 'export');
  clock.ms += 11_000;
  await status(before.headers);
  const entries = JSON.stringify(await redis.call('XREVRANGE', '{a:_}:ev', '+', '-', 'COUNT', '5'));
  const streams = (await redis.call('KEYS', '*ev*')) as string[];
  const all = await Promise.all(
    streams.map(async (key) =>
      JSON.stringify(await redis.call('XREVRANGE', key, '+', '-', 'COUNT', '20').catch(() => '')),
    ),
  );
  expect(entries + all.join('')).toContain('token_reuse');
});

test('[session] an hour after the last one an act brings a new token, and a script with a bearer keeps its own', async () => {
  const client = await fixture.login('front-desk');
  for (let i = 0; i < 5; i += 1) {
    clock.ms += 12 * minuteMs - 1;
    const answer = await client.post(api('session/continue'), {});
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
  }
  clock.ms += 5;
  const rotated = await client.post(api('session/continue'), {});
  expect(rotated.headers.getSetCookie()).toHaveLength(1);
  const next = withCookie(client, rotated.headers.get('set-cookie')?.split(';')[0] ?? '');
  expect((await next.post(api('session/continue'), {})).status, 'the same CSRF token').toBe(200);
});

test('[session] who is refused gets the token that replaced theirs as well, and is no thief for it', async () => {
  const client = await fixture.login('front-desk');
  for (let i = 0; i < 5; i += 1) {
    clock.ms += 12 * minuteMs;
    const refused = await client.post(api(`sessions/${'x'.repeat(24)}/revoke`), {});
    expect(problemOf(refused)).toEqual({ status: 404, code: 'session_not_found' });
    const cookie = refused.headers.get('set-cookie')?.split(';')[0];
    expect(cookie === undefined, `a new token in an answer of the hour, number ${i}`).toBe(i < 4);
    if (cookie !== undefined) client.headers.cookie = cookie;
  }
  clock.ms += minuteMs;
  expect(await status(client.headers)).toEqual([200, null]);
});

test('[session] one sees one’s own devices only, and can end one; its stream ends with it', async () => {
  const [here, there] = [await fixture.login('provider'), await fixture.login('provider')];
  const stream = await there.stream();
  await stream.ofName('hb');
  const { sessions } = (await here.get(api('sessions'))).json as {
    sessions: { id: string; isThisOne: boolean; device: string }[];
  };
  expect(sessions.filter(({ isThisOne }) => isThisOne)).toHaveLength(1);
  expect(JSON.stringify(sessions)).not.toContain(tokenOf(here).slice(24));
  const id = tokenOf(there).slice(0, 24);
  expect(sessions.map((each) => each.id)).toContain(id);
  const stranger = await fixture.login('manager');
  expect(problemOf(await stranger.post(api(`sessions/${id}/revoke`), {}))).toEqual({
    status: 404,
    code: 'session_not_found',
  });
  expect((await there.get(there.board())).status).toBe(200);
  expect((await here.post(api(`sessions/${id}/revoke`), {})).status).toBe(204);
  expect((await there.get(there.board())).status, 'at its next request').toBe(401);
  expect((await stream.ofName('bye')).code).toBe('revoked');
});

test('[session] [H-15] ended in one process, a stream of another ends within seconds, also when nobody told it', async () => {
  await using other = await startServer(redis.url, { sessionClock: () => clock.ms });
  const client = await fixture.login('front-desk');
  const remote = new Client(other.url, client.headers);
  const [told, untold] = [
    await remote.stream(),
    await new Client(other.url, (await fixture.login('front-desk')).headers).stream(),
  ];
  await Promise.all([told.ofName('hb'), untold.ofName('hb')]);
  expect((await client.post(api('logout'), {})).status).toBe(204);
  expect((await told.ofName('bye')).code).toBe('revoked');
  // The record goes without a word on the channel, as when a message was lost.
  for (const key of (await redis.call('KEYS', '{u:*}:s:*')) as string[]) await redis.call('DEL', key);
  expect((await untold.ofName('bye')).code).toBe('revoked');
});

test('[session] every other device of one’s own can be ended at once', async () => {
  const [here, a, b] = [
    await fixture.login('both'),
    await fixture.login('both'),
    await fixture.login('both'),
  ];
  expect((await here.post(api('sessions/revoke-others'), {})).status).toBe(204);
  expect([
    (await here.get(here.board())).status,
    (await a.get(a.board())).status,
    (await b.get(b.board())).status,
  ]).toEqual([200, 401, 401]);
});

test('[session] [ONC-d-7] leaving clears the cookie and tells the browser to forget', async () => {
  const client = await fixture.login('manager');
  const answer = await client.post(api('logout'), {});
  expect(answer.headers.get('clear-site-data')).toBe('"cache", "cookies", "storage"');
  expect(answer.headers.getSetCookie()).toEqual([
    'bolt_dev_s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
  ]);
  expect(await status(client.headers)).toEqual([401, 'not_authenticated']);
});

test('[session] while Redis is away nobody is let in, known or not', async () => {
  const own = await startRedis({ persist: 'aof-always' });
  const server = await startServer(own.url);
  const client = await server.login('manager');
  expect((await client.get(client.board())).status).toBe(200);
  await own.kill9();
  for (const url of [client.board(), `${server.url}/api/v1/session`, `${client.board()}/stream`]) {
    expect(problemOf(await client.get(url))).toEqual({ status: 503, code: 'store_unavailable' });
  }
  await own.start();
  await eventually(async () => expect((await client.get(client.board())).status).toBe(200));
  await server.server.stop();
  await own.stop();
});

test('[session] an API token does what it names and nothing else, never a session’s affairs', async () => {
  const manager = await proved(await fixture.login('manager'), 'token-admin');
  const made = await manager.post(api('api-tokens'), { name: 'nightly', scopes: ['read'], days: 30 });
  const { secret, token } = made.json as { secret: string; token: { id: string } };
  expect(secret).toMatch(/^bolt_[\w-]{24}_[0-9a-f]{72}$/);
  const program = new Client(fixture.url, { authorization: `Bearer ${secret}` });
  expect((await program.get(program.board())).status).toBe(200);
  expect((await program.get(api('session'))).json).toMatchObject({ csrf: null, user: { id: 'manager' } });
  expect(problemOf(await program.walkIn('by-token'))).toEqual({ status: 403, code: 'permission_denied' });
  for (const path of ['sessions', 'api-tokens', 'break-glass']) {
    expect([path, (await program.get(api(path))).status]).toEqual([path, 403]);
  }
  for (const path of [
    'logout',
    'sessions/revoke-others',
    'session/lock',
    'session/continue',
    `api-tokens/${token.id}/revoke`,
  ]) {
    expect([path, (await program.post(api(path), {})).status]).toEqual([path, 403]);
  }
  const listed = await manager.get(api('api-tokens'));
  expect(listed.text).toContain('nightly');
  expect(listed.text).not.toContain(secret.slice(30, 94));
  expect((await manager.post(api(`api-tokens/${token.id}/revoke`), {})).status).toBe(204);
  expect((await program.get(program.board())).status, 'at its next request').toBe(401);
});

test('[session] the stream of an API token lives as long as the token, and ends with it', async () => {
  const manager = await proved(await fixture.login('manager'), 'token-admin');
  const wanted = { name: 'screen', scopes: ['stream'], days: 1 };
  const made = await manager.post(api('api-tokens'), wanted);
  const { secret, token } = made.json as { secret: string; token: { id: string } };
  const stream = await new Client(fixture.url, { authorization: `Bearer ${secret}` }).stream();
  const witness = await (await fixture.login('front-desk')).stream();
  await Promise.all([stream.ofName('hb'), witness.ofName('hb')]);
  // The watch has asked for all streams once it has ended the one whose record is gone; sessions are gone by now.
  for (const key of (await redis.call('KEYS', '{u:*}:s:*')) as string[]) await redis.call('DEL', key);
  expect((await witness.ofName('bye')).code).toBe('revoked');
  expect(stream.isEnded).toBe(false);
  const again = await proved(await fixture.login('manager'), 'token-admin');
  expect((await again.post(api(`api-tokens/${token.id}/revoke`), {})).status).toBe(204);
  expect((await stream.ofName('bye')).code).toBe('revoked');
});

test('[session] an API token ends after its days, and none is made without a fresh proof, for ever or for itself', async () => {
  const manager = await fixture.login('manager');
  const ask = (client: Client, more: object) =>
    client.post(api('api-tokens'), { name: 't', scopes: ['read'], days: 1, ...more });
  expect(problemOf(await ask(manager, {}))).toEqual({ status: 403, code: 'step_up_required' });
  const fresh = await proved(manager, 'token-admin');
  expect(problemOf(await ask(fresh, { days: 91 }))).toEqual({ status: 400, code: 'invalid_request' });
  expect(problemOf(await ask(fresh, { scopes: ['self'] }))).toEqual({
    status: 403,
    code: 'permission_denied',
  });
  const { secret } = (await ask(fresh, {})).json as { secret: string };
  const program = new Client(fixture.url, { authorization: `Bearer ${secret}` });
  expect((await program.get(api('session'))).status).toBe(200);
  clock.ms += 24 * 60 * minuteMs;
  expect((await program.get(api('session'))).status).toBe(401);
});

test('[session] a proof is good for its purpose and for five minutes', async () => {
  const client = await proved(await fixture.login('manager'), 'export');
  const ask = (each: Client) => each.post(api('api-tokens'), { name: 't', scopes: ['read'], days: 1 });
  expect((await ask(client)).json).toMatchObject({ code: 'step_up_required', purpose: 'token-admin' });
  const fresh = await proved(client, 'token-admin');
  clock.ms += 5 * minuteMs - 1;
  expect((await ask(fresh)).status).toBe(200);
  clock.ms += 1;
  expect((await ask(fresh)).json).toMatchObject({ code: 'step_up_required' });
});

test('[session] a session of the development login is worth nothing on a server without it', async () => {
  const client = await fixture.login('manager');
  await using strict = await startServer(redis.url, { developmentUsers: [] });
  const answer = await fetch(`${strict.url}/api/v1/session`, { headers: client.headers });
  expect(answer.status).toBe(401);
});

const said = ({ sub, act, out, why }: SecurityEvent) => [sub, act, out, why];

test('[session] [audit] [H-06] ending a device and signing out are on record before and after; a stranger’s device is no act', async () => {
  const [here, there, other] = [
    await fixture.login('manager'),
    await fixture.login('manager'),
    await fixture.login('provider'),
  ];
  const listed = (await here.get(api('sessions'))).json.sessions as { id: string; isThisOne: boolean }[];
  const id = listed.find(({ isThisOne }) => !isThisOne)?.id ?? '';
  const before = (await recordedEvents(redis)).length;
  expect((await other.post(api(`sessions/${id}/revoke`), {})).status).toBe(404);
  expect((await here.post(api(`sessions/${id}/revoke`), {})).status).toBe(204);
  expect((await here.post(api('sessions/revoke-others'), {})).status).toBe(204);
  expect((await here.post(api('logout'), {})).status).toBe(204);
  const events = (await recordedEvents(redis)).slice(before);
  expect(events.map(said)).toEqual([
    ['session', 'E', 0, 'intended.revoked'],
    ['session', 'D', 0, 'revoked'],
    ['session', 'E', 0, 'intended.revoked'],
    ['session', 'D', 0, 'revoked'],
    ['logout', 'E', 0, 'intended.logout'],
    ['logout', 'E', 0, 'logout'],
  ]);
  expect(new Set(events.map(({ agent }) => `${agent.uid} ${agent.aal}`))).toEqual(new Set(['manager 2']));
  expect(events.map(({ ent }) => ent?.[0]?.id)).toEqual([id, id, 'others', 'others', undefined, undefined]);
  expect((await there.get(api('session'))).status).toBe(401);
});

test('[session] [audit] [H-06] a fresh proof is on record before it counts and after, with its purpose', async () => {
  const client = await fixture.login('manager');
  const before = (await recordedEvents(redis)).length;
  await proved(client, 'audit-view');
  const events = (await recordedEvents(redis)).slice(before);
  expect(events.map(said)).toEqual([
    ['stepup', 'E', 0, 'intended.audit-view'],
    ['stepup', 'E', 0, 'audit-view'],
  ]);
  expect(events.map(({ ent }) => ent?.[0])).toEqual(events.map(() => ({ t: 'Account', id: 'manager' })));
});
