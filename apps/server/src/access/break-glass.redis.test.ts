/** [H-03] [ONC-d-6] Access in an emergency: who may, what it shows, for how long, and what must follow. */
import type { Entry, GlassRecord, Person } from '@workflow-bolt/contracts';
import { glassMs, glassReviewMs } from '@workflow-bolt/contracts';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { oneOfEach, rowOf, type SystemBoard, secrets, systemBoard, untilSeen } from '../test/known-board.ts';
import {
  type Answered,
  type Client,
  eventually,
  problemOf,
  type ServerFixture,
  startServer,
  today,
} from '../test/server-fixture.ts';

const hour = 3_600_000;
const why = { reasonCode: 'emergency-treatment', reason: 'Collapsed in the lobby, Zuleika needs help now' };

let redis: RedisServer;
let fixture: ServerFixture;
let second: ServerFixture;
let system: SystemBoard;
/** By which sessions and emergency accesses end. */
const clock = { now: Date.now() };

beforeAll(async () => {
  redis = await startRedis();
  const options = {
    developmentUsers: [
      ...oneOfEach(),
      { id: 'manager-2', name: 'Second', role: 'manager' as const, clinics: ['north'] },
    ],
    sessionClock: () => clock.now,
  };
  [fixture, second] = await Promise.all([startServer(redis.url, options), startServer(redis.url, options)]);
  const desk = await fixture.login('front-desk');
  await desk.get(desk.board());
  system = await systemBoard(redis.url, { clinic: 'north', date: today() });
  await system.must(rowOf('glass', Date.now()));
  await untilSeen(desk, 'glass');
  await desk.command({ type: 'setFlags', visitId: 'glass', privacy: true });
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await Promise.all([fixture?.[Symbol.asyncDispose](), second?.[Symbol.asyncDispose]()]);
  await redis?.stop();
});
beforeEach(() => {
  clock.now = Date.now();
});

const glassUrl = (client: Client, visitId = 'glass'): string =>
  `${client.board()}/visits/${visitId}/break-glass`;
const registerUrl = (rest = '', clinic = 'north'): string =>
  `${fixture.url}/api/v1/clinics/${clinic}/break-glass${rest}`;

async function provider(): Promise<Client> {
  const client = await fixture.login('provider');
  await client.prove('break-glass');
  return client;
}

async function opened(
  client: Client,
  body: object = why,
): Promise<{ id: string; expiresAt: number; openedAt: number }> {
  const answer = await client.post(glassUrl(client), body);
  expect(answer.status).toBe(200);
  return answer.json as never;
}

async function personSeenBy(client: Client): Promise<Person> {
  const entries = (await client.get(client.board())).json.entities as Entry[];
  return entries.find(({ id }) => id === 'p:glass')?.d as Person;
}

async function registerOf(client: Client): Promise<GlassRecord[]> {
  return (await client.get(registerUrl())).json.records as GlassRecord[];
}

const end = (client: Client, id: string): Promise<Answered> => client.post(registerUrl(`/${id}/end`), {});

