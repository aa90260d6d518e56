/** Reports on the record, and the way from a pseudonym to a name: who may, what it says, and what it leaves behind. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditReportRow,
  auditReportNames,
  auditSortKeys,
  type GlassRecord,
  type glassUseResponseSchema,
  type Revealed,
  type RevealRecord,
  type SecurityEvent,
} from '@workflow-bolt/contracts';
import {
  AuditSealer,
  AuditSigner,
  auditLogOf,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  installationLog,
  LocalKeyFile,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { everyone, oneOfEach } from '../test/known-board.ts';
import { recordedEvents, withoutRecord } from '../test/recorded-events.ts';
import { type Client, problemOf, type ServerFixture, startServer } from '../test/server-fixture.ts';

type GlassUse = z.infer<typeof glassUseResponseSchema>;
const stack = new AsyncDisposableStack();
let redis: RedisServer;
let server: ServerFixture;
let seal: () => Promise<void>;
const of = (path = '', clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/audit${path}`;
const span = () => `from=${Date.now() - 86_400_000}&to=${Date.now() + 60_000}`;
const why = { reasonCode: 'patient-request', reason: 'Zzwhy asked in writing who had looked' };

beforeAll(async () => {
  redis = stack.use(await startRedis());
  const dir = await mkdtemp(join(tmpdir(), 'bolt-audit-reports-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const config = {
    archive: join(dir, 'archive'),
    keys: join(dir, 'keys.json'),
    keyStore: join(dir, 'store'),
  };
  server = stack.use(await startServer(redis.url, { config, developmentUsers: oneOfEach() }));
  const port = createRedisPort(fromUrl(redis.url), 'sealer');
  stack.defer(() => port.close());
  await port.connect();
  const keys = await LocalKeyFile.open(config.keys);
  const parts = { port, keys, archive: new FolderObjectStore(config.archive), signer: new AuditSigner(keys) };
  const logs = [auditLogOf('north'), installationLog];
  const sealers = logs.map((log) => new AuditSealer(log, { ...parts, installation: 'workflow-bolt.local' }));
  seal = async () => {
    for (const sealer of sealers) await sealer.sealAll();
  };
  await work();
  await seal();
});
afterAll(() => stack.disposeAsync());

/** A little of everything that a report may be about. */
async function work(): Promise<void> {
  const desk = await server.login('front-desk');
  await desk.walkIn('w1', { fullName: 'Zztest Walker', phone: '555-0142' });
  await desk.command({ type: 'updatePerson', visitId: 'w1', dob: '1980-05-17' });
  await desk.walkIn('w2', { fullName: 'Zztest Second' });
  const nurse = await server.login('nurse');
  await nurse.get(`${nurse.board()}/visits/w1/history`);
  const provider = await server.login('provider');
  await provider.prove('break-glass');
  const reason = { reasonCode: 'patient-safety', reason: 'Zzwhy collapsed in the lobby' };
  await provider.post(`${provider.board()}/visits/w1/break-glass`, reason);
  await (await server.login('viewer')).get(of('', 'south'));
  const wrong = { login: 'nobody-here', password: 'Zzwhy typed into the wrong field' };
  const stranger = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const body = JSON.stringify(wrong);
  await fetch(`${server.url}/api/v1/sign-in/password`, { method: 'POST', headers: stranger, body });
  await desk.post(`${desk.board()}/print`, { what: 'board' });
}

async function proven(purpose: 'audit-view' | 'identity-reveal' = 'audit-view'): Promise<Client> {
  const client = await server.login('auditor');
  await client.prove(purpose);
  return client;
}

const reveal = (client: Client, patients: unknown, more: object = why) =>
  client.post(of('/reveals'), { patients, ...more });

