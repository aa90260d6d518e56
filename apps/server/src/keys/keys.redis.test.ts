/** New keys on demand, over HTTP: who may, what is on the record, and that nothing is unreadable before, during or after. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeysResponse, Role, SecurityEvent } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
  today,
  users,
} from '../test/server-fixture.ts';

const person = (id: string, role: Role) => ({ id, name: id, role, clinics: ['north'] });
const developmentUsers = [...users, person('ada', 'admin'), person('audrey', 'auditor')];
const period = today().slice(0, 7);

let redis: RedisServer;
let dir: string;
let server: ServerFixture;
let admin: Client;
beforeAll(async () => {
  redis = await startRedis();
  dir = await mkdtemp(join(tmpdir(), 'bolt-keys-'));
  server = await open();
  admin = await server.login('ada');
  const desk = await server.login('front-desk');
  expect((await desk.walkIn('w1', { fullName: 'Ann Smith' })).status).toBe(200);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

const open = () => {
  const config = { keys: join(dir, 'top-keys.json'), keyStore: join(dir, 'store') };
  return startServer(redis.url, { config, developmentUsers });
};
const keysOf = async (client: Client) =>
  (await client.get(`${server.url}/api/v1/keys`)).json as unknown as KeysResponse;
const rotate = (client: Client, order: object) => client.post(`${server.url}/api/v1/keys/rotation`, order);
const north = async () => (await keysOf(admin)).clinics.find(({ clinic }) => clinic === 'north');

test('[authz] [crypto] [H-05] keys are shown to who runs or judges the system, and made by who has just proved himself', async () => {
  for (const id of ['front-desk', 'manager', 'provider']) {
    const other = await server.login(id);
    expect(problemOf(await other.get(`${server.url}/api/v1/keys`)).code).toBe('permission_denied');
    expect(problemOf(await rotate(other, { level: 'clinic', clinic: 'north' })).code).toBe(
      'permission_denied',
    );
  }
  const auditor = await server.login('audrey');
  expect((await keysOf(auditor)).top.map(({ purpose, state }) => `${purpose} ${state}`)).toEqual([
    'phi active',
    'credentials active',
    'session-mac active',
    'audit-sign active',
  ]);
  expect(problemOf(await rotate(auditor, { level: 'clinic', clinic: 'north' })).code).toBe(
    'permission_denied',
  );
  expect(problemOf(await rotate(admin, { level: 'clinic', clinic: 'north' })).code).toBe('step_up_required');
  expect(await north()).toEqual({
    ...{ clinic: 'north', numFormerWraps: 0, keys: [{ kid: 'ck1', isNewest: true, numSealed: 1 }] },
    months: [{ period, isDestroyed: false, keys: [{ kid: 'rk1', isNewest: true, numSealed: 1 }] }],
  });
});

test('[crypto] [H-05] each level is renewed, what stood under the former key moves, and everybody stays readable', async () => {
  await admin.prove('connector-config');
  expect((await rotate(admin, { level: 'month', clinic: 'north', period })).json).toEqual({ kid: 'rk2' });
  expect((await rotate(admin, { level: 'clinic', clinic: 'north' })).json).toEqual({ kid: 'ck2' });
  // The former keys stay, with nothing under them, until no other process can hold them as its newest.
  await eventually(
    async () =>
      expect(await north()).toMatchObject({
        keys: [
          { kid: 'ck2', isNewest: true, numSealed: 2 },
          { kid: 'ck1', isNewest: false, numSealed: 0 },
        ],
        months: [
          {
            keys: [
              { kid: 'rk2', isNewest: true, numSealed: 1 },
              { kid: 'rk1', isNewest: false, numSealed: 0 },
            ],
          },
        ],
      }),
    60_000,
  );
  const { json } = await rotate(admin, { level: 'top', purpose: 'phi' });
  const { top, clinics } = await keysOf(admin);
  expect(
    top.filter(({ purpose }) => purpose === 'phi').map(({ kid, state }) => [kid === json.kid, state]),
  ).toEqual([
    [false, 'decrypt-only'],
    [true, 'active'],
  ]);
  expect(clinics.map(({ numFormerWraps }) => numFormerWraps)).toEqual([0, 0]);
  await using fresh = await open();
  const desk = await fresh.login('front-desk');
  expect((await desk.get(desk.board())).text).toContain('Ann Smith');
  expect(JSON.stringify([top, clinics])).not.toMatch(/secret|sealed"|wrapped"/);
});

test('[crypto] what cannot be renewed here is refused: other clinics, months without keys, the signature of the record', async () => {
  await admin.prove('connector-config');
  const codes = await Promise.all(
    [
      { level: 'clinic', clinic: 'west' },
      { level: 'month', clinic: 'north', period: '2001-01' },
      { level: 'month', clinic: 'north' },
      { level: 'top', purpose: 'audit-sign' },
    ].map(async (order) => problemOf(await rotate(admin, order)).code),
  );
  expect(codes).toEqual([...['record_not_found', 'record_not_found', 'invalid_request', 'invalid_request']]);
});

test('[crypto] [session] a new session seal ends every session at the next start, and none before', async () => {
  await admin.prove('connector-config');
  const { json } = await rotate(admin, { level: 'top', purpose: 'session-mac' });
  expect(json.kid).toMatch(/^session-mac-/);
  expect((await admin.get(`${server.url}/api/v1/session`)).status).toBe(200);
  await using restarted = await open();
  expect((await admin.get(`${restarted.url}/api/v1/session`)).status).toBe(401);
  const again = await restarted.login('ada');
  expect((await again.get(`${restarted.url}/api/v1/session`)).status).toBe(200);
});

test('[audit] [I5] [H-06] who had a key renewed is on the record, and so is the new key', async () => {
  const entries = (await redis.call('XRANGE', '{a:i}:ev', '-', '+')) as [string, string[]][];
  const events = entries.map(
    ([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}') as SecurityEvent,
  );
  const asked = events.filter(({ sub, agent }) => sub === 'key' && agent.uid === 'ada');
  expect(asked.slice(0, 3).map(({ why, ent }) => `${why} ${ent?.[0]?.id}`)).toEqual([
    `rotate-month north/${period}`,
    'rotate-clinic north',
    'rotate-top kek/phi',
  ]);
});
