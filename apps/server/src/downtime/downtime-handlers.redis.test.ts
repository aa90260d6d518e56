/** What a clinic has while the system is away: half of a key for its browsers, and the word that a roster was opened. */
import { clinicSettingsSchema, type Role } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clinics, problemOf, type ServerFixture, startServer, today, users } from '../test/server-fixture.ts';

const person = (id: string, role: Role) => ({ id, name: id, role, clinics: ['north', 'south'] });
const reason = 'The line to the street fails in storms.';

let redis: RedisServer;
let server: ServerFixture;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, {
    clinics: clinics.map((clinic) =>
      clinic.id === 'north' ? { ...clinic, offlineBoard: { reason } } : clinic,
    ),
    developmentUsers: [...users, person('ada', 'admin'), person('bill', 'billing')],
  });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const at = (path: string, clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/${path}`;
const recorded = async (pattern: RegExp): Promise<number> => {
  const entries = JSON.stringify(await redis.call('XRANGE', '{a:c.north}:ev', '-', '+'));
  return [...entries.matchAll(pattern)].length;
};

test('[ONC-d-7] [crypto] a session gets its half of the key, on the record, always the same; another one another', async () => {
  const desk = await server.login('both');
  const first = await desk.get(at('offline-share'));
  expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(first.json).toEqual({ share: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
  expect((await desk.get(at('offline-share'))).json).toEqual(first.json);
  const again = await server.login('both');
  expect((await again.get(at('offline-share'))).json).not.toEqual(first.json);
  expect(await recorded(/\\"id\\":\\"offline-share\\"/g)).toBe(3);
  // The half itself is nowhere in it.
  expect(await recorded(new RegExp(String(first.json.share), 'g'))).toBe(0);
});

test('[ONC-d-7] [authz] a clinic that has not decided so gives out none, and who sees no board, or not this one, gets none', async () => {
  const both = await server.login('both');
  expect((await both.get(at('offline-share', 'south'))).json).toEqual({ share: null });
  const refused = { status: 403, code: 'permission_denied' };
  for (const [user, clinic] of [
    ['ada', 'north'],
    ['viewer', 'north'],
    ['front-desk', 'south'],
  ] as const) {
    const someone = await server.login(user);
    expect(problemOf(await someone.get(at('offline-share', clinic))), user).toEqual(refused);
  }
  expect((await fetch(at('offline-share'))).status).toBe(401);
});

test('[ONC-d-7] a board on devices is a decision: without a written reason the settings are refused', () => {
  const settings = { id: 'oak', name: 'Oak', zone: 'America/Chicago', rooms: [] };
  for (const offlineBoard of [true, {}, { reason: '' }])
    expect(clinicSettingsSchema.safeParse({ ...settings, offlineBoard }).success).toBe(false);
  expect(clinicSettingsSchema.parse({ ...settings, offlineBoard: { reason } }).offlineBoard).toEqual({
    reason,
  });
  expect(clinicSettingsSchema.parse(settings).offlineBoard).toBeUndefined();
});

test('[H-03] [audit] who opened a roster stands on the record, with what for; billing and other clinics are refused', async () => {
  const opening = {
    ...{ date: today(), madeAt: 1_773_151_200_000, openedAt: 1_773_151_260_000, why: 'downtime' },
    kid: 'W0ynV5J0rTBSUbi8fK25r0NE5HGz3W7ee54buFIJzdQ',
  };
  const manager = await server.login('manager');
  const told = await manager.post(at('roster-openings'), opening);
  expect([told.status, told.json]).toEqual([200, opening]);
  const entry = `\\\\"act\\\\":\\\\"R\\\\",\\\\"out\\\\":0,\\\\"why\\\\":\\\\"downtime\\\\"`;
  expect(await recorded(new RegExp(entry, 'g'))).toBe(1);
  expect(problemOf(await manager.post(at('roster-openings', 'south'), opening)).status).toBe(403);
  expect(problemOf(await (await server.login('bill')).post(at('roster-openings'), opening)).status).toBe(403);
  const named = await manager.post(at('roster-openings'), { ...opening, name: 'Ann' });
  expect(problemOf(named)).toEqual({ status: 400, code: 'invalid_request' });
  expect(await recorded(new RegExp(entry, 'g'))).toBe(1);
});