describe('[H-01] [audit] [privacy] from a pseudonym to a name', () => {
  test('[ONC-d-3] name and date of birth, and nothing else of the patient', async () => {
    const { status, json } = await reveal(await proven('identity-reveal'), ['visit:w1', 'visit:none']);
    expect(status).toBe(200);
    expect(json.revealed as Revealed[]).toEqual([
      {
        patient: 'visit:w1',
        fullName: 'Zztest Walker',
        dob: '1980-05-17',
        date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      },
      { patient: 'visit:none', fullName: null, dob: null, date: null },
    ]);
  });

  test('[I5] it is on record with its gravity, whom it was about and why, without a name or what was typed', async () => {
    const client = await proven('identity-reveal');
    const before = (await recordedEvents(redis, 'c.north')).length;
    const { json, headers } = await reveal(client, ['visit:w2']);
    const events = (await recordedEvents(redis, 'c.north')).slice(before);
    expect(events).toEqual([
      expect.objectContaining({
        ...{ cid: 'north', type: 'disclosure', sub: 'reveal', act: 'R', out: 0, sev: 'high' },
        ...{ why: why.reasonCode, pat: ['visit:w2'], rid: headers.get('x-request-id') ?? '?' },
        ent: [{ t: 'IdentityReveal', id: String(json.id), fields: ['fullName', 'dob'], n: 1 }],
        agent: expect.objectContaining({ uid: 'auditor', aal: '2', sid: expect.any(String) }),
      } satisfies Partial<SecurityEvent>),
    ]);
    const kept = JSON.stringify([await recordedEvents(redis, 'c.north'), await registerText()]);
    for (const typed of ['Zztest', 'Zzwhy', '1980-05-17']) expect(kept).not.toContain(typed);
  });

  test('[I5] what cannot be put on record is not said', async () => {
    const client = await proven('identity-reveal');
    await withoutRecord(redis, '{a:c.north}:ev', async () => {
      const answer = await reveal(client, ['visit:w1']);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('Zztest');
    });
  });

  test('managers read why it was done, an auditor only that it was', async () => {
    const client = await proven('identity-reveal');
    const { json } = await reveal(client, ['visit:w1']);
    const of1 = async (each: Client): Promise<RevealRecord | undefined> =>
      ((await each.get(of('/reveals'))).json.records as RevealRecord[]).find(({ id }) => id === json.id);
    const said = { uid: 'auditor', patients: ['visit:w1'], reasonCode: why.reasonCode };
    expect(await of1(await server.login('manager'))).toMatchObject({ ...said, reason: why.reason });
    expect(await of1(client)).toMatchObject({ ...said, reason: null });
  });

  test.each([
    ['[authz] no reason', { patients: ['visit:w1'], reasonCode: 'other' }],
    ['[authz] a word for a reason', { patients: ['visit:w1'], ...why, reason: 'because' }],
    ['[authz] spaces for a reason', { patients: ['visit:w1'], ...why, reason: ' '.repeat(40) }],
    ['[authz] a code of one’s own', { patients: ['visit:w1'], ...why, reasonCode: 'curiosity' }],
    ['[abuse] nobody', { patients: [], ...why }],
    [
      '[abuse] more than a case needs',
      { patients: Array.from({ length: 11 }, (_, i) => `visit:w${i}`), ...why },
    ],
    ['[injection] every key', { patients: ['*'], ...why }],
    ['[injection] another key of Redis', { patients: ['x}:seal'], ...why }],
    ['[injection] more fields', { patients: ['visit:w1'], ...why, fields: ['phone'] }],
    [
      '[injection] control characters',
      { patients: ['visit:w1'], ...why, reason: 'fifteen characters\u0000\u001b[2J' },
    ],
  ])('is refused with %s', async (_what, body) => {
    const client = await proven('identity-reveal');
    const before = (await recordedEvents(redis, 'c.north')).length;
    expect(problemOf(await client.post(of('/reveals'), body))).toEqual({
      status: 400,
      code: 'invalid_request',
    });
    expect((await recordedEvents(redis, 'c.north')).length).toBe(before);
  });

  test('[authz] of every role only an auditor, with a proof for this and of this clinic', async () => {
    const codes: Record<string, unknown> = {};
    for (const role of everyone)
      codes[role] = (await reveal(await server.login(role), ['visit:w1'])).json.code;
    const others = everyone.filter((role) => role !== 'auditor').map((role) => [role, 'permission_denied']);
    expect(codes).toEqual({ ...Object.fromEntries(others), auditor: 'step_up_required' });
    const reader = await proven('audit-view');
    expect((await reveal(reader, ['visit:w1'])).json).toMatchObject({
      code: 'step_up_required',
      purpose: 'identity-reveal',
    });
    const elsewhere = await (await proven('identity-reveal')).post(of('/reveals', 'south'), {
      ...{ patients: ['visit:w1'], ...why },
    });
    expect(problemOf(elsewhere)).toEqual({ status: 403, code: 'permission_denied' });
  });

  async function registerText(): Promise<string> {
    return JSON.stringify(await redis.call('HGETALL', '{a:c.north}:rvl'));
  }
});

