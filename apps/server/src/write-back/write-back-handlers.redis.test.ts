/** The switch of write-back over HTTP: who may, that it cannot be looser than the file, and that it is on the record. */
import { createRedisPort, fromUrl, type RedisPort, WriteBackSwitch } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, problemOf, type ServerFixture, startServer } from '../test/server-fixture.ts';

let redis: RedisServer;
let server: ServerFixture;
let port: RedisPort;
let manager: Client;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url);
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  manager = await server.login('manager');
});
afterAll(async () => {
  await port?.close();
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const reason = 'vendor/INC-4411';
const url = (clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/write-back`;

test('[authz] [abuse] only a manager or administrator of the clinic switches it, with a fresh proof and a reason that is a code', async () => {
  const desk = await server.login('front-desk');
  expect(problemOf(await desk.get(url())).code).toBe('permission_denied');
  expect(problemOf(await desk.post(url(), { mode: 'off', reason })).code).toBe('permission_denied');
  expect(problemOf(await manager.post(url(), { mode: 'off', reason })).code).toBe('step_up_required');
  await manager.prove('connector-config');
  expect(problemOf(await manager.post(url(), { mode: 'off', reason: 'Ann Smith called' })).code).toBe(
    'invalid_request',
  );
  expect(problemOf(await manager.post(url(), { mode: 'always', reason })).code).toBe('invalid_request');
  expect(await new WriteBackSwitch(port, 'north').read()).toBeNull();
});

test('[WB-SWITCH] [audit] it is set at once, never looser than the file, and who did it is on the record', async () => {
  await manager.prove('connector-config');
  const answer = await manager.post(url(), { mode: 'on', reason });
  expect(answer.json).toMatchObject({
    ...{ clinic: 'north', mode: 'off', allowed: 'off' },
    setting: { mode: 'on', reason, by: 'manager', at: expect.any(Number) },
  });
  expect(await new WriteBackSwitch(port, 'north').read()).toMatchObject({ mode: 'on', by: 'manager' });
  const seen = await manager.get(url());
  expect(seen.json).toMatchObject({ mode: 'off', setting: { mode: 'on' } });
  const [today] = seen.json.days as Record<string, unknown>[];
  expect(today).toEqual({
    ...{ date: expect.any(String), inSync: 0, waiting: 0, failed: 0, conflict: 0, off: expect.any(Number) },
  });
  const keys = await redis.client().keys('{a:*}:ev');
  const kept = await Promise.all(keys.map((key) => redis.client().xrange(key, '-', '+')));
  const ours = kept
    .flat()
    .flatMap(([, fields]) => (fields.join(' ').includes('WriteBack') ? [fields.join(' ')] : []));
  expect(ours.filter((text) => text.includes('"why":"on"') && text.includes(reason))).toHaveLength(1);
});