describe('what it opens', () => {
  test('[H-03] a provider sees the one private patient at once, in both processes, until it is ended', async () => {
    const client = await provider();
    expect(await personSeenBy(client)).toMatchObject({ reason: null });
    const open = await opened(client);
    expect(open.expiresAt - open.openedAt).toBe(glassMs);
    expect(await personSeenBy(client)).toMatchObject({
      reason: secrets.reason,
      fullName: 'Zuleika Quillfeather',
    });
    const elsewhere = await second.login('provider');
    await eventually(async () =>
      expect(await personSeenBy(elsewhere)).toMatchObject({ reason: secrets.reason }),
    );
    expect((await client.get(`${fixture.url}/api/v1/break-glass`)).json).toMatchObject({
      open: [{ id: open.id, visitId: 'glass' }],
    });
    expect((await end(client, open.id)).status).toBe(204);
    expect(await personSeenBy(client)).toMatchObject({ reason: null });
    await eventually(async () => expect(await personSeenBy(elsewhere)).toMatchObject({ reason: null }));
    expect((await client.get(`${fixture.url}/api/v1/break-glass`)).json).toMatchObject({ open: [] });
  });

  test('[H-03] an open stream is opened again with what may be seen now, and again when it is over', async () => {
    const client = await provider();
    const before = await client.stream();
    await before.ofName('hb');
    const open = await opened(client);
    await before.untilEnd(5_000);
    expect(await before.ofName('bye')).toMatchObject({ code: 'rotate', after: 0 });
    const during = await client.stream(`?cursor=${before.cursor}`);
    const snap = await during.ofName('snap');
    expect(snap.reason).toBe('view');
    expect(JSON.stringify(snap)).toContain(secrets.reason);
    await end(client, open.id);
    await during.untilEnd(5_000);
    const after = await client.stream(`?cursor=${during.cursor}`);
    expect(JSON.stringify(await after.ofName('snap'))).not.toContain(secrets.reason);
    after.close();
  });

  test('[H-03] it is over after an hour by itself', async () => {
    const client = await provider();
    const open = await opened(client);
    clock.now += hour - 1;
    const again = await fixture.login('provider');
    expect(await personSeenBy(again)).toMatchObject({ reason: secrets.reason });
    clock.now += 1;
    expect(await personSeenBy(again)).toMatchObject({ reason: null });
    expect((await end(again, open.id)).status).toBe(204);
    expect(problemOf(await end(again, open.id))).toEqual({ status: 404, code: 'break_glass_not_found' });
  });

  test('[authz] it gives nothing to anybody else, no other action, and opens nothing on a wall', async () => {
    const client = await provider();
    const open = await opened(client);
    const [manager, nurse] = [await fixture.login('manager'), await fixture.login('nurse')];
    expect(await personSeenBy(manager)).toMatchObject({ reason: null, dob: null });
    expect(await personSeenBy(nurse)).toMatchObject({ reason: null });
    const refused = await client.post(`${client.board()}/import`, { rows: [] });
    expect(problemOf(refused)).toEqual({ status: 403, code: 'permission_denied' });
    const wall = await client.stream('?view=wall');
    expect(JSON.stringify(await wall.ofName('snap'))).not.toContain('glass');
    wall.close();
    await end(client, open.id);
  });
});