describe('[H-13] [ONC-d-3] [audit] reports', () => {
  const read = async (report: string, query = '') => {
    const answer = await (await proven()).get(`${of(`/reports/${report}`)}?${span()}${query}`);
    expect(answer.status).toBe(200);
    return { rows: answer.json.rows as AuditReportRow[], text: answer.text };
  };
  const said = ({ event, log }: AuditReportRow) => [log, event.agent.uid, event.sub, event.why ?? null];

  test.each([
    ['activity', ['clinic', 'nurse', 'vread', null]],
    ['emergency-access', ['clinic', 'provider', 'breakglass', 'patient-safety']],
    ['failed-sign-ins', ['installation', 'anonymous', 'login', 'unknown_account']],
    ['disclosures', ['clinic', 'front-desk', 'print', null]],
  ])('%s', async (report, row) => {
    expect((await read(report)).rows.map(said)).toContainEqual(row);
  });

  test('denials are found where the person belongs, with the rule', async () => {
    const { rows } = await read('denials');
    expect(rows.map(said)).toContainEqual(['installation', 'viewer', 'deny', 'DENY_ROLE']);
  });

  test('privileges: who was named for emergencies', async () => {
    const manager = await server.login('manager');
    await manager.prove('user-admin');
    const body = { uid: 'nurse', isListed: true, reason: 'is on call this week' };
    expect((await manager.post(`${server.url}/api/v1/clinics/north/break-glass/people`, body)).status).toBe(
      204,
    );
    await seal();
    expect((await read('privilege-changes')).rows.map(said)).toContainEqual([
      ...['clinic', 'manager', 'privilege', 'break-glass-listed'],
    ]);
  });

  test.each(auditSortKeys)('in the order of %s, both ways', async (sort) => {
    const [up, down] = [
      await read('activity', `&sort=${sort}&order=asc`),
      await read('activity', `&sort=${sort}&order=desc`),
    ];
    const of2 = ({ event }: AuditReportRow): string | number => {
      const { ts, agent, pat = [], sub, act, out, ent: [first] = [] } = event;
      const data = {
        ...{ time: ts, person: agent.uid, role: agent.role, patient: pat[0], kind: sub, action: act },
        ...{ outcome: out, reason: event.why, record: first && `${first.t}/${first.id}` },
        ...{ workstation: agent.ws, network: agent.ip, session: agent.sid, request: event.rid },
      };
      return data[sort] ?? '';
    };
    expect(up.rows.length).toBeGreaterThan(3);
    const values = up.rows.map(of2);
    expect(values).toEqual(values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(down.rows.map(of2)).toEqual(values.toReversed());
  });

  test('[privacy] nothing that an auditor reads names a patient', async () => {
    const texts = await Promise.all(auditReportNames.map(async (report) => (await read(report)).text));
    const client = await proven();
    for (const path of ['', '/activity']) texts.push((await client.get(`${of(path)}?${span()}`)).text);
    texts.push((await client.get(of('/people'))).text, (await client.get(of('/reveals'))).text);
    for (const typed of ['Zztest', 'Zzwhy', '555-0142']) expect(texts.join('')).not.toContain(typed);
  });

  test('one patient has one key in everything that is reported', async () => {
    const { rows } = await read('activity', '&patient=visit:w1');
    const subs = new Set(rows.map(({ event }) => event.sub));
    for (const sub of ['create', 'update', 'vread', 'breakglass'] as const) expect(subs).toContain(sub);
    expect(rows.every(({ event }) => event.pat?.includes('visit:w1'))).toBe(true);
  });

  test('what each account did', async () => {
    const { json } = await (await proven()).get(`${of('/activity')}?${span()}`);
    const rows = json.rows as { uid: string }[];
    expect(rows.find(({ uid }) => uid === 'nurse')).toMatchObject({
      ...{ role: 'nurse', reads: 1, changes: 0, patients: 1, takenAway: 0 },
    });
    expect(rows.find(({ uid }) => uid === 'front-desk')).toMatchObject({ changes: 3, takenAway: 1 });
  });

  test('[I5] each look is on record itself', async () => {
    const before = (await recordedEvents(redis, 'c.north')).length;
    const client = await proven();
    for (const path of ['/reports/denials', '/activity']) await client.get(`${of(path)}?${span()}`);
    for (const path of ['/people', '/reveals']) await client.get(of(path));
    const events = (await recordedEvents(redis, 'c.north')).slice(before);
    expect(events.map(({ sub, route, agent }) => [sub, route, agent.uid])).toEqual([
      ['search', 'GET /api/v1/clinics/{clinic}/audit/reports/{report}', 'auditor'],
      ['search', 'GET /api/v1/clinics/{clinic}/audit/activity', 'auditor'],
      ['search', 'GET /api/v1/clinics/{clinic}/audit/people', 'auditor'],
      ['review', 'GET /api/v1/clinics/{clinic}/audit/reveals', 'auditor'],
    ]);
  });

  test('[authz] too long a stretch, backwards, an unknown report and an unknown datum', async () => {
    const client = await proven();
    const code = async (path: string) => (await client.get(of(path))).json.code;
    const long = `from=${Date.parse('2020-01-01')}&to=${Date.now()}`;
    const backwards = `from=${Date.now()}&to=${Date.now() - 5_000}`;
    expect(await code(`/reports/activity?${long}`)).toBe('audit_span_too_long');
    expect(await code(`/activity?${backwards}`)).toBe('audit_span_too_long');
    expect(await code(`/reports/everything?${span()}`)).toBe('invalid_request');
    expect(await code(`/reports/activity?${span()}&sort=name`)).toBe('invalid_request');
  });
});

describe('[H-03] [ONC-d-6] what was done with an emergency access, for whoever judges it', () => {
  const register = (path = '', clinic = 'north') =>
    `${server.url}/api/v1/clinics/${clinic}/break-glass${path}`;
  const useOf = (client: Client, id: string) => client.get(register(`/${id}/use`));
  let glass: GlassRecord;
  beforeAll(async () => {
    const provider = await server.login('provider');
    await provider.get(`${provider.board()}/visits/w1/history`);
    await provider.get(`${provider.board()}/visits/w2/history`);
    const [first] = (await provider.get(`${server.url}/api/v1/break-glass`)).json.open as GlassRecord[];
    await provider.post(register(`/${first?.id}/end`), {});
    const records = (await (await server.login('manager')).get(register())).json.records as GlassRecord[];
    glass = records.find(({ id }) => id === first?.id) as GlassRecord;
    await seal();
  });

  test('opened, the history of that patient, ended; another patient who was opened by right is not in it', async () => {
    const { status, json, text } = await useOf(await server.login('manager'), glass.id);
    expect(status).toBe(200);
    const { rows, isCut, sealedThrough } = json as unknown as GlassUse;
    expect(rows.map(({ sub, what, why }) => [sub, what ?? why])).toEqual([
      ['breakglass', 'patient-safety'],
      ['vread', 'visit.history'],
      ['breakglass', 'ended'],
    ]);
    expect(rows.map(({ ts }) => ts)).toEqual(rows.map(({ ts }) => ts).toSorted((a, b) => a - b));
    expect(isCut).toBe(false);
    expect(sealedThrough).toBeGreaterThanOrEqual(rows.at(-1)?.ts ?? Number.POSITIVE_INFINITY);
    expect(text).not.toContain('Zz');
  });

  test('[I5] looking at it is on record, by an auditor too', async () => {
    const client = await server.login('auditor');
    const before = (await recordedEvents(redis, 'c.north')).length;
    const { headers } = await useOf(client, glass.id);
    expect((await recordedEvents(redis, 'c.north')).slice(before)).toMatchObject([
      {
        ...{ sub: 'read', act: 'R', out: 0, agent: { uid: 'auditor' }, rid: headers.get('x-request-id') },
        route: 'GET /api/v1/clinics/{clinic}/break-glass/{id}/use',
      },
    ]);
    await withoutRecord(redis, '{a:c.north}:ev', async () => {
      const answer = await useOf(client, glass.id);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('visit.history');
    });
  });

  test('[authz] one that is not there, one of another clinic, and everybody else', async () => {
    const manager = await server.login('manager');
    expect(problemOf(await useOf(manager, crypto.randomUUID()))).toEqual({
      ...{ status: 404, code: 'break_glass_not_found' },
    });
    expect(problemOf(await manager.get(register(`/${glass.id}/use`, 'south')))).toEqual({
      ...{ status: 403, code: 'permission_denied' },
    });
    for (const role of everyone.filter((each) => each !== 'manager' && each !== 'auditor'))
      expect(problemOf(await useOf(await server.login(role), glass.id)), role).toEqual({
        ...{ status: 403, code: 'permission_denied' },
      });
  });
});
