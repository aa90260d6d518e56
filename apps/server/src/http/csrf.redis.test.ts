/** Requests that a page of another site, a form, or a stolen cookie's holder would send: each is refused, nothing changes. */
import { request } from 'node:http';
import { routeIds, routeOf } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

const publicOrigin = 'https://board.example.org';
let redis: RedisServer;
let fixture: ServerFixture;
let desk: Client;
let n = 0;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url);
  desk = await fixture.login('front-desk');
  await desk.walkIn('known');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const command = () => ({
  clientId: 'csrf-client-1',
  n: ++n,
  command: { type: 'setPinned', visitId: 'known', isPinned: n % 2 === 1 },
});
const commands = () => `${desk.board()}/commands`;
const without = (...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(desk.headers).filter(([name]) => !names.includes(name)));

type Sent = { headers: Record<string, string>; body?: string; method?: string; url?: string };
/** Over plain HTTP, so that nothing is added and nothing is taken away. */
function raw({ headers, body, method = 'POST', url = commands() }: Sent) {
  return new Promise<{ status: number; code: string | null }>((resolve, reject) => {
    const req = request(url, { method, headers, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (part: string) => {
        text += part;
        if (res.headers['content-type']?.startsWith('text/event-stream')) res.destroy();
      });
      res.on('close', () =>
        resolve({ status: res.statusCode ?? 0, code: /"code":"(\w+)"/.exec(text)?.[1] ?? null }),
      );
    });
    req.on('error', reject);
    req.end(body);
  });
}
const json = { 'content-type': 'application/json' };
const seqNow = async () => Number((await desk.get(desk.board())).json.seq);

/** Sends a command this way, asserts the problem, and that the board stands where it stood. */
async function refused(headers: Record<string, string>, status: number, code: string, body?: string) {
  const before = await seqNow();
  expect(await raw({ headers, body: body ?? JSON.stringify(command()) })).toEqual({ status, code });
  expect(await seqNow()).toBe(before);
}

test('[csrf] the page itself may', async () => {
  const sent = { headers: { ...desk.headers, ...json }, body: JSON.stringify(command()) };
  expect((await raw(sent)).status).toBe(200);
});

