import { createPublicKey, type JsonWebKey as NodeJsonWebKey, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { EhrPort } from '../ehr-port.ts';
import type { FhirClient } from './fhir-access.ts';
import { createFhirAdapter, type FhirOptions } from './fhir-adapter.ts';
import type { FhirCallRecord } from './fhir-call.ts';

const BASE = 'https://ehr.example.test/fhir/R4';
const TOKEN_URL = 'https://ehr.example.test/oauth/token';
const SECRET = 'canarysecret4711';

interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}
type Answer = (sent: Sent, nth: number) => Response | Promise<Response>;

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/fhir+json', ...init.headers },
  });
const bundle = (resources: readonly object[], next?: string) =>
  json({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
    ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
  });
const token = (nth: number, expiresIn: number = 300) =>
  json(
    { access_token: `canary-token-${nth}`, token_type: 'Bearer', expires_in: expiresIn },
    { headers: { 'content-type': 'application/json' } },
  );
const login = () =>
  json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] }, { status: 401 });

/** An adapter without waiting; what is sent is answered by a function and kept. */
function adapter(answer: Answer, options: Partial<FhirOptions> = {}) {
  const sent: Sent[] = [];
  const clock = { at: 0, now: () => clock.at, sleep: async () => {}, random: () => 0.5 };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const call = {
      url: new URL(String(input)),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: String(init?.body ?? ''),
    };
    sent.push(call);
    return answer(call, sent.length);
  };
  const gate = { acquire: async () => {}, defer: () => {} };
  const retry = { attemptsMax: 1, backoffMs: [0], jitterShare: 0, throttleJitterMs: 0, waitMsMax: 0 };
  const port = createFhirAdapter({ base: BASE, client: null, gate, retry, clock, fetch, ...options });
  return { port, sent, clock };
}

const client = (more: Partial<FhirClient> = {}): FhirClient => ({
  tokenUrl: TOKEN_URL,
  clientId: 'board',
  scope: 'system/Appointment.rs',
  proof: { kind: 'secret', secret: SECRET },
  ...more,
});
const isToken = ({ url }: Sent) => url.href === TOKEN_URL;
const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Vale', given: ['Rowan'] }] };

