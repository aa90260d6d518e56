/** The search for patients over HTTP: who finds whom, by what, how often, and what is left of it. */
import { Writable } from 'node:stream';
import { Fault, type PatientSearchResponse, type SecurityEvent } from '@workflow-bolt/contracts';
import { dateAfter } from '@workflow-bolt/domain';
import { auditKeys, auditLogOf, dayIndexKey, searchCountKeys } from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../http/handler.ts';
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
import { lookForPatients } from './look-for-patients.ts';
import { patientSearchHandlers } from './patient-search-handlers.ts';

let redis: RedisServer;
let fixture: ServerFixture;
let second: ServerFixture;
let system: SystemBoard;
const logged: string[] = [];

const yesterday = dateAfter(today(), -1);
const lastMonth = dateAfter(today(), -20);
const canary = { name: 'Zqcanary', dob: '1931-07-19', phone: '(312) 555-0143' };
const address = (clinic = 'north') => `${fixture.url}/api/v1/clinics/${clinic}/patient-search`;
const ask = (client: Client, body: unknown, clinic?: string) => client.post(address(clinic), body);
const onDays = (name: string, from = today(), to = from) => ({ in: 'days', from, to, name });
const everywhere = (more: Record<string, unknown>) => ({ in: 'all', ...more });
const rowsOf = (answer: Answered) => (answer.json as PatientSearchResponse).rows;
const names = (answer: Answered) => rowsOf(answer).map(({ fullName }) => fullName);
const denied = { status: 403, code: 'permission_denied' };

const row = (id: string, name: string, more: Record<string, string> = {}) => ({
  ...{ id, name, appointmentTime: '09:00', status: 'Scheduled', provider: null },
  ...{ type: null, appointmentType: null, chiefComplaint: null, phone: null, dob: null, durationMin: null },
  ...more,
});

beforeAll(async () => {
  redis = await startRedis();
  const logTo = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const both = { id: 'both', name: 'Both', role: 'front-desk' as const, clinics: ['north', 'south'] };
  const tokens = { id: 'busy', name: 'Busy', role: 'nurse' as const, clinics: ['north'] };
  const developmentUsers = [...oneOfEach(), both, tokens];
  const config = { logLevel: 'debug' as const, honeyVisits: ['honey'] };
  fixture = await startServer(redis.url, { developmentUsers, config, logTo });
  second = await startServer(redis.url, { developmentUsers });
  const desk = await fixture.login('both');
  await desk.get(desk.board());
  system = await systemBoard(redis.url, { clinic: 'north', date: today() });
  for (const visitId of ['open', 'private']) await system.must(rowOf(visitId, Date.now()));
  await untilSeen(desk, 'private');
  await desk.command({ type: 'setFlags', visitId: 'private', privacy: true });
  await fill(desk);
}, 60_000);
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  await second?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
  await redis?.stop();
});

async function fill(desk: Client): Promise<void> {
  const { dob, phone } = canary;
  const taken = async (clinic: string, date: string, rows: unknown[]) => {
    expect((await desk.post(`${desk.board(clinic, date)}/import`, rows)).text).toContain('created');
    await eventually(async () => {
      const mark = await redis.client().call('HGET', dayIndexKey({ clinic, date }), 'at');
      expect(String(mark).endsWith(` ${rows.length}`)).toBe(true);
    }, 30_000);
  };
  await taken('north', yesterday, [
    row('1', `Ann ${canary.name}`, { dob, phone }),
    row('2', 'Ann Smith', { dob: '1980-05-17', phone: '312-555-0144' }),
    row('3', 'محمد عليّ', { dob: '1970-02-03' }),
    row('4', '<img src=x onerror=alert(1)> {b:north} %s', { dob: '1970-02-03' }),
  ]);
  await taken('north', lastMonth, [
    row('1', `${canary.name}, Ann`, { dob, phone: '+1 312 555 0143' }),
    ...Array.from({ length: 25 }, (_, i) => row(`m${i}`, `Many Person${i}`, { phone: '312-555-0199' })),
  ]);
  await taken('south', yesterday, [row('1', `Sol ${canary.name}`, { dob, phone })]);
}

