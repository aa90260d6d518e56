/**
 * Accounts, sessions, tokens, displays, emergencies, detection and the record on a Redis Cluster: no call of theirs may
 * touch two slots (CROSSSLOT), whatever is spread over the nodes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '@workflow-bolt/contracts';
import { dayIndexKey } from '@workflow-bolt/store';
import { awaitUntil, type RedisCluster, startCluster } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AccountServer, codeOf, firstOwner, type Member, memberOf } from '../test/account-fixture.ts';

let cluster: RedisCluster;
let dir: string;
let at: AccountServer;
let owner: Member;
let manager: Member;

beforeAll(async () => {
  cluster = await startCluster({ replicasPerPrimary: 0 });
  dir = mkdtempSync(join(tmpdir(), 'bolt-cluster-'));
  const hosts = cluster.startupNodes.map(({ host, port }) => `${host}:${port}`).join(',');
  at = await AccountServer.start(`redis+cluster://${hosts}`, {
    keysFile: join(dir, 'keys.json'),
    config: { keyStore: join(dir, 'store') },
  });
  owner = await firstOwner(at);
  manager = await memberOf(owner, { login: 'mina', roles: ['manager'] });
});
afterAll(async () => {
  await at?.[Symbol.asyncDispose]();
  await cluster?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('[H-02] [login] one name, one account, and the record of both, on nodes of their own', async () => {
  const body = { kind: 'human', name: 'A nurse', roles: ['nurse'], clinics: ['north'], login: 'ada' };
  await manager.stepUp('user-admin');
  const replies = await Promise.all([1, 2, 3].map(() => manager.browser.post('/api/v1/accounts', body)));
  expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  const listed = (await manager.browser.get('/api/v1/accounts')).json.accounts as Account[];
  expect(listed.map(({ login }) => login)).toContain('ada');
});

test('[login] [mfa] signing in, a wrong password, a wrong code, a fresh proof, a new password', async () => {
  const nurse = await memberOf(owner, { login: 'bea', roles: ['nurse'] });
  expect(codeOf(await nurse.enterPassword('not the password'))).toEqual({
    status: 401,
    code: 'sign_in_failed',
  });
  expect((await nurse.signIn()).status).toBe(200);
  await nurse.stepUp('factor-change');
  const next = 'a heron over the third canal';
  const changed = await nurse.browser.post('/api/v1/account/password', { current: nurse.password, next });
  expect(changed.status).toBe(204);
  nurse.password = next;
  expect((await nurse.signIn()).status).toBe(200);
});

test('[session] devices are listed and ended, tokens made and ended; who is deactivated is out', async () => {
  const desk = await memberOf(owner, { login: 'cleo', roles: ['front-desk'] });
  const second = at.browser();
  await desk.signIn(second);
  const sessions = (await second.get('/api/v1/sessions')).json.sessions as { isThisOne: boolean }[];
  expect(sessions.map(({ isThisOne }) => isThisOne).toSorted()).toEqual([false, true]);
  expect((await second.post('/api/v1/sessions/revoke-others')).status).toBe(204);
  expect((await desk.browser.get('/api/v1/session')).status).toBe(401);
  desk.browser = second;
  await desk.stepUp('token-admin');
  const made = await second.post('/api/v1/api-tokens', { name: 't', scopes: ['read'], days: 1 });
  const { token } = made.json as { token: { id: string } };
  expect((await second.post(`/api/v1/api-tokens/${token.id}/revoke`)).status).toBe(204);
  await manager.stepUp('user-admin');
  const body = { version: desk.account?.version, reason: 'left' };
  expect((await manager.browser.post(`/api/v1/accounts/${desk.uid}/deactivate`, body)).status).toBe(200);
  expect((await second.get('/api/v1/session')).status).toBe(401);
});

test('[login] a reset that takes two; everything the person had is gone from every node', async () => {
  const lost = await memberOf(owner, { login: 'dora', roles: ['nurse'] });
  const asked = await at.browser().post('/api/v1/sign-in/reset-request', { login: 'dora' });
  await manager.stepUp('user-admin');
  const body = { number: asked.json.number, reason: 'Lost the telephone' };
  const reset = await manager.browser.post(`/api/v1/accounts/${lost.uid}/reset`, body);
  expect(reset.status).toBe(200);
  expect(codeOf(await lost.enterPassword())).toEqual({ status: 401, code: 'sign_in_failed' });
});

test('[kiosk] [H-03] a wall display, an emergency access, its end and its register', async () => {
  await manager.stepUp('workstation-admin');
  const made = await manager.browser.post('/api/v1/clinics/north/displays', { name: 'Lobby' });
  const { token } = made.json as { token: string };
  expect((await at.browser().post('/api/v1/display', { token })).status).toBe(200);
  const doctor = await memberOf(owner, { login: 'eve', roles: ['provider'] });
  const session = await doctor.browser.get('/api/v1/session');
  const [{ today }] = session.json.clinics as [{ today: string }];
  const board = `/api/v1/boards/north/${today}`;
  const desk = await memberOf(owner, { login: 'finn', roles: ['front-desk'] });
  const command = { type: 'createVisit', visitId: 'v-1', kind: 'walk-in', fullName: 'Emma Emergency' };
  expect(
    (await desk.browser.post(`${board}/commands`, { clientId: 'cluster-desk', n: 1, command })).status,
  ).toBe(200);
  await doctor.stepUp('break-glass');
  const why = { reasonCode: 'emergency-treatment', reason: 'Collapsed in the lobby, needs help now' };
  const open = await doctor.browser.post(`${board}/visits/v-1/break-glass`, why);
  expect(open.status).toBe(200);
  const { id } = open.json as { id: string };
  expect((await doctor.browser.post(`/api/v1/clinics/north/break-glass/${id}/end`)).status).toBe(204);
  const register = await manager.browser.get('/api/v1/clinics/north/break-glass');
  expect(register.json).toMatchObject({ records: [{ id, uid: doctor.uid, review: null }] });
});

test('[privacy] a patient is indexed beside the board and found again, each day and person in a slot of their own', async () => {
  const nurse = await memberOf(owner, { login: 'hal', roles: ['nurse'] });
  const session = await nurse.browser.get('/api/v1/session');
  const [{ today }] = session.json.clinics as [{ today: string }];
  const patient = { fullName: 'Sam Slot', dob: '1970-02-03' };
  const command = { type: 'createVisit', visitId: 'v-slot', kind: 'walk-in', ...patient };
  const envelope = { clientId: 'cluster-nurse', n: 1, command };
  expect((await nurse.browser.post(`/api/v1/boards/north/${today}/commands`, envelope)).status).toBe(200);
  const key = dayIndexKey({ clinic: 'north', date: today });
  await awaitUntil('the day is indexed', async () =>
    / 1$/.test(String(await (await cluster.ownerOf(key)).call('HGET', key, 'at'))),
  );
  const asked = { in: 'all', name: 'Slot', dob: patient.dob };
  const found = await nurse.browser.post('/api/v1/clinics/north/patient-search', asked);
  expect(found.json).toMatchObject({ rows: [{ date: today, visitId: 'v-slot', ...patient }], isCut: false });
});

test('[abuse] [session] a stolen token is noticed: the account’s sessions end, the alert is there', async () => {
  const victim = await memberOf(owner, { login: 'gus', roles: ['billing'] });
  const thief = victim.browser.copy();
  await victim.stepUp('export');
  at.clock.ms += 11_000;
  expect((await thief.get('/api/v1/session')).status).toBe(401);
  await awaitUntil(
    'the owner is out too',
    async () => (await victim.browser.get('/api/v1/session')).status === 401,
  );
  await manager.signIn();
  await awaitUntil('the alert is told', async () =>
    (await manager.browser.get('/api/v1/alerts?state=open')).text.includes('"SE-1"'),
  );
});
