import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FindingKind, noteKey, parseKey, verifyExport } from '@workflow-bolt/audit-verifier';
import type { SecurityEvent } from '@workflow-bolt/contracts';
import {
  AuditReviews,
  AuditSealer,
  AuditSigner,
  auditLogOf,
  createRedisPort,
  FolderObjectStore,
  fromUrl,
  LocalKeyFile,
} from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, type ServerFixture, startServer, users } from '../test/server-fixture.ts';

const auditor = { id: 'aud', name: 'The auditor', role: 'auditor' as const, clinics: ['north'] };
const admin = { id: 'adm', name: 'The admin', role: 'admin' as const, clinics: ['north'] };
const stack = new AsyncDisposableStack();
let server: ServerFixture;
let seal: () => Promise<unknown>;
const of = (path = '', clinic = 'north') => `${server.url}/api/v1/clinics/${clinic}/audit${path}`;
const span = `from=${Date.parse('2026-01-01')}&to=${Date.parse('2026-01-01')}`;
const today = () => `from=${Date.now() - 86_400_000}&to=${Date.now() + 60_000}`;

beforeAll(async () => {
  const redis = stack.use(await startRedis());
  const dir = await mkdtemp(join(tmpdir(), 'bolt-server-audit-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const config = {
    archive: join(dir, 'archive'),
    keys: join(dir, 'keys.json'),
    keyStore: join(dir, 'store'),
  };
  server = stack.use(await startServer(redis.url, { config, developmentUsers: [...users, auditor, admin] }));
  const port = createRedisPort(fromUrl(redis.url), 'sealer');
  stack.defer(() => port.close());
  await port.connect();
  const keys = await LocalKeyFile.open(config.keys);
  const parts = { port, keys, archive: new FolderObjectStore(config.archive), signer: new AuditSigner(keys) };
  const sealer = new AuditSealer(auditLogOf('north'), { ...parts, installation: 'workflow-bolt.local' });
  seal = () => sealer.sealAll();
  await new AuditReviews(port).open(auditLogOf('north'), Date.now());
  const desk = await server.login('front-desk');
  await desk.get(desk.board());
  await desk.walkIn('w1', { fullName: 'Zztest Walker' });
  const reader = await server.login('medical-assistant');
  await reader.get(`${reader.board()}/visits/w1/history`);
  await (await server.login('viewer')).get(of('', 'south'));
});
afterAll(() => stack.disposeAsync());

async function proven(): Promise<Client> {
  const client = await server.login('aud');
  await client.prove('audit-view');
  await client.prove('export');
  return client;
}

describe('[audit] before anything is sealed', () => {
  test('an export says so, a search is empty, the status knows of no seal', async () => {
    const client = await proven();
    expect((await client.get(`${of('/export')}?${today()}`)).json).toMatchObject({
      code: 'audit_not_sealed',
    });
    expect((await client.get(`${of()}?${today()}`)).json).toEqual({ rows: [], next: null, size: 0 });
    await seal();
  });
});

describe('[H-06, ONC-d-3] reading the record', () => {
  test('an auditor finds who did what, without a name, and that is on the record too', async () => {
    const client = await proven();
    const found = await client.get(`${of()}?${today()}&patient=visit:w1`);
    const rows = found.json.rows as { event: { agent: { uid: string }; sub: string; out: number } }[];
    expect(rows.map(({ event }) => [event.agent.uid, event.sub, event.out])).toContainEqual([
      'front-desk',
      'create',
      0,
    ]);
    expect(rows.map(({ event }) => [event.agent.uid, event.sub, event.out])).toContainEqual([
      'medical-assistant',
      'vread',
      0,
    ]);
    expect(found.text).not.toContain('Zztest');
    await seal();
    const looked = await client.get(`${of()}?${today()}&actor=aud&sub=search`);
    expect((looked.json.rows as unknown[]).length).toBeGreaterThan(0);
    expect(looked.text).toContain('"t":"AuditLog"');
  });

  test('[H-06] who opened this patient’s record', async () => {
    const client = await proven();
    const { status, json } = await client.get(`${of('/patients/visit:w1')}?${today()}`);
    expect(status).toBe(200);
    const rows = json.rows as { uid: string; how: string }[];
    expect(rows.map(({ uid, how }) => `${uid} ${how}`)).toEqual(
      expect.arrayContaining(['front-desk change', 'medical-assistant record']),
    );
    expect(json.sealedThrough).toEqual(expect.any(Number));
  });

  test('one’s own acts, and never those of another', async () => {
    const client = await server.login('front-desk');
    const { status, json } = await client.get(`${of('/own')}?${today()}`);
    expect(status).toBe(200);
    const actors = new Set(
      (json.rows as { event: { agent: { uid: string } } }[]).map(({ event }) => event.agent.uid),
    );
    expect([...actors]).toEqual(['front-desk']);
    expect((await client.get(`${of('/own')}?${today()}&actor=medical-assistant`)).json).toMatchObject({
      code: 'invalid_request',
    });
  });

  test('[H-07] an export is checked outside of the server with the key that the status names', async () => {
    const client = await proven();
    const status = await (await server.login('adm')).get(`${server.url}/api/v1/audit/status`);
    const logs = status.json.logs as { clinic: string; key: string; size: number }[];
    const key = parseKey(logs.find(({ clinic }) => clinic === 'north')?.key ?? '');
    expect(key).toEqual(noteKey('workflow-bolt.local/c.north', 1, key.publicKey));
    const answer = await fetch(`${of('/export')}?${today()}`, { headers: client.headers });
    expect(answer.headers.get('content-type')).toBe('application/x-tar');
    const files = untar(Buffer.from(await answer.arrayBuffer()));
    const reader = { read: async (name: string) => files.get(name) ?? null, async *list() {} };
    const report = await verifyExport(reader, { key, witnesses: [] });
    expect(report.counts).toEqual({} satisfies Partial<Record<FindingKind, number>>);
    expect(report).toMatchObject({ exitCode: 0, origin: 'workflow-bolt.local/c.north' });
    expect(report.rows).toBeGreaterThan(3);
  });

  test('[audit] [privacy] an export about one patient is on record under that patient, one about all is not', async () => {
    const { headers } = await proven();
    for (const patient of ['&patient=visit:w1', '']) {
      const answer = await fetch(`${of('/export')}?${today()}${patient}&format=ndjson`, { headers });
      expect([answer.status, (await answer.text()).length > 0]).toEqual([200, true]);
    }
    await seal();
    const looked = await (await proven()).get(`${of()}?${today()}&patient=visit:w1&sub=export`);
    const rows = looked.json.rows as { event: SecurityEvent }[];
    expect(rows.map(({ event }) => [event.agent.uid, event.act, event.pat])).toEqual([
      ['aud', 'E', ['visit:w1']],
    ]);
  });

  test.each([
    ['ndjson', 'application/x-ndjson', /^\{"act":/],
    ['csv', 'text/csv', /^"leaf","time"/],
    ['fhir', 'application/fhir+json', /^\{"resourceType":"Bundle"/],
  ])('an export as %s', async (format, type, begin) => {
    const { headers } = await proven();
    const answer = await fetch(`${of('/export')}?${today()}&format=${format}`, { headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(await answer.text()).toMatch(begin);
  });
});

function untar(bytes: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const name = bytes.toString('latin1', at, bytes.indexOf(0, at));
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    files.set(name, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe('[H-13] the weekly review', () => {
  test('attested once by an auditor, on the record, and by nobody else', async () => {
    const client = await proven();
    const { json } = await client.get(of('/reviews'));
    const [review] = json.reviews as { week: string; reviewedBy: string | null }[];
    expect(review).toMatchObject({ reviewedBy: null });
    const url = of(`/reviews/${review?.week}`);
    const manager = await server.login('manager');
    expect((await manager.get(of('/reviews'))).status).toBe(200);
    expect((await manager.post(url, { outcome: 'clear' })).json).toMatchObject({ code: 'permission_denied' });
    expect((await client.post(of('/reviews/2020-01-06'), { outcome: 'clear' })).json.code).toBe(
      'audit_review_not_open',
    );
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...client.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ outcome: 'clear' }),
    });
    expect(answer.status).toBe(204);
    expect((await client.post(url, { outcome: 'clear' })).json.code).toBe('audit_review_not_open');
    await seal();
    const found = await client.get(`${of()}?${today()}&sub=review&actor=aud`);
    expect(found.text).toContain(`"id":"${review?.week}"`);
  });
});

describe('[audit] who may not', () => {
  test.each([
    ['front-desk', '', 'permission_denied'],
    ['manager', '', 'permission_denied'],
    ['adm', '', 'permission_denied'],
    ['adm', '/export', 'permission_denied'],
    ['manager', '/patients/visit:w1', 'permission_denied'],
    ['aud', '', 'step_up_required'],
    ['aud', '/export', 'step_up_required'],
    ['aud', '/patients/visit:w1', 'step_up_required'],
  ])('%s reads %s: %s', async (user, path, code) => {
    const { status, json } = await (await server.login(user)).get(`${of(path)}?${today()}`);
    expect([status, json.code]).toEqual([403, code]);
  });

  test('an auditor of one clinic reads another', async () => {
    const { status, json } = await (await proven()).get(`${of('', 'south')}?${today()}`);
    expect([status, json.code]).toEqual([403, 'permission_denied']);
  });

  test('a proof for reading does not serve for exporting', async () => {
    const client = await server.login('aud');
    await client.prove('audit-view');
    expect((await client.get(`${of('/export')}?${today()}`)).json).toMatchObject({
      code: 'step_up_required',
    });
  });

  test('nobody signed in', async () => {
    const answer = await fetch(`${of()}?${today()}`);
    expect(answer.status).toBe(401);
  });

  test('spans without end, backwards, and keys that lead elsewhere', async () => {
    const client = await proven();
    const code = async (url: string) => (await client.get(url)).json.code;
    expect(await code(`${of()}?from=${Date.parse('2020-01-01')}&to=${Date.now()}`)).toBe(
      'audit_span_too_long',
    );
    expect(await code(`${of()}?from=${Date.now()}&to=${Date.now() - 5_000}`)).toBe('audit_span_too_long');
    expect(await code(`${of('/patients/x%7D%3Aseal')}?${span}`)).toBe('invalid_request');
    expect(await code(`${of()}?${span}&sub=everything`)).toBe('invalid_request');
    expect(await code(`${of()}?${span}&limit=1000000`)).toBe('invalid_request');
    expect(await code(of())).toBe('invalid_request');
  });
});