describe('tokens', () => {
  test('a secret buys one token for many calls, asked for once although they come at once', async () => {
    const { port, sent } = adapter((call, nth) => (isToken(call) ? token(nth) : json(patient)), {
      client: client(),
    });
    await Promise.all([port.patient('p1'), port.patient('p1'), port.patient('p1')]);
    const [asked, ...others] = sent.filter(isToken);
    expect(others).toEqual([]);
    expect(asked?.headers.get('authorization')).toBe(`Basic ${btoa(`board:${SECRET}`)}`);
    expect(new URLSearchParams(asked?.body).toString()).toBe(
      'scope=system%2FAppointment.rs&grant_type=client_credentials',
    );
    const calls = sent.filter((call) => !isToken(call));
    expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual(
      Array(3).fill('Bearer canary-token-1'),
    );
  });

  test('it is renewed before its end, and not sooner', async () => {
    const { port, sent, clock } = adapter((call, nth) => (isToken(call) ? token(nth, 100) : json(patient)), {
      client: client(),
    });
    for (const at of [0, 69_000, 71_000]) {
      clock.at = at;
      await port.patient('p1');
    }
    expect(sent.map(isToken)).toEqual([true, false, false, true, false]);
  });

  test('one that is refused before its end is replaced once; refused again, the account is', async () => {
    const once = adapter((call, nth) => (isToken(call) ? token(nth) : nth === 2 ? login() : json(patient)), {
      client: client(),
    });
    expect(await once.port.patient('p1')).toMatchObject({ ok: true });
    expect(once.sent.map(isToken)).toEqual([true, false, true, false]);
    const never = adapter((call, nth) => (isToken(call) ? token(nth) : login()), { client: client() });
    expect(await never.port.patient('p1')).toMatchObject({
      failure: { kind: 'auth', reason: 'bad-credentials' },
    });
    expect(never.sent).toHaveLength(4);
  });

  test('SMART Backend Services: an assertion that the server can check with the public key', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-384' },
      true,
      ['sign', 'verify'],
    );
    const proof = { kind: 'key', key: async () => privateKey, keyId: 'key-1' } as const;
    const { port, sent } = adapter((call, nth) => (isToken(call) ? token(nth) : json(patient)), {
      client: client({ proof }),
    });
    expect(await port.patient('p1')).toMatchObject({ ok: true });
    const form = new URLSearchParams(sent[0]?.body);
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
    expect(part(head)).toMatchObject({ alg: 'ES384', kid: 'key-1' });
    const { iss, sub, aud, exp, iat, jti } = part(claims);
    expect({ iss, sub, aud }).toEqual({ iss: 'board', sub: 'board', aud: TOKEN_URL });
    expect(exp - iat).toBeLessThanOrEqual(300);
    expect(jti).toMatch(/.{16,}/);
    const key = createPublicKey({
      key: (await crypto.subtle.exportKey('jwk', publicKey)) as NodeJsonWebKey,
      format: 'jwk',
    });
    const signed = verify(
      'sha384',
      Buffer.from(`${head}.${claims}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(signed).toBe(true);
  });

  const write = (port: EhrPort) =>
    port.writeStatus({
      appointmentId: 'a',
      occurrenceId: null,
      patientId: 'p1',
      desired: 'CheckedIn',
      lastAgreed: null,
    });
  const oauth = (status: number, error: string) =>
    new Response(JSON.stringify({ error }), { status, headers: { 'content-type': 'application/json' } });

  test.each([
    ['invalid_client', () => oauth(401, 'invalid_client'), { kind: 'auth', reason: 'credentials-refused' }],
    ['invalid_scope', () => oauth(400, 'invalid_scope'), { kind: 'auth', reason: 'permission-missing' }],
    ['503', () => new Response('<html>', { status: 503 }), { kind: 'service-down', httpStatus: 503 }],
    ['429', () => new Response('', { status: 429 }), { kind: 'throttled' }],
    [
      'no connection',
      () =>
        Promise.reject(
          new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
        ),
      { kind: 'transport', reason: 'refused' },
    ],
  ] as const)('no token because of %s: nothing was sent, and it says why', async (_name, answer, failure) => {
    const { port, sent } = adapter(() => answer(), { client: client() });
    expect(await port.patient('p1')).toMatchObject({
      ok: false,
      failure: { ...failure, writes: 'not-applied' },
    });
    expect((await write(port)).kind).toMatch(/^(refused|not-applied)$/);
    expect(sent.every(isToken)).toBe(true);
  });

  test('[privacy] neither secret nor token nor name is in a failure, a record or the port', async () => {
    const records: FhirCallRecord[] = [];
    const echo = ({ headers, body }: Sent) =>
      new Response(`{"echo":"${[...headers].join()}${body}`, { status: 200 });
    const { port } = adapter((call, nth) => (isToken(call) ? token(nth) : echo(call)), {
      client: client(),
      observe: (record) => records.push(record),
    });
    const told = [
      await port.patient('p1'),
      await port.patients({ lastName: 'Canary' }),
      await write(port),
      records,
      port,
    ];
    expect(records.length).toBeGreaterThan(0);
    expect(inspect(told, { depth: 10, showHidden: true })).not.toMatch(/canary/i);
  });
});

describe('addresses', () => {
  test.each([
    ['plain HTTP', { base: 'http://ehr.example.test/fhir' }],
    ['credentials in the address', { base: 'https://me:secret@ehr.example.test/fhir' }],
    ['a plain token endpoint', { client: client({ tokenUrl: 'http://ehr.example.test/token' }) }],
  ])('%s is refused at once', (_name, options) => {
    expect(() => adapter(() => json(patient), options)).toThrow(TypeError);
  });

  test.each([
    'https://evil.example.test/fhir/R4/Practitioner?page=2',
    'https://ehr.example.test.evil.test/fhir/R4/x',
    'https://ehr.example.test/other?page=2',
    'http://ehr.example.test/fhir/R4?page=2',
    '//evil.example.test/x',
  ])('[authz] a next page at %s would be given our token: the answer is not believed', async (next) => {
    const { port, sent } = adapter(() => bundle([], next));
    expect(await port.providers()).toMatchObject({
      ok: false,
      failure: { kind: 'malformed', detail: 'link' },
    });
    expect(sent).toHaveLength(1);
  });

  test('pages are followed to the end, relative or absolute, and never in a circle', async () => {
    const doctor = (id: string) => ({ resourceType: 'Practitioner', id });
    const pages = [
      bundle([doctor('a')], 'Practitioner?page=2'),
      bundle([doctor('b')], `${BASE}?page=3`),
      bundle([doctor('c')]),
    ];
    const { port, sent } = adapter((_call, nth) => pages[nth - 1] ?? login());
    const found = await port.providers();
    expect(found.ok && found.value.map(({ providerId }) => providerId)).toEqual(['a', 'b', 'c']);
    expect(sent.map(({ url }) => url.href)).toEqual([
      `${BASE}/Practitioner?_count=200`,
      `${BASE}/Practitioner?page=2`,
      `${BASE}?page=3`,
    ]);
    const round = adapter(() => bundle([doctor('a')], 'Practitioner?page=2'));
    expect(await round.port.providers()).toMatchObject({ ok: false, failure: { kind: 'malformed' } });
    expect(round.sent).toHaveLength(2);
  });
});

describe('what R4 cannot be asked is refused, not left out', () => {
  const { port, sent } = adapter(() => bundle([]));
  const day = { practiceName: 'x', window: { startAt: 0, endAt: 1_000 } };
  test.each([
    ['created', () => port.schedule({ ...day, created: { from: '2026-01-01', to: '2026-01-02' } })],
    ['resourceName', () => port.schedule({ ...day, resourceName: 'Room 1' })],
    ['type', () => port.schedule({ ...day, type: 'O' })],
    ['patientId', () => port.schedule({ ...day, patientId: 'a/../b' })],
    ['practiceName', () => port.providers({ practiceName: 'x' })],
    ['lastEncounter', () => port.patients({ lastEncounter: { from: '2026-01-01', to: '2026-01-02' } })],
    ['Patient id', () => port.patient('../Practitioner/1')],
    ['Appointment id', () => port.appointment('1?x=y')],
  ] as const)('[injection] %s', async (detail, ask) => {
    expect(await ask()).toMatchObject({
      ok: false,
      failure: { kind: 'our-bug', reason: 'bad-request', detail },
    });
    expect(sent).toEqual([]);
  });

  test('[injection] signs that separate values are escaped in a name', async () => {
    const { port: asked, sent: calls } = adapter(() => bundle([]));
    await asked.patients({ lastName: 'a,b|c$d\\e', dateOfBirth: { from: '1970-01-01', to: '1970-01-01' } });
    expect(calls[0]?.url.searchParams.get('family')).toBe('a\\,b\\|c\\$d\\\\e');
    expect(calls[0]?.url.searchParams.getAll('birthdate')).toEqual(['ge1970-01-01', 'le1970-01-01']);
  });
});

test('a call that hangs ends at its deadline, as a write of unknown outcome', async () => {
  const hanging: typeof globalThis.fetch = (_url, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  const { port } = adapter(() => json(patient), { fetch: hanging, deadlineMs: 20 });
  expect(await port.patient('p1')).toMatchObject({
    failure: { kind: 'transport', reason: 'timeout', writes: 'unknown' },
  });
});
