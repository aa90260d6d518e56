/** Attacks over HTTP, and what becomes of whoever makes them. */
import { createHash } from 'node:crypto';
import type { Alert, PatientSearchResponse } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
  users,
} from '../test/server-fixture.ts';

const honeyToken = 'A'.repeat(43);
const config = {
  honeyVisits: ['v-honey'],
  honeyTokens: [createHash('sha256').update(honeyToken).digest('hex')],
};
const developmentUsers = [
  ...users,
  { id: 'harriet-cole', name: 'Harriet Cole', role: 'front-desk' as const, clinics: ['north'] },
  { id: 'marian-adeyemi', name: 'Dr. Marian Adeyemi', role: 'provider' as const, clinics: ['north'] },
  { id: 'audrey', name: 'Audrey', role: 'auditor' as const, clinics: ['north'] },
  { id: 'other-manager', name: 'Other', role: 'manager' as const, clinics: ['north'] },
];

let redis: RedisServer;
let server: ServerFixture;
let manager: Client;
beforeAll(async () => {
  redis = await startRedis();
  server = await startServer(redis.url, { config, developmentUsers });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await redis?.stop();
});

const keysOf = (pattern: string) => redis.call('KEYS', pattern) as Promise<string[]>;
/** What one attack left behind must not reach the next test. */
beforeEach(async () => {
  for (const pattern of ['{dt*', '{al:*']) {
    for (const key of await keysOf(pattern)) await redis.call('DEL', key);
  }
  await redis.call('PUBLISH', 'ch:{dt}', 'changed');
  await eventually(async () => expect(await isIn(await server.login('front-desk'))).toBe(200));
  manager = await server.login('manager');
});

const isIn = async (client: Client) => (await client.get(`${client.url}/api/v1/session`)).status;
async function alerts(of: Client = manager, state = 'open'): Promise<Alert[]> {
  const { json } = await of.get(`${of.url}/api/v1/alerts?state=${state}`);
  return (json as { alerts: Alert[] }).alerts;
}
const rules = async () => (await alerts()).map(({ rule }) => rule);
const historyOf = (client: Client, visitId: string) =>
  client.get(`${client.board()}/visits/${visitId}/history`);

test('[abuse] a honey address: the answer gives nothing away, account and network are kept out', async () => {
  const desk = await server.login('front-desk');
  const real = await desk.get(`${server.url}/api/v1/nothing-here`);
  const honey = await desk.get(`${server.url}/api/v1/admin/export-all`);
  expect([honey.status, honey.json.code, honey.json.title]).toEqual([
    real.status,
    real.json.code,
    real.json.title,
  ]);
  expect(await isIn(desk)).not.toBe(200);
  expect((await server.login('front-desk')).headers.cookie).toBe('');
  // Whoever was signed in before goes on working: one attacker does not close the clinic.
  expect(await isIn(manager)).toBe(200);
  expect(await alerts()).toMatchObject([
    {
      rule: 'HT-2R',
      uid: 'front-desk',
      network: '127.0.0.1',
      responses: ['revoke-account', 'block-account', 'block-network'],
      review: null,
    },
  ]);
});

