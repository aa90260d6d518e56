/** [P02] The former system had services that answered anybody. Here a stranger gets 401, however the question is put. */
import { type RouteId, routeIds, routeOf } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerFixture, startServer, today } from '../../apps/server/src/test/server-fixture.ts';
import { publicRoutes } from '../../compliance/catalogue/public-routes.ts';

let redis: RedisServer;
let fixture: ServerFixture;
beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url);
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

const isPublic = (id: RouteId): boolean => publicRoutes[id] !== undefined;
const guarded = routeIds.filter((id) => !isPublic(id));
const values: Record<string, string> = {
  clinic: 'north',
  date: today(),
  visitId: 'v1',
  uid: '0192f3aa-0000-7000-8000-000000000001',
};
const addressOf = (id: RouteId): string =>
  routeOf(id).path.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? 'x1');

/** A well-formed but empty body of a kind that the route takes. */
function requestOf(id: RouteId, headers: Record<string, string>): RequestInit {
  const { method, request } = routeOf(id);
  if (method === 'get') return { headers };
  const type = Object.keys(request?.content ?? {})[0] ?? 'application/json';
  return { method: 'POST', headers: { 'content-type': type, ...headers }, body: '{}' };
}

type Seen = { id: RouteId; status: number; code: string };
async function ask(id: RouteId, headers: Record<string, string> = {}): Promise<Seen> {
  const response = await fetch(`${fixture.url}${addressOf(id)}`, requestOf(id, headers));
  const text = await response.text();
  return { id, status: response.status, code: (JSON.parse(text || '{}') as { code?: string }).code ?? '' };
}
const askAll = async (headers: Record<string, string> = {}): Promise<Seen[]> => {
  const seen: Seen[] = [];
  for (const id of guarded) seen.push(await ask(id, headers));
  return seen;
};
const unauthenticated = guarded.map((id) => ({ id, status: 401, code: 'not_authenticated' }));

test('[P02] [H-01] [ONC-d-1] the public routes are exactly those of the written list', () => {
  const marked = routeIds.filter((id) => routeOf(id).access === 'public').sort();
  expect(marked).toEqual(Object.keys(publicRoutes).sort());
  expect(guarded.length).toBeGreaterThan(10);
});

describe('[P02] [H-01] every other route answers 401', () => {
  const token = 'A'.repeat(43);

  test('without credentials', async () => {
    expect(await askAll()).toEqual(unauthenticated);
  });

  test.each([
    ['a token that nobody was given', { authorization: `Bearer ${token}` }],
    ['a token of the wrong shape', { authorization: 'Bearer null' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ['an API token that was never issued', { authorization: `Bearer bolt_0192f3aa_${token}_00000000` }],
    [
      'headers of a proxy that claim to know who it is',
      { 'x-forwarded-user': 'admin', 'x-remote-user': 'admin' },
    ],
    ['a claim to come from this machine', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }],
  ])('with %s', async (_what, headers) => {
    expect((await askAll(headers)).filter(({ status }) => status !== 401)).toEqual([]);
  });

  test('with a forged, an empty or a doubled cookie', async () => {
    const names = ['__Host-bolt_s', 'bolt_dev_s', 'bolt_session', 'bolt_s', 'session', 'connect.sid'];
    for (const value of [token, '', 'undefined'])
      for (const name of names) {
        const { status } = await ask('getBoard', {
          cookie: `${name}=${value}; ${name}=${value}`,
          'sec-fetch-site': 'same-origin',
        });
        expect([name, value, status]).toEqual([name, value, 401]);
      }
  });
});

describe('[P02] [injection] the address is read in one way only', () => {
  const board = () => addressOf('getBoard');
  const statusOf = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${fixture.url}${path}`, { redirect: 'manual', ...init })).status;

  test.each([
    ['a slash at the end', (path: string) => `${path}/`],
    ['two slashes', (path: string) => path.replace('/boards', '//boards')],
    ['capital letters', (path: string) => path.toUpperCase()],
    ['a dot that is encoded', (path: string) => path.replace('/boards', '/%2e/boards')],
    ['a way round through a public route', (path: string) => `/healthz/..${path}`],
    ['an encoded way round', (path: string) => `/healthz/%2e%2e${path}`],
    ['a parameter after a semicolon', (path: string) => `${path};.json`],
    ['a suffix', (path: string) => `${path}.json`],
    ['a NUL', (path: string) => `${path}%00`],
  ])('%s gives a stranger nothing', async (_what, change) => {
    expect([401, 400, 404]).toContain(await statusOf(change(board())));
  });

  test.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is no way in', async (method) => {
    expect([401, 404, 405]).toContain(await statusOf(board(), { method }));
  });

  test('a method in a header is ignored', async () => {
    const headers = { 'x-http-method-override': 'GET', 'x-method-override': 'GET' };
    expect(await statusOf(addressOf('postImport'), { headers })).not.toBe(200);
    expect(await statusOf(board(), { headers: { 'x-http-method-override': 'POST' } })).toBe(401);
  });
});

test('[P01] [P02] [privacy] what a stranger may read names no patient, no person and no secret', async () => {
  const desk = await fixture.login('front-desk');
  await desk.walkIn('v1', { fullName: 'Quirinia Testmark' });
  const reads = routeIds.filter(
    (id) => isPublic(id) && routeOf(id).method === 'get' && publicRoutes[id] !== 'development',
  );
  expect(reads.length).toBeGreaterThan(4);
  for (const id of reads) {
    const text = await (await fetch(`${fixture.url}${addressOf(id)}`)).text();
    expect([id, /Quirinia|Testmark|redis:\/\/|unix:\/\/|BEGIN [A-Z ]*PRIVATE/.exec(text)?.[0]]).toEqual([
      id,
      undefined,
    ]);
  }
});