async function events(client = redis.client()): Promise<SecurityEvent[]> {
  const entries = (await client.call('XRANGE', auditKeys(auditLogOf('north')).events, '-', '+')) as [
    string,
    string[],
  ][];
  const texts = entries.map(([, fields]) => fields[fields.indexOf('f') + 1] ?? '{}');
  return texts.map((text) => JSON.parse(text) as SecurityEvent);
}

/** Each test has a person's whole allowance. */
beforeEach(async () => {
  const people = [...oneOfEach().map(({ id }) => id), 'both', 'busy'];
  const keys = people.map(searchCountKeys).flatMap(({ minute, hour }) => [minute, hour]);
  await Promise.all(keys.map((key) => redis.client().call('DEL', key)));
});

describe('finding', () => {
  test('by name on some days: each word by its beginning, in any order and spelling, newest day first', async () => {
    const desk = await fixture.login('front-desk');
    const found = await ask(
      desk,
      onDays(`${canary.name.toUpperCase()}, an`, dateAfter(today(), -7), today()),
    );
    expect(found).toMatchObject({ status: 200, json: { isCut: false } });
    expect(rowsOf(found)).toEqual([
      {
        ...{ date: yesterday, visitId: expect.any(String), fullName: `Ann ${canary.name}` },
        ...{ dob: canary.dob, status: 'scheduled', startAt: expect.any(Number) },
      },
    ]);
    expect(names(await ask(desk, onDays('علي محمد', yesterday)))).toEqual(['محمد عليّ']);
    expect(names(await ask(desk, onDays('zule', today())))).toHaveLength(2);
  });

  test('on all kept days by telephone, number of the EHR, and last name with date of birth', async () => {
    const nurse = await fixture.login('nurse');
    const both = [`Ann ${canary.name}`, `${canary.name}, Ann`];
    expect(names(await ask(nurse, everywhere({ phone: '+1.312.555.0143' })))).toEqual(both);
    expect(names(await ask(nurse, everywhere({ name: canary.name, dob: canary.dob })))).toEqual(both);
    expect(rowsOf(await ask(nurse, everywhere({ name: 'Smith', dob: '1980-05-18' })))).toEqual([]);
    expect(rowsOf(await ask(nurse, everywhere({ phone: canary.phone, name: 'Smith' })))).toEqual([]);
    const days = rowsOf(await ask(nurse, everywhere({ phone: canary.phone }))).map(({ date }) => date);
    expect(days).toEqual([yesterday, lastMonth]);
  });

  test('[abuse] the twenty-first row is not shown, and it is said that there are more', async () => {
    const nurse = await fixture.login('nurse');
    for (const body of [everywhere({ phone: '3125550199' }), onDays('many person', lastMonth)]) {
      const found = await ask(nurse, body);
      expect([rowsOf(found).length, found.json.isCut]).toEqual([20, true]);
    }
  });
});