describe('who may', () => {
  test('[ONC-d-6] [authz] providers; nurses and managers only while somebody else has named them; nobody else', async () => {
    const nurse = await fixture.login('nurse');
    await nurse.prove('break-glass');
    expect(problemOf(await nurse.post(glassUrl(nurse), why))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
    const manager = await fixture.login('manager');
    await manager.prove('user-admin');
    const person = { uid: 'nurse', isListed: true, reason: 'charge nurse' };
    expect((await manager.post(registerUrl('/people'), person)).status).toBe(204);
    const open = await opened(nurse);
    await end(nurse, open.id);
    expect((await manager.post(registerUrl('/people'), { ...person, isListed: false })).status).toBe(204);
    expect(problemOf(await nurse.post(glassUrl(nurse), why))).toMatchObject({ code: 'permission_denied' });
    for (const role of [
      'front-desk',
      'medical-assistant',
      'billing',
      'admin',
      'auditor',
      'viewer',
      'service',
    ]) {
      const client = await fixture.login(role);
      await client.prove('break-glass');
      expect([role, problemOf(await client.post(glassUrl(client), why))]).toEqual([
        role,
        { status: 403, code: 'permission_denied' },
      ]);
    }
  });

  test('[authz] nobody names themselves, and nobody without a fresh proof names anybody', async () => {
    const manager = await fixture.login('manager');
    const person = { uid: 'manager', isListed: true, reason: 'me' };
    expect(problemOf(await manager.post(registerUrl('/people'), { ...person, uid: 'nurse' }))).toMatchObject({
      code: 'step_up_required',
    });
    await manager.prove('user-admin');
    expect(problemOf(await manager.post(registerUrl('/people'), person))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
  });

  test('[mfa] [authz] only after showing a factor again, for this purpose, within five minutes', async () => {
    const client = await fixture.login('provider');
    const asked = await client.post(glassUrl(client), why);
    expect(asked.json).toMatchObject({ status: 403, code: 'step_up_required', purpose: 'break-glass' });
    await client.prove('export');
    expect(problemOf(await client.post(glassUrl(client), why))).toMatchObject({ code: 'step_up_required' });
    await client.prove('break-glass');
    clock.now += 300_000;
    expect(problemOf(await client.post(glassUrl(client), why))).toMatchObject({ code: 'step_up_required' });
  });

  test('[authz] not in another clinic, not for a visit that is not there', async () => {
    const client = await provider();
    const elsewhere = glassUrl(client).replace('/north/', '/south/');
    expect(problemOf(await client.post(elsewhere, why))).toEqual({ status: 403, code: 'permission_denied' });
    expect(problemOf(await client.post(glassUrl(client, 'nobody'), why))).toEqual({
      status: 404,
      code: 'visit_not_found',
    });
  });

  test.each([
    ['no reason', { reasonCode: 'other' }],
    ['fourteen characters', { reasonCode: 'other', reason: 'x'.repeat(14) }],
    ['blanks', { reasonCode: 'other', reason: ' '.repeat(40) }],
    ['no code', { reason: why.reason }],
    ['an unknown code', { ...why, reasonCode: 'curiosity' }],
    ['[injection] another person', { ...why, uid: 'manager' }],
    ['[injection] a longer time', { ...why, expiresAt: Date.now() + 1e9 }],
    ['[injection] a review of its own', { ...why, review: { outcome: 'justified' } }],
    ['[injection] control characters', { ...why, reason: 'twenty characters\u0000\u001b[2J' }],
  ])('is refused with %s', async (_what, body) => {
    const client = await provider();
    expect(problemOf(await client.post(glassUrl(client), body))).toEqual({
      status: 400,
      code: 'invalid_request',
    });
    expect((await client.get(`${fixture.url}/api/v1/break-glass`)).json).toMatchObject({ open: [] });
  });
});

describe('what must follow', () => {
  test('[H-03] [audit] it is on the record before it is open, without what was typed, and announced', async () => {
    const client = await provider();
    const open = await opened(client);
    await end(client, open.id);
    const store = new Redis(redis.url);
    const streams = await Promise.all(
      (await store.keys('*')).map(async (key) =>
        (await store.type(key)) === 'stream' ? store.xrange(key, '-', '+') : [],
      ),
    );
    const texts = streams.flat().map(([, fields]) => fields.join(' '));
    const own = texts.filter((text) => text.includes(open.id));
    expect(own.find((text) => text.includes('"act":"E"'))).toContain('"pou":"BTG"');
    expect(own.find((text) => text.includes('"act":"E"'))).toContain('"pk-0815"');
    expect(texts.join('\n')).not.toContain('Collapsed in the lobby');
    const kept = await store.hget('{bg:north}:all', open.id);
    expect(kept).not.toContain('Collapsed');
    expect(kept).not.toContain('Zuleika');
    await store.quit();
  });

  test('[H-03] [audit] [I5] what is read meanwhile is read for that reason: the record says BTG, by which session and request', async () => {
    const client = await provider();
    const reads = async () => {
      const store = new Redis(redis.url);
      const streams = await Promise.all(
        (await store.keys('*')).map(async (key) =>
          (await store.type(key)) === 'stream' ? store.xrange(key, '-', '+') : [],
        ),
      );
      await store.quit();
      const texts = streams.flat().map(([, fields]) => fields[fields.indexOf('f') + 1] ?? '');
      return texts.filter((text) => text.includes('"what":"visit.history"')).map((text) => JSON.parse(text));
    };
    const ask = async (rid: string) =>
      client.get(`${client.board()}/visits/glass/history`, { 'x-request-id': rid });
    const open = await opened(client);
    expect((await ask('read-with-glass')).status).toBe(200);
    await end(client, open.id);
    expect((await ask('read-without')).status).toBe(200);
    const [withGlass, without] = (await reads()).slice(-2);
    expect(withGlass).toMatchObject({ rid: 'read-with-glass', pou: 'BTG', aal: '2', what: 'visit.history' });
    expect(without).toMatchObject({ rid: 'read-without', aal: '2' });
    expect(without).not.toHaveProperty('pou');
    expect([withGlass.sid, without.sid]).toEqual([withGlass.sid, expect.stringMatching(/^[\w.-]{16}$/)]);
  });

  test('[H-03] [audit] [H-06] what is changed meanwhile on that visit is changed for that reason, and nothing else in the same batch', async () => {
    const client = await provider();
    const open = await opened(client);
    const pin = (visitId: string) => ({ type: 'setPinned', visitId, isPinned: true }) as const;
    const commands = ['glass', 'another', 'glass'].map((visitId, i) => ({
      ...{ clientId: client.clientId, n: i + 1 },
      command: pin(visitId),
    }));
    const answer = await client.post(`${client.board()}/commands`, { commands });
    expect((answer.json.outcomes as { n: number }[]).map(({ n }) => n)).toEqual([1, 2, 3]);
    await end(client, open.id);
    const store = new Redis(redis.url);
    const entries = await store.xrevrange(`{b:north:${today().replaceAll('-', '')}}:aud`, '+', '-');
    await store.quit();
    const texts = entries.map(([, fields]) => JSON.parse(fields[fields.indexOf('f') + 1] ?? '{}'));
    const own = texts.filter(({ commandId = '' }) => commandId.startsWith(client.clientId)).reverse();
    expect(own.map(({ pou = null, aal }) => [pou, aal])).toEqual([
      ['BTG', '2'],
      [null, '2'],
      ['BTG', '2'],
    ]);
  });

  test('[H-03] somebody else judges it within 72 hours, once; until then it leads the register, then it is overdue', async () => {
    const client = await provider();
    const { id, openedAt } = await opened(client);
    await end(client, id);
    const manager = await fixture.login('manager');
    const of = async () => (await registerOf(manager)).find((record) => record.id === id);
    expect(await of()).toMatchObject({
      uid: 'provider',
      reason: why.reason,
      reviewDueAt: openedAt + glassReviewMs,
      isOverdue: false,
      review: null,
    });
    await manager.prove('break-glass');
    const review = { outcome: 'justified', comment: 'In the incident log of the day' };
    const judge = (body: object) => manager.post(registerUrl(`/${id}/review`), body);
    expect(problemOf(await judge({ outcome: 'fine', comment: review.comment }))).toMatchObject({
      code: 'invalid_request',
    });
    expect((await judge(review)).status).toBe(204);
    expect(problemOf(await judge({ ...review, outcome: 'not-justified' }))).toEqual({
      status: 409,
      code: 'already_reviewed',
    });
    expect(await of()).toMatchObject({ review: { ...review, by: 'manager' }, isOverdue: false });
    const late = await opened(await provider());
    await end(await fixture.login('provider'), late.id);
    clock.now += glassReviewMs + 1;
    const [first] = await registerOf(await fixture.login('manager'));
    expect(first?.review).toBeNull();
    expect(
      (await registerOf(await fixture.login('manager'))).find((record) => record.id === late.id),
    ).toMatchObject({ isOverdue: true });
  });

  test('[authz] nobody judges their own, nor ends somebody else’s, nor finds it elsewhere', async () => {
    const admin = await fixture.login('manager-2');
    await admin.prove('user-admin');
    await admin.post(registerUrl('/people'), { uid: 'manager', isListed: true, reason: 'covers' });
    const manager = await fixture.login('manager');
    await manager.prove('break-glass');
    const { id } = await opened(manager);
    const review = { outcome: 'justified', comment: 'I know that it was needed' };
    expect(problemOf(await manager.post(registerUrl(`/${id}/review`), review))).toEqual({
      status: 403,
      code: 'permission_denied',
    });
    const other = await fixture.login('provider');
    expect(problemOf(await end(other, id))).toEqual({ status: 404, code: 'break_glass_not_found' });
    expect(problemOf(await other.post(registerUrl(`/${crypto.randomUUID()}/end`), {}))).toEqual({
      status: 404,
      code: 'break_glass_not_found',
    });
    await admin.prove('break-glass');
    expect((await admin.post(registerUrl(`/${id}/review`), review)).status).toBe(204);
    await end(manager, id);
  });

  test('[authz] the auditor sees that it was used, not what was typed; the front desk sees nothing', async () => {
    const open = await opened(await provider());
    await end(await fixture.login('provider'), open.id);
    const seen = (await registerOf(await fixture.login('auditor'))).find(({ id }) => id === open.id);
    expect(seen).toMatchObject({ uid: 'provider', visitId: 'glass', reason: null });
    const desk = await fixture.login('front-desk');
    expect(problemOf(await desk.get(registerUrl()))).toEqual({ status: 403, code: 'permission_denied' });
  });
});