describe('[csrf] a change by cookie is refused', () => {
  test.each<[string, Record<string, string>]>([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['from an address that somebody typed', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['from an origin of others', { origin: 'https://evil.example' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['from our host on another port', { origin: 'http://127.0.0.1:1' }],
    ['from a look-alike', { origin: 'http://127.0.0.1.evil.example' }],
  ])('%s', async (_name, headers) => {
    await refused({ ...desk.headers, ...json, ...headers }, 403, 'cross_site_request');
  });

  test('when it says nothing of where it comes from', async () => {
    await refused({ ...without('sec-fetch-site'), ...json }, 403, 'cross_site_request');
  });

  test.each<[string, () => Record<string, string>]>([
    ['without the token of its session', () => without('x-bolt-csrf')],
    ['with an empty token', () => ({ ...desk.headers, 'x-bolt-csrf': '' })],
    ['with a made-up token', () => ({ ...desk.headers, 'x-bolt-csrf': 'A'.repeat(43) })],
    [
      'with its own session cookie as the token',
      () => ({ ...desk.headers, 'x-bolt-csrf': desk.headers.cookie?.split('=')[1] ?? '' }),
    ],
    [
      'with a token of the wrong length',
      () => ({ ...desk.headers, 'x-bolt-csrf': `${desk.headers['x-bolt-csrf']}A` }),
    ],
  ])('%s', async (_name, headers) => {
    await refused({ ...headers(), ...json }, 403, 'csrf_token_invalid');
  });

  test('with the token of another session of the same person', async () => {
    const other = await fixture.login('front-desk');
    const token = { 'x-bolt-csrf': other.headers['x-bolt-csrf'] ?? '' };
    expect(token['x-bolt-csrf']).not.toBe(desk.headers['x-bolt-csrf']);
    await refused({ ...desk.headers, ...json, ...token }, 403, 'csrf_token_invalid');
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', ''])(
    'as a form would send it: "%s"',
    async (type) => {
      await refused(
        { ...desk.headers, ...(type ? { 'content-type': type } : {}) },
        415,
        'unsupported_media_type',
      );
    },
  );
});

test('[csrf] every change that needs a session needs its token, and every read its origin', async () => {
  const at = (path: string) =>
    `${fixture.url}${path
      .replace('{clinic}', 'north')
      .replace('{date}', today())
      .replaceAll(/\{\w+\}/g, 'x'.repeat(24))}`;
  const manager = await fixture.login('manager');
  const session = { cookie: manager.headers.cookie ?? '' };
  for (const id of routeIds.filter((each) => routeOf(each).access !== 'public')) {
    const { method, path } = routeOf(id);
    const own = { ...session, 'sec-fetch-site': 'same-origin', ...json };
    const foreign = { ...session, 'sec-fetch-site': 'cross-site', ...json };
    const send = (headers: Record<string, string>) =>
      raw({
        headers,
        url: at(path),
        method: method.toUpperCase(),
        ...(method === 'post' ? { body: '{}' } : {}),
      });
    expect([id, await send(foreign)]).toEqual([id, { status: 403, code: 'cross_site_request' }]);
    expect([id, (await send({ ...session, ...json })).code]).toEqual([id, 'cross_site_request']);
    if (method === 'post') expect([id, (await send(own)).code]).toEqual([id, 'csrf_token_invalid']);
  }
});

test('[csrf] a stream, which a page cannot give a header of its own, is refused to other sites', async () => {
  const url = `${desk.board()}/stream`;
  const get = (headers: Record<string, string>) => raw({ headers, url, method: 'GET' });
  expect(await get({ ...without('sec-fetch-site'), 'sec-fetch-site': 'cross-site' })).toMatchObject({
    status: 403,
  });
  expect(await get(without('sec-fetch-site'))).toMatchObject({ status: 403 });
  expect(await get({ ...without('sec-fetch-site'), origin: fixture.url })).toMatchObject({ status: 200 });
});

test('[csrf] a GET changes nothing, also when a header claims another method', async () => {
  const before = await seqNow();
  const answer = await desk.get(commands(), {
    'x-http-method-override': 'POST',
    'x-method-override': 'POST',
  });
  expect(problemOf(answer)).toEqual({ status: 405, code: 'method_not_allowed' });
  expect((await desk.get(`${fixture.url}/api/v1/logout`)).status).toBe(405);
  expect(await seqNow()).toBe(before);
});

test('[csrf] a public write, too, is refused to other sites: nobody is signed in as somebody else', async () => {
  const body = '{"userId":"manager"}';
  const url = `${fixture.url}/api/v1/dev-login`;
  const pages: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of pages) {
    expect(await raw({ headers: { ...json, ...headers }, body, url })).toEqual({
      status: 403,
      code: 'cross_site_request',
    });
  }
  expect((await raw({ headers: json, body, url })).status).toBe(200);
});

test('[csrf] a program with a bearer token needs neither, unless its request says that a page sent it', async () => {
  const authorization = `Bearer ${desk.headers.cookie?.split('=')[1]}`;
  const url = `${fixture.url}/api/v1/session/continue`;
  const send = (headers: Record<string, string>) => raw({ headers: { authorization, ...headers }, url });
  expect((await send({})).status).toBe(200);
  expect(await send({ origin: 'https://evil.example' })).toEqual({ status: 403, code: 'cross_site_request' });
});

test('[csrf] behind a public origin only that origin is ours, whatever the Host header says', async () => {
  await using behind = await startServer(redis.url, { config: { publicOrigin } });
  const login = await fetch(`${behind.url}/api/v1/dev-login`, {
    method: 'POST',
    headers: json,
    body: '{"userId":"front-desk"}',
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(cookie).toMatch(/^__Host-bolt_s=/);
  const { csrf } = (await login.json()) as { csrf: string };
  const url = `${behind.url}/api/v1/session/continue`;
  const send = (origin: string) => raw({ headers: { cookie, 'x-bolt-csrf': csrf, origin }, url });
  expect((await send(publicOrigin)).status).toBe(200);
  for (const origin of [behind.url, 'http://board.example.org', `${publicOrigin}:8443`, `${publicOrigin}/`]) {
    expect(await send(origin)).toEqual({ status: 403, code: 'cross_site_request' });
  }
});

test('[csrf] answers say that they depend on who asks from where, and may neither be kept nor read elsewhere', async () => {
  const { headers } = await desk.get(desk.board());
  expect({
    vary: headers.get('vary'),
    cache: headers.get('cache-control'),
    resource: headers.get('cross-origin-resource-policy'),
    cors: headers.get('access-control-allow-origin'),
  }).toEqual({
    vary: 'Sec-Fetch-Site, Origin, Cookie, Authorization',
    cache: 'no-store',
    resource: 'same-origin',
    cors: null,
  });
});

test('[csrf] [H-09] the documents, too, may be framed, sniffed and scripted by nobody', async () => {
  for (const path of ['docs', 'openapi.json', 'asyncapi.json']) {
    const answer = await fetch(`${fixture.url}/${path}`);
    const header = (name: string) => answer.headers.get(name);
    expect([path, answer.status, header('x-content-type-options')]).toEqual([path, 200, 'nosniff']);
    expect(header('strict-transport-security')).toMatch(/^max-age=63072000; includeSubDomains/);
    expect(header('cross-origin-opener-policy')).toBe('same-origin');
    expect(header('cross-origin-resource-policy')).toBe('same-origin');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('x-frame-options')).toBe('DENY');
    expect(header('permissions-policy')).toContain('camera=()');
    const policy = header('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(policy).not.toContain('unsafe');
    if (path === 'docs') expect(policy).toContain("require-trusted-types-for 'script'");
  }
});