test('[abuse] a stranger who tries a honey address is kept out of signing in, and told so', async () => {
  expect((await fetch(`${server.url}/.env`)).status).toBe(404);
  const login = await fetch(`${server.url}/api/v1/dev-login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'front-desk' }),
  });
  expect([login.status, ((await login.json()) as { code: string }).code]).toEqual([403, 'access_suspended']);
  // The doors of operation stay open: a probe of the platform is no attack.
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await rules()).toEqual(['HT-2R']);
});

test('[abuse] [csrf] a foreign page that makes a browser try one gets nobody locked out', async () => {
  const desk = await server.login('front-desk');
  await desk.get(`${server.url}/.git/config`, {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'no-cors',
  });
  expect(await isIn(desk)).toBe(200);
  expect((await server.login('provider')).headers.cookie).not.toBe('');
  expect(await alerts()).toMatchObject([{ rule: 'HT-2F', severity: 'notice', responses: [] }]);
});

test('[abuse] the clinic’s own way to the internet is never blocked whole; who did it still is', async () => {
  const trusting = await startServer(redis.url, {
    config: { ...config, trustedNetworks: ['127.0.0.1'] },
    developmentUsers,
  });
  const desk = await trusting.login('front-desk');
  await desk.get(`${trusting.url}/wp-login.php`);
  expect((await trusting.login('provider')).headers.cookie).not.toBe('');
  expect(await isIn(desk)).not.toBe(200);
  expect(await alerts()).toMatchObject([{ responses: ['revoke-account', 'block-account'] }]);
  await trusting[Symbol.asyncDispose]();
});

test('[abuse] a honey token is worth nothing, and its network is kept out', async () => {
  const asked = () =>
    fetch(`${server.url}/api/v1/session`, { headers: { authorization: `Bearer ${honeyToken}` } });
  expect((await asked()).status).toBe(403);
  const other = await fetch(`${server.url}/api/v1/session`, {
    headers: { authorization: `Bearer ${'B'.repeat(43)}` },
  });
  expect(other.status).toBe(403);
  expect(await isIn(manager)).toBe(200);
  expect(await alerts()).toMatchObject([{ rule: 'HT-2T', severity: 'critical', uid: null }]);
});

test('[abuse] a wrong token that is not honey is only wrong', async () => {
  const wrong = await fetch(`${server.url}/api/v1/session`, {
    headers: { authorization: `Bearer ${'C'.repeat(43)}` },
  });
  expect(wrong.status).toBe(401);
  expect(await rules()).toEqual([]);
});

test('[abuse] [privacy] a look at a patient who does not exist ends the session before the answer', async () => {
  const desk = await server.login('front-desk');
  expect(problemOf(await historyOf(desk, 'v-honey'))).toEqual({ status: 403, code: 'access_suspended' });
  expect(await isIn(desk)).toBe(401);
  expect(await alerts()).toMatchObject([{ rule: 'HT-1', clinic: 'north', uid: 'front-desk' }]);
});

test('[abuse] bulk opening: sixty records in an hour are work, the sixty-first is not shown', async () => {
  const desk = await server.login('front-desk');
  for (let i = 1; i <= 61; i++) {
    const { status } = await desk.walkIn(`w-${i}`);
    expect(status).toBe(200);
  }
  for (let i = 1; i <= 60; i++) expect((await historyOf(desk, `w-${i}`)).status).toBe(200);
  // The same record again is no other one.
  expect((await historyOf(desk, 'w-1')).status).toBe(200);
  expect(problemOf(await historyOf(desk, 'w-61'))).toEqual({ status: 403, code: 'access_suspended' });
  expect(await isIn(desk)).toBe(401);
  expect(await alerts()).toMatchObject([
    { rule: 'ACE-2', count: 61, clinic: 'north', responses: ['revoke-session'] },
  ]);
  // Signing in again does not begin a new count.
  const again = await server.login('front-desk');
  expect(problemOf(await historyOf(again, 'w-61')).code).toBe('access_suspended');
});

test('[abuse] [authz] asking for clinics that are not one’s own: noticed at five, ended at twenty', async () => {
  const desk = await server.login('front-desk');
  const probe = (i: number) => desk.get(desk.board(`other-${i}`));
  for (let i = 1; i <= 4; i++) expect((await probe(i)).status).toBe(403);
  expect(await rules()).toEqual([]);
  await probe(5);
  await eventually(async () => expect(await rules()).toEqual(['ACE-1']));
  for (let i = 6; i <= 20; i++) await probe(i);
  await eventually(async () => expect(await isIn(desk)).toBe(401));
  await eventually(async () => expect((await rules()).sort()).toEqual(['ACE-1', 'ACE-1X']));
});

test('[abuse] [authz] nobody sees or settles an alert about themselves, nor of another clinic', async () => {
  const culprit = await server.login('manager');
  expect((await historyOf(culprit, 'v-honey')).status).toBe(403);
  const judge = await server.login('other-manager');
  const [alert] = await alerts(judge);
  if (!alert) throw new Error('there is no alert');
  const back = await server.login('manager');
  expect(await alerts(back)).toEqual([]);
  const review = (of: Client, clinic: string | null, id = alert.id) =>
    of.post(`${server.url}/api/v1/alerts/${id}/review`, { clinic, outcome: 'benign' });
  expect(problemOf(await review(back, 'north'))).toEqual({ status: 403, code: 'permission_denied' });
  expect(problemOf(await review(judge, 'south')).status).toBe(403);
  expect(problemOf(await review(judge, null))).toEqual({ status: 404, code: 'record_not_found' });
  const desk = await server.login('front-desk');
  expect(problemOf(await review(desk, 'north')).code).toBe('permission_denied');
  expect((await review(judge, 'north')).json).toMatchObject({
    id: alert.id,
    review: { by: 'other-manager', outcome: 'benign' },
  });
  expect(problemOf(await review(judge, 'north')).code).toBe('already_reviewed');
});

test('[abuse] what a person found benign lifts the block, and is left alone afterwards', async () => {
  await fetch(`${server.url}/.env`);
  expect((await server.login('front-desk')).headers.cookie).toBe('');
  const [alert] = await alerts();
  await manager.post(`${server.url}/api/v1/alerts/${alert?.id}/review`, { clinic: null, outcome: 'benign' });
  expect((await server.login('front-desk')).headers.cookie).not.toBe('');
  await fetch(`${server.url}/.env`);
  expect((await server.login('front-desk')).headers.cookie).not.toBe('');
  expect(await rules()).toEqual([]);
});

test('[abuse] what one process notices, another one acts on', async () => {
  const second = await startServer(redis.url, { config, developmentUsers });
  await fetch(`${second.url}/backup.sql`);
  await eventually(async () => expect((await server.login('front-desk')).headers.cookie).toBe(''));
  await second[Symbol.asyncDispose]();
});

test('[audit] [H-17] every alert is in the record, with what was done', async () => {
  await fetch(`${server.url}/.env`);
  const events = (await redis.call('XRANGE', '{a:i}:ev', '-', '+')) as [string, string[]][];
  const texts = events.map(([, fields]) => fields[fields.indexOf('f') + 1] ?? '');
  const last = texts.map((text) => JSON.parse(text)).findLast(({ sub }) => sub === 'detection');
  expect(last).toMatchObject({
    why: 'HT-2R',
    out: 8,
    agent: { uid: 'anonymous', ip: '127.0.0.1' },
    ent: [{ t: 'Alert' }, { t: 'Response', id: 'block-network' }],
  });
});

test('alerts and blocks are counted for whoever watches the processes', async () => {
  await fetch(`${server.url}/.env`);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(/^bolt_alerts_total\{rule="HT-2R",severity="high"\} \d+$/m);
  expect(text).toMatch(/^bolt_blocked 1$/m);
});

test('a benign morning raises nothing', async () => {
  const desk = await server.login('front-desk');
  for (let i = 1; i <= 8; i++) {
    await desk.walkIn(`calm-${i}`);
    await historyOf(desk, `calm-${i}`);
  }
  await historyOf(desk, 'never-was');
  await desk.get(desk.board('south'));
  await desk.get(`${server.url}/favicon.svg`);
  await desk.get(desk.board());
  expect(await rules()).toEqual([]);
  expect(await isIn(desk)).toBe(200);
});

test('[abuse] [privacy] [H-13] UT-1: the record of a colleague or a namesake is opened, and looked at by a person that day', async () => {
  const desk = await server.login('harriet-cole');
  for (const [id, fullName] of [
    ['ut-stranger', 'Tom Marsh'],
    ['ut-namesake', 'Cole, Bernard'],
    ['ut-colleague', 'Marian Adeyemi'],
  ])
    expect((await desk.walkIn(id ?? '', { fullName })).status).toBe(200);
  expect((await historyOf(desk, 'ut-stranger')).status).toBe(200);
  expect((await historyOf(desk, 'ut-namesake')).status).toBe(200);
  await eventually(async () => expect(await rules()).toEqual(['UT-1S']));
  expect((await historyOf(desk, 'ut-colleague')).status).toBe(200);
  await eventually(async () => expect((await rules()).sort()).toEqual(['UT-1C', 'UT-1S']));
  // Nobody is stopped: it may have been their work.
  expect(await isIn(desk)).toBe(200);
  for (const { at, reviewDueAt, responses, uid, clinic } of await alerts())
    expect([reviewDueAt - at, responses, uid, clinic]).toEqual([86_400_000, [], 'harriet-cole', 'north']);
});

test('[abuse] [privacy] [H-13] UT-1: to look a colleague or a namesake up by a search is looked at as an opening is', async () => {
  const desk = await server.login('harriet-cole');
  const { date } = (await desk.get(desk.board())).json as { date: string };
  const names = {
    'us-stranger': 'Quinn Marsh',
    'us-namesake': 'Cole, Quentin',
    'us-colleague': 'Marian Adeyemi',
  };
  for (const [id, fullName] of Object.entries(names))
    expect((await desk.walkIn(id, { fullName })).status).toBe(200);
  const look = async (name: string) => {
    const asked = { in: 'days', from: date, to: date, name };
    const { json } = await desk.post(`${server.url}/api/v1/clinics/north/patient-search`, asked);
    return (json as PatientSearchResponse).rows.map(({ visitId }) => visitId);
  };
  expect(await look('quinn')).toEqual(['us-stranger']);
  expect(await look('quentin')).toEqual(['us-namesake']);
  await eventually(async () => expect(await rules()).toEqual(['UT-1S']));
  expect(await look('adeyemi')).toContain('us-colleague');
  await eventually(async () => expect((await rules()).sort()).toEqual(['UT-1C', 'UT-1S']));
  expect(await isIn(desk)).toBe(200);
  const told = await alerts();
  for (const { responses, uid, clinic } of told)
    expect([responses, uid, clinic]).toEqual([[], 'harriet-cole', 'north']);
  expect(JSON.stringify(told)).not.toMatch(/adeyemi|quentin/i);
});

test('[abuse] [privacy] [H-13] UT-1F: a record of a day a month away is told, one of a patient who comes this week is not', async () => {
  const desk = await server.login('front-desk');
  const open = async (days: number) => {
    const date = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const sheet = [date, '09:30', '', 'Ida Lund'].join('\t');
    await desk.post(`${desk.board('north', date)}/import`, sheet, {
      'content-type': 'text/tab-separated-values',
    });
    const { entities } = (await desk.get(desk.board('north', date))).json as {
      entities: { d: { type: string; id: string } }[];
    };
    const id = entities.find(({ d }) => d.type === 'visit')?.d.id;
    return (await desk.get(`${desk.board('north', date)}/visits/${id}/history`)).status;
  };
  // A day and its neighbour on the other side of the clock are both well within and well beyond seven days.
  expect(await open(3)).toBe(200);
  expect(await open(30)).toBe(200);
  await eventually(async () =>
    expect(await alerts()).toMatchObject([{ rule: 'UT-1F', uid: 'front-desk', severity: 'notice' }]),
  );
});

test('[abuse] [session] SE-1: a replaced token that comes back ends every session of its owner, and is told', async () => {
  const clock = { ms: Date.now() };
  await using timed = await startServer(redis.url, {
    ...{ config, developmentUsers },
    sessionClock: () => clock.ms,
  });
  const [owner, elsewhere] = [await timed.login('provider'), await timed.login('provider')];
  const stolen = { ...owner.headers };
  await owner.prove('export');
  expect(owner.headers.cookie).not.toBe(stolen.cookie);
  clock.ms += 10_001;
  expect(await isIn(owner)).toBe(200);
  const thief = await fetch(`${timed.url}/api/v1/session`, { headers: stolen });
  expect([thief.status, ((await thief.json()) as { code: string }).code]).toEqual([401, 'not_authenticated']);
  expect(await isIn(owner)).toBe(401);
  await eventually(async () => expect(await isIn(elsewhere)).toBe(401));
  await eventually(async () =>
    expect(await alerts()).toMatchObject([
      { rule: 'SE-1', uid: 'provider', severity: 'high', responses: ['revoke-account'], review: null },
    ]),
  );
});

test('[abuse] [H-03] BTG-1: a third emergency access within a month is opened, and told to who watches', async () => {
  const desk = await server.login('front-desk');
  for (const id of ['btg-1', 'btg-2', 'btg-3']) expect((await desk.walkIn(id)).status).toBe(200);
  const doctor = await server.login('provider');
  await doctor.prove('break-glass');
  const open = (visitId: string) =>
    doctor.post(`${doctor.board()}/visits/${visitId}/break-glass`, {
      ...{ reasonCode: 'emergency-treatment', reason: 'Collapsed in the lobby, needs help now' },
    });
  for (const id of ['btg-1', 'btg-2']) expect((await open(id)).status).toBe(200);
  expect((await rules()).filter((rule) => rule === 'BTG-1')).toEqual([]);
  expect((await open('btg-3')).status).toBe(200);
  await eventually(async () => expect(await rules()).toContain('BTG-1'));
  // It is an alarm, not a lock: in an emergency nobody is kept out.
  expect(await isIn(doctor)).toBe(200);
});

test('[abuse] [privacy] [H-17] UT-2: names of more patients than a review asks about are told to everybody but who asked', async () => {
  const auditor = await server.login('audrey');
  await auditor.prove('identity-reveal');
  const patients = Array.from({ length: 12 }, (_, i) => `visit:many-${i}`);
  const ask = (some: readonly string[]) =>
    auditor.post(`${server.url}/api/v1/clinics/north/audit/reveals`, {
      ...{ patients: some, reasonCode: 'patient-request', reason: 'asked in writing who had looked' },
    });
  expect((await ask(patients.slice(0, 6))).status).toBe(200);
  expect((await ask(patients.slice(6))).status).toBe(200);
  await eventually(async () =>
    expect((await alerts()).filter(({ rule }) => rule === 'UT-2')).toMatchObject([
      { uid: 'audrey', clinic: 'north', severity: 'high', responses: [], count: expect.any(Number) },
    ]),
  );
  expect((await alerts(auditor)).map(({ rule }) => rule)).not.toContain('UT-2');
});