describe('[authz] who may', () => {
  test.each(['admin', 'auditor', 'viewer', 'service', 'agent'])('%s may not at all', async (role) => {
    const client = await fixture.login(role);
    expect(problemOf(await ask(client, onDays('zule')))).toEqual(denied);
  });

  test('[authz] nobody searches another clinic; whoever works in both finds each apart', async () => {
    const nurse = await fixture.login('nurse');
    expect(problemOf(await ask(nurse, onDays(canary.name, yesterday), 'south'))).toEqual(denied);
    const both = await fixture.login('both');
    const body = everywhere({ phone: canary.phone, name: canary.name });
    expect(names(await ask(both, body, 'south'))).toEqual([`Sol ${canary.name}`]);
    expect(names(await ask(both, body))).not.toContain(`Sol ${canary.name}`);
  });

  test('[authz] a wall display finds nobody', async () => {
    const manager = await fixture.login('manager');
    await manager.prove('workstation-admin');
    const made = await manager.post(`${fixture.url}/api/v1/clinics/north/displays`, { name: 'Lobby' });
    const answer = await fetch(address(), {
      ...{ method: 'POST', body: JSON.stringify(onDays('zule')) },
      headers: { 'content-type': 'application/json', authorization: `Bearer ${made.json.token}` },
    });
    expect(answer.status).toBe(403);
  });

  test('[authz] an API token searches only when it was made for that, and then no further than it was made for', async () => {
    const nurse = await fixture.login('nurse');
    await nurse.prove('token-admin');
    const askWith = async (...scopes: string[]) => {
      const wanted = { name: 't', scopes, days: 1 };
      const { secret } = (await nurse.post(`${fixture.url}/api/v1/api-tokens`, wanted)).json;
      const by = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
      const statuses = [onDays('zule'), everywhere({ phone: canary.phone })].map(async (body) => {
        const init = { method: 'POST', headers: by, body: JSON.stringify(body) };
        return (await fetch(address(), init)).status;
      });
      return Promise.all(statuses);
    };
    expect(await askWith('read', 'command')).toEqual([403, 403]);
    expect(await askWith('patient.search')).toEqual([200, 403]);
    expect(await askWith('patient.search', 'patient.search-days')).toEqual([200, 200]);
  });

  test('[authz] an assistant finds those of today and nobody else', async () => {
    const assistant = await fixture.login('medical-assistant');
    expect(names(await ask(assistant, onDays('zule')))).toHaveLength(2);
    for (const body of [
      onDays('zule', yesterday, today()),
      onDays(canary.name, yesterday),
      everywhere({ name: canary.name, dob: canary.dob }),
    ])
      expect(problemOf(await ask(assistant, body))).toEqual(denied);
  });

  test('[authz] [privacy] nobody searches by what they do not see, and the try is on the record', async () => {
    const [manager, provider] = await Promise.all(['manager', 'provider'].map((role) => fixture.login(role)));
    const byDob = everywhere({ name: canary.name, dob: canary.dob });
    expect(problemOf(await ask(manager as Client, byDob))).toEqual(denied);
    const asked = await ask(manager as Client, everywhere({ phone: canary.phone, dob: canary.dob }));
    expect(asked.json.required).toEqual(['front-desk', 'nurse', 'provider', 'billing']);
    const byPhone = everywhere({ phone: canary.phone });
    expect(problemOf(await ask(provider as Client, byPhone))).toEqual(denied);
    const denials = (await events()).filter(
      ({ sub, ent }) => sub === 'deny' && ent?.[0]?.id === 'patient.search-days',
    );
    expect(denials.map(({ agent }) => agent.uid)).toEqual(expect.arrayContaining(['manager', 'provider']));
    expect(JSON.stringify(denials)).not.toMatch(/zqcanary|1931-07-19|555.?0143/i);
  });

  test('[authz] [privacy] a manager gets no date of birth, and a desk must name two things', async () => {
    const manager = await fixture.login('manager');
    const [found] = rowsOf(await ask(manager, everywhere({ phone: canary.phone, name: canary.name })));
    expect(found).toMatchObject({ dob: null, ageBand: '90+' });
    for (const role of ['front-desk', 'manager']) {
      const client = await fixture.login(role);
      const answer = await ask(client, everywhere({ phone: canary.phone }));
      expect(problemOf(answer)).toEqual({ status: 422, code: 'search_too_wide' });
      expect(answer.json.needed).toBe('second-identifier');
    }
  });

  test('[privacy] who asked for privacy is found by name on the board that shows them, and in no index', async () => {
    const nurse = await fixture.login('nurse');
    const shown = rowsOf(await ask(nurse, onDays('zule'))).map(({ visitId }) => visitId);
    expect(shown.toSorted()).toEqual(['open', 'private']);
    const byRecord = everywhere({ record: secrets.recordNumber });
    const ids = rowsOf(await ask(nurse, byRecord)).map(({ visitId }) => visitId);
    expect(ids).not.toContain('private');
  });
});

