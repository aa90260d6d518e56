/** I9 over HTTP: whatever the route table does not mark as a user's act checks the session and extends nothing. */
import { type RouteId, routeIds, routeOf } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, type ServerFixture, startServer, today } from '../test/server-fixture.ts';

const minuteMs = 60_000;
const clock = { ms: Date.now() };
let redis: RedisServer;
let fixture: ServerFixture;

beforeAll(async () => {
  redis = await startRedis();
  fixture = await startServer(redis.url, { sessionClock: () => clock.ms });
  await (await fixture.login('front-desk')).walkIn('known');
});
afterAll(async () => {
  await fixture.server.stop();
  await redis.stop();
});

/** Each parameter of an address by something of its form. */
const sample: Record<string, string> = { clinic: 'north', date: today(), visitId: 'known' };
const addressOf = (id: RouteId): string => {
  const path = routeOf(id).path.replaceAll(/\{(\w+)\}/g, (_, name: string) => sample[name] ?? 'x'.repeat(24));
  return `${fixture.url}${path}`;
};

/** Sends it as the page would, and does not wait for what never ends. */
async function send(client: Client, id: RouteId): Promise<void> {
  const { method } = routeOf(id);
  const stop = new AbortController();
  const init = {
    method: method.toUpperCase(),
    headers: { ...client.headers, 'content-type': 'application/json' },
  };
  await fetch(addressOf(id), {
    ...init,
    ...(method === 'post' ? { body: '{}' } : {}),
    signal: stop.signal,
  });
  stop.abort();
}

const isAlive = async (client: Client): Promise<boolean> =>
  (await client.get(`${fixture.url}/api/v1/session`)).status === 200;

const silent = routeIds.filter((id) => !routeOf(id).isUserAction && routeOf(id).access !== 'public');

test('[I9] there are routes of both kinds', () => {
  expect(silent).toEqual(expect.arrayContaining(['getStream', 'getBoard', 'postPresence', 'getSession']));
  expect(routeIds.filter((id) => routeOf(id).isUserAction)).toContain('postCommands');
});

describe('[I9] [H-04] [ONC-d-5] what nobody did extends nothing', () => {
  test.each(silent)('%s', async (id) => {
    const client = await fixture.login('manager');
    for (let i = 0; i < 14; i += 1) {
      clock.ms += minuteMs;
      if (i % 4 === 0) await send(client, id);
    }
    // Locking ends the session here and now, which extends it even less.
    if (id !== 'postLock') expect(await isAlive(client), 'not ended by being asked for').toBe(true);
    clock.ms += minuteMs;
    expect(await isAlive(client), 'ended 15 minutes after the sign-in').toBe(false);
  });
});

test('[I9] the idle end is checked, not only not extended: every route answers 401 after it', async () => {
  const client = await fixture.login('manager');
  clock.ms += 15 * minuteMs;
  for (const id of routeIds.filter((each) => routeOf(each).access !== 'public')) {
    const { method } = routeOf(id);
    const answer = method === 'get' ? await client.get(addressOf(id)) : await client.post(addressOf(id), {});
    expect([id, answer.status, answer.json.code]).toEqual([id, 401, 'not_authenticated']);
  }
});

test('[I9] a header or a parameter of the caller makes no user’s act', async () => {
  const client = await fixture.login('manager');
  clock.ms += 10 * minuteMs;
  await client.get(`${client.board()}?isUserAction=true&skip_timeout_reset=1`, {
    'x-user-action': 'true',
    'x-http-method-override': 'POST',
  });
  clock.ms += 5 * minuteMs;
  expect(await isAlive(client)).toBe(false);
});

test('[I9] an act extends: commands, and the answer that one is still there', async () => {
  const client = await fixture.login('front-desk');
  for (let i = 0; i < 2; i += 1) {
    clock.ms += 14 * minuteMs;
    expect((await client.walkIn(`act-${i}`)).status).toBe(200);
    clock.ms += 14 * minuteMs;
    const answer = await client.post(`${fixture.url}/api/v1/session/continue`, {});
    expect(answer.json.idleEndsAt).toBe(clock.ms + 15 * minuteMs);
  }
});

test('[I9] an act that is refused for its origin or its token extends nothing', async () => {
  const client = await fixture.login('front-desk');
  clock.ms += 14 * minuteMs;
  const url = `${fixture.url}/api/v1/session/continue`;
  expect((await client.post(url, {}, { 'x-bolt-csrf': 'A'.repeat(43) })).status).toBe(403);
  expect((await client.post(url, {}, { origin: 'https://evil.example' })).status).toBe(403);
  clock.ms += minuteMs;
  expect(await isAlive(client)).toBe(false);
});

test('[I9] twelve hours after the sign-in a busy session ends all the same', async () => {
  const client = await fixture.login('front-desk');
  let { cookie = '' } = client.headers;
  for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
    clock.ms += 10 * minuteMs;
    const answer = await client.post(`${fixture.url}/api/v1/session/continue`, {}, { cookie });
    expect(answer.status).toBe(200);
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  }
  clock.ms += 10 * minuteMs;
  expect((await client.post(`${fixture.url}/api/v1/session/continue`, {}, { cookie })).status).toBe(401);
});

test('[I9] a stream that is open ends with the idle time of its session, however busy it is', async () => {
  const [reader, desk] = [await fixture.login('manager'), await fixture.login('front-desk')];
  const stream = await reader.stream();
  await stream.ofName('hb');
  clock.ms += 14 * minuteMs;
  expect((await desk.walkIn('busy-stream')).status).toBe(200);
  await stream.ofName('ev');
  clock.ms += minuteMs;
  expect(['auth', 'revoked']).toContain((await stream.ofName('bye')).code);
  await stream.untilEnd();
});
