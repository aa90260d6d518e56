/** Holds and early deletions over HTTP: two people, a fresh proof, and a record of it. */
import type { Role } from '@workflow-bolt/contracts';
import { dateAfter } from '@workflow-bolt/domain';
import { AlertStore, createRedisPort, freezeDeletions, fromUrl, readFreeze } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Answered,
  type Client,
  problemOf,
  type ServerFixture,
  startServer,
  today,
  users,
} from '../test/server-fixture.ts';

const person = (id: string, role: Role) => ({ id, name: id, role, clinics: ['north'] });
const developmentUsers = [
  ...users,
  person('ada', 'admin'),
  person('olga', 'admin'),
  person('audrey', 'auditor'),
];
const old = { class: 'flow', from: dateAfter(today(), -60), to: dateAfter(today(), -50) };
const reason = 'litigation/2026-CV-118';

let redis: RedisServer;
let server: ServerFixture;
let manager: Client;
let admin: Client;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, { developmentUsers });
  [manager, admin] = [await server.login('manager'), await server.login('ada')];
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const at = (rest = '', clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/retention${rest}`;
const idOf = ({ json }: Answered) => String(json.id);

test('[abuse] [authz] who may not, may not; who may, proves again who they are', async () => {
  const desk = await server.login('front-desk');
  expect(problemOf(await desk.get(at()))).toEqual({ status: 403, code: 'permission_denied' });
  expect(problemOf(await desk.post(at('/holds'), { ...old, reason })).code).toBe('permission_denied');
  expect(problemOf(await manager.post(at('/holds'), { ...old, reason })).code).toBe('step_up_required');
  expect(problemOf(await manager.get(at('', 'south'))).code).toBe('permission_denied');
  const auditor = await server.login('audrey');
  expect((await auditor.get(at())).json).toMatchObject({
    hotDays: 30,
    totalDays: 90,
    isFrozen: false,
    holds: [],
  });
});

test('[abuse] [H-24] a hold: asked for by one, approved by another, and it refuses the deletion of its days', async () => {
  await manager.prove('connector-config');
  await admin.prove('connector-config');
  const asked = await manager.post(at('/holds'), { ...old, reason });
  expect(asked.json).toMatchObject({ state: 'requested', requested: { by: 'manager', reason } });
  const act = (client: Client, name: string) =>
    client.post(at(`/holds/${idOf(asked)}`), { act: name, reason });
  expect(problemOf(await act(manager, 'approve')).code).toBe('second_person_required');
  expect((await act(admin, 'approve')).json).toMatchObject({ state: 'active', gone: [] });
  expect(problemOf(await act(admin, 'approve')).code).toBe('record_state');
  const purge = await manager.post(at('/purge-requests'), { ...old, reason });
  expect([problemOf(purge).code, purge.json.holds]).toEqual(['legal_hold', [idOf(asked)]]);
  expect((await act(admin, 'request-lift')).json).toMatchObject({ state: 'lifting' });
  expect(problemOf(await act(admin, 'lift')).code).toBe('second_person_required');
  expect((await act(manager, 'lift')).json).toMatchObject({ state: 'lifted' });
});

test('[abuse] an early deletion: not too early, not by one person, and not by two managers', async () => {
  const young = { ...old, to: dateAfter(today(), -10) };
  const early = await manager.post(at('/purge-requests'), { ...young, reason });
  expect([problemOf(early).code, early.json.floorDays]).toEqual(['purge_too_early', 30]);
  const asked = await manager.post(at('/purge-requests'), { ...old, reason });
  const decide = (client: Client) =>
    client.post(at(`/purge-requests/${idOf(asked)}`), { isApproved: true, reason });
  expect(problemOf(await decide(manager)).code).toBe('permission_denied');
  expect((await decide(admin)).json).toMatchObject({ state: 'approved', decided: { by: 'ada' } });
  expect(problemOf(await decide(admin)).code).toBe('record_state');
});

test('[abuse] [privacy] a reason is a code, never a sentence with somebody in it; a span is in order', async () => {
  for (const body of [
    { ...old, reason: 'because of Ann Miller' },
    { ...old, reason: '' },
    { ...old, from: old.to, to: old.from, reason },
    { ...old, class: 'audit', reason },
    { ...old, reason, approved: { by: 'manager' } },
  ]) {
    expect(problemOf(await manager.post(at('/holds'), body)).code).toBe('invalid_request');
  }
  const nobody = '00000000-0000-4000-8000-000000000000';
  expect(problemOf(await admin.post(at(`/holds/${nobody}`), { act: 'approve', reason })).code).toBe(
    'record_not_found',
  );
});

test('[abuse] [audit] [H-24] deleting that was stopped goes on only when every alert is judged, and not by who judged it', async () => {
  const port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  const since = Date.now();
  const lift = (client: Client) => client.post(`${server.url}/api/v1/deletion-freeze/lift`, { reason });
  await admin.prove('connector-config');
  expect(problemOf(await lift(admin)).code).toBe('record_not_found');
  await freezeDeletions(port, { why: 'AUD-1', since });
  const raise = (clinic: string | null, at: number) =>
    new AlertStore(port).raise({
      ...{ rule: 'AUD-1', severity: 'critical', clinic, at, uid: null, network: null, session: null },
      ...{ count: 1, responses: ['freeze-deletions'], reviewDueAt: since + 1, matter: `AUD-1 ${clinic}` },
    });
  // Who stopped it was ended before it told why: nobody could have judged it.
  const missing = await lift(admin);
  expect([problemOf(missing).code, missing.json.state]).toEqual(['record_state', 'alert-missing']);
  // The alert of a gap is as old as the gap, whenever it is found.
  const [here, everywhere] = [await raise('north', since), await raise(null, since - 30 * 86_400_000)];
  const review = (client: Client, clinic: string | null, id = '') =>
    client.post(`${server.url}/api/v1/alerts/${id}/review`, { clinic, outcome: 'incident' });
  expect((await manager.get(at())).json).toMatchObject({ isFrozen: true, freeze: { why: 'AUD-1', since } });
  const open = await lift(admin);
  expect([problemOf(open).code, open.json.state]).toEqual(['record_state', 'alert-open']);
  expect((await review(manager, 'north', here?.id)).status).toBe(200);
  expect(problemOf(await lift(admin)).code).toBe('record_state');
  expect((await review(admin, null, everywhere?.id)).status).toBe(200);
  // One of the two was judged by her.
  expect(problemOf(await lift(admin)).code).toBe('permission_denied');
  expect(problemOf(await lift(manager)).code).toBe('permission_denied');
  expect(problemOf(await lift(await server.login('olga'))).code).toBe('step_up_required');
  expect(await readFreeze(port)).toEqual({ why: 'AUD-1', since });
  const other = await server.login('olga');
  await other.prove('connector-config');
  expect((await lift(other)).status).toBe(204);
  expect([await readFreeze(port), (await manager.get(at())).json.freeze]).toEqual([null, null]);
  const events = (await redis.call('XRANGE', '{a:i}:ev', '-', '+')) as [string, string[]][];
  const kept = events.map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}'));
  expect(kept.filter(({ why }) => why === 'unfrozen')).toMatchObject([
    { agent: { uid: 'olga' }, sev: 'high', ent: [{ id: 'AUD-1' }, { t: 'Case', id: reason }] },
  ]);
  await port.close();
});

test('[audit] [I5] who asked, approved and lifted is on the record of the clinic', async () => {
  const events = (await redis.call('XRANGE', '{a:c.north}:ev', '-', '+')) as [string, string[]][];
  const kept = events.map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}'));
  const holds = kept.filter(({ sub }) => sub === 'hold').map(({ why, agent }) => `${why} ${agent.uid}`);
  expect(holds.slice(0, 3)).toEqual(['requested manager', 'approve manager', 'approve ada']);
});