describe('[abuse] enumeration', () => {
  test.each(['a', 'an', '%%%', '***', '. . .', '\u200f\u200f\u200f', '"" ', '\\x00\\'])(
    '[abuse] %j is too little',
    async (name) => {
      const desk = await fixture.login('front-desk');
      const answer = await ask(desk, onDays(name));
      const code = countsAsName(name) ? 200 : 422;
      expect(answer.status).toBe(code);
      if (code === 200) expect(rowsOf(answer)).toEqual([]);
    },
  );
  const countsAsName = (name: string) => /[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(name);

  test('[abuse] a name, a date or nothing at all do not reach all days; a year of days cannot be looked through', async () => {
    const nurse = await fixture.login('nurse');
    const needed = async (body: unknown) => (await ask(nurse, body)).json.needed;
    expect(await needed(everywhere({}))).toBe('identifier');
    expect(await needed(everywhere({ name: canary.name }))).toBe('identifier');
    expect(await needed(everywhere({ dob: canary.dob }))).toBe('identifier');
    expect(await needed(onDays('zule', dateAfter(today(), -365), today()))).toBe('fewer-days');
  });

  test('[abuse] [authz] a desk looks through the days around today by a name; one stretch after another is not all days', async () => {
    const [desk, nurse] = [await fixture.login('front-desk'), await fixture.login('nurse')];
    const far = onDays(canary.name, dateAfter(today(), -29), dateAfter(today(), -16));
    const refused = await ask(desk, far);
    expect(problemOf(refused)).toEqual({ status: 422, code: 'search_too_wide' });
    expect(refused.json.needed).toBe('second-identifier');
    expect(names(await ask(nurse, far))).toEqual([`${canary.name}, Ann`]);
    const near = onDays(canary.name, dateAfter(today(), -14), today());
    expect(names(await ask(desk, near))).toEqual([`Ann ${canary.name}`]);
  });

  test('[abuse] one person searches so often, in all processes together; others are not kept waiting', async () => {
    const [here, there] = [await fixture.login('busy'), await second.login('busy')];
    const elsewhere = `${second.url}/api/v1/clinics/north/patient-search`;
    expect((await ask(here, onDays('zule'))).status).toBe(200);
    expect((await there.post(elsewhere, onDays('zule'))).status).toBe(200);
    const client = redis.client();
    const { minute, hour } = searchCountKeys('busy');
    expect(await client.call('ZCARD', minute)).toBe(2);
    // The rest of the hour's allowance, taken just now.
    const now = String(Date.now());
    const taken = Array.from({ length: 118 }, (_, i) => [now, `t${i}`]).flat();
    await client.call('ZADD', hour, ...taken);
    const refused = await Promise.all([ask(here, onDays('zule')), there.post(elsewhere, onDays('zule'))]);
    for (const answer of refused) {
      expect(problemOf(answer)).toEqual({ status: 429, code: 'too_many_requests' });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    }
    expect(await client.call('ZCARD', hour)).toBe(120);
    expect((await ask(await fixture.login('nurse'), onDays('zule'))).status).toBe(200);
  });

  test('[abuse] [H-17] who is only there to be noticed, is: the answer does not come', async () => {
    await system.must({ ...rowOf('honey', Date.now()), fullName: 'Hanna Honeypot' } as never);
    const nosy = await second.login('billing');
    const own = await fixture.login('billing');
    await untilSeen(own, 'honey');
    const answer = await ask(own, onDays('honeypot'));
    expect(problemOf(answer).code).toBe('access_suspended');
    await eventually(async () => expect((await nosy.get(nosy.board())).status).toBe(401), 30_000);
  });
});

describe('a day that cannot be read', () => {
  const host = (date: string) => ({
    board: { clinic: 'north', date },
    state: new Map([
      ['v:w1', { v: 1, d: { type: 'visit', id: 'w1', status: 'scheduled', startAt: 1, patientKey: null } }],
      ['p:w1', { v: 1, d: { type: 'person', fullName: 'Ann Zule', dob: null } }],
    ]),
  });
  const look = (trouble: Error | null) => {
    const boards = {
      find: async ({ date }: { date: string }) => {
        if (date === yesterday && trouble) throw trouble;
        return host(date);
      },
    };
    const sight = { of: () => ({ see: (_id: string, entity: unknown) => entity }) };
    const port = { command: async () => ['e', '1', null] };
    const plan = { identifiers: ['name'], lookups: [], isMeant: () => true };
    const asked = { clinic: 'north', request: onDays('zule', yesterday, today()), plan, principal: {} };
    return lookForPatients({ boards, sight, port, index: {} } as never, asked as never);
  };
  const shown = async (trouble: Error | null) => {
    const { found, isCut } = await look(trouble);
    return [found.map(({ date }) => date), isCut];
  };

  test.each(['archive_broken', 'archive_unavailable', 'phi_unreadable'] as const)(
    '%s hides nobody of the other days, and the answer says that it is not whole',
    async (code) => expect(await shown(new Fault(code))).toEqual([[today()], true]),
  );

  test('a deleted day is no gap; Redis that is away is still no answer', async () => {
    expect(await shown(null)).toEqual([[today(), yesterday], false]);
    expect(await shown(new Fault('board_purged'))).toEqual([[today()], false]);
    await expect(look(new Fault('store_unavailable'))).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('[injection] what is typed stays text', () => {
  test.each([
    "'; FLUSHALL; --",
    '{b:north:20260101}:ent',
    'x" EVAL "return 1',
    '<img src=x onerror=alert(1)>',
    '__proto__',
    '{{7*7}} #{7*7}',
    '$(touch x) | cat',
    '\u202eyrateP\u202c name',
  ])('[injection] %j finds nobody and breaks nothing', async (text) => {
    const provider = await fixture.login('provider');
    const answer = await ask(provider, onDays(text));
    expect([200, 422]).toContain(answer.status);
    if (answer.status === 200) expect(rowsOf(answer)).toEqual([]);
  });

  test('[injection] a patient whose name is markup is found as text, by its words', async () => {
    const nurse = await fixture.login('nurse');
    const found = await ask(nurse, onDays('onerror img', yesterday));
    expect(names(found)).toEqual(['<img src=x onerror=alert(1)> {b:north} %s']);
    expect(found.headers.get('content-type')).toContain('application/json');
  });

  test.each([
    ['another kind of search', { in: 'everything', name: 'zule' }],
    ['a clinic in the body', { ...onDays('zule'), clinic: 'south' }],
    ['roles in the body', { ...onDays('zule'), roles: ['manager'] }],
    ['a pattern instead of a text', { in: 'days', from: today(), to: today(), name: { $regex: '.*' } }],
    ['a list instead of a number', everywhere({ phone: [canary.phone] })],
    ['control characters', onDays('zu\u0000le')],
    ['a date that does not exist', everywhere({ name: canary.name, dob: '1931-02-30' })],
    ['a text without end', onDays('z'.repeat(81))],
    ['nothing', null],
  ])('[injection] %s is refused, and not repeated in the answer', async (_what, body) => {
    const provider = await fixture.login('provider');
    const answer = await ask(provider, body);
    expect(problemOf(answer)).toEqual({ status: 400, code: 'invalid_request' });
    expect(answer.text).not.toMatch(/zqcanary|zule|555.?0143/i);
  });

  test('[privacy] it is never asked in an address', async () => {
    const nurse = await fixture.login('nurse');
    expect((await nurse.get(`${address()}?name=${canary.name}`)).status).toBe(405);
  });
});

describe('[audit] what is left of a search', () => {
  test('[I5] [ONC-d-10] [audit] who searched by which kind of thing and who was shown, never what was typed', async () => {
    const nurse = await fixture.login('nurse');
    const found = await ask(nurse, everywhere({ phone: canary.phone, name: canary.name }));
    const rid = found.headers.get('x-request-id');
    const event = (await events()).find((each) => each.rid === rid);
    expect(event).toMatchObject({
      ...{ cid: 'north', type: 'rest', sub: 'search', act: 'E', out: 0 },
      ...{ agent: { uid: 'nurse', role: 'nurse' }, route: 'POST /api/v1/clinics/{clinic}/patient-search' },
      ent: [
        { t: 'PatientSearch', id: 'all', fields: ['name', 'phone'], n: 2 },
        ...rowsOf(found).map(({ date, visitId }) => ({ t: 'Visit', id: `${date}/${visitId}` })),
      ],
    });
    expect(event?.pat).toHaveLength(2);
    const none = await ask(nurse, everywhere({ phone: '3125550000' }));
    const empty = (await events()).find((each) => each.rid === none.headers.get('x-request-id'));
    expect(empty).toMatchObject({ pat: [], ent: [{ t: 'PatientSearch', n: 0 }] });
  });

  test('[I5] [audit] what cannot be recorded is not answered', async () => {
    const parts = {
      boards: { find: () => Promise.reject(new Fault('board_purged')), presentDate: () => today() },
      ...{ sight: {}, port: { command: async () => [null, null, null] }, index: {} },
      limit: { take: async () => ({ taken: 'a' }) },
      detection: { found: async () => {} },
      record: () => Promise.reject(new Fault('store_unavailable', { reason: 'audit' })),
      now: () => 0,
    };
    const { postPatientSearch } = patientSearchHandlers(parts as never);
    const principal = { uid: 'n', kind: 'human', roles: ['nurse'], clinics: ['north'], openGlass: [] };
    const call = { principal, params: { clinic: 'north' }, body: onDays('zule'), requestId: 'r-12345678' };
    await expect(postPatientSearch(call as unknown as Call)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });

  test('[I8] [privacy] no text that was searched and no normalised value stands in Redis, keys or log', async () => {
    const client = redis.client();
    await client.call('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '100000');
    const nurse = await fixture.login('nurse');
    const unheard = { name: 'Qqunheard', phone: '+44 20 7946 0977', record: 'QQ-990-117' };
    expect((await ask(nurse, everywhere({ ...unheard, dob: '1917-11-03' }))).status).toBe(200);
    expect((await ask(nurse, onDays(unheard.name))).status).toBe(200);
    const told: unknown[] = [await client.call('SLOWLOG', 'GET', '100000'), ...logged];
    for (const key of (await client.call('KEYS', '*')) as string[])
      told.push(key, await client.call('DUMP', key));
    const all = JSON.stringify(told).toLowerCase();
    const words = ['qqunheard', '442079460977', '7946 0977', 'qq990117', 'qq-990-117', '1917-11-03'];
    words.push('zqcanary', '13125550143', '555-0143', '1931-07-19', 'mrn4711');
    for (const word of words) expect([word, all.includes(word)]).toEqual([word, false]);
    expect(all).toContain(':find');
    expect(all).toContain('server.listening');
  });

  test('a day’s index stands in the slot of its board', () => {
    const tag = /\{[^}]+\}/.exec(dayIndexKey({ clinic: 'north', date: today() }))?.[0];
    expect(tag).toBe(`{b:north:${today().replaceAll('-', '')}}`);
    const { minute, hour } = searchCountKeys('nurse');
    expect([minute, hour].map((key) => /\{[^}]+\}/.exec(key)?.[0])).toEqual([
      '{find.u:nurse}',
      '{find.u:nurse}',
    ]);
  });
});
