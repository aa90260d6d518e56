import { describe, expect, test } from 'vitest';
import { ehrFailure, type FailureFacts } from '../ehr-failure.ts';
import type { HttpAnswer } from '../http-exchange.ts';
import { readFhir } from './fhir-answer.ts';
import { patientSchema } from './fhir-resources.ts';

const outcome = (code: string, severity: string = 'error') => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code, diagnostics: 'Rowan Vale, born 1970-01-01, secret token' }],
});

function answer(status: number, body: unknown, more: Partial<HttpAnswer> = {}): HttpAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text);
  return {
    status,
    contentType: 'application/fhir+json',
    retryAfterMs: null,
    etag: null,
    body: bytes,
    ...more,
  };
}

const read = (given: HttpAnswer) => readFhir('ReadPatient', given, patientSchema);

type Row = readonly [name: string, given: HttpAnswer, facts: FailureFacts];
const auth = (reason: 'bad-credentials' | 'permission-missing'): FailureFacts => ({
  kind: 'auth',
  reason,
  permissions: [],
});
const down = (reason: 'html' | 'empty' | 'redirect' | 'http-status', httpStatus: number): FailureFacts => ({
  kind: 'service-down',
  reason,
  httpStatus,
});
const business = (reason: 'not-found' | 'conflict' | 'other', wording: string): FailureFacts => ({
  kind: 'business-error',
  reason,
  wording,
});
const ourBug: FailureFacts = { kind: 'our-bug', reason: 'bad-request', detail: null };
const malformed = (reason: 'truncated' | 'not-well-formed' | 'encoding'): FailureFacts => ({
  kind: 'malformed',
  reason,
  detail: null,
});
const shape = (detail: string): FailureFacts => ({ kind: 'malformed', reason: 'unexpected-shape', detail });

const rows: readonly Row[] = [
  ['400', answer(400, outcome('invalid')), ourBug],
  ['401', answer(401, outcome('login')), auth('bad-credentials')],
  ['401 without a word', answer(401, ''), auth('bad-credentials')],
  ['403', answer(403, outcome('forbidden')), auth('permission-missing')],
  ['404 of FHIR', answer(404, outcome('not-found')), business('not-found', 'not-found')],
  ['404 of any web server', answer(404, '<html>', { contentType: 'text/html' }), down('http-status', 404)],
  ['405', answer(405, outcome('not-supported')), ourBug],
  ['409', answer(409, outcome('conflict')), business('conflict', 'conflict')],
  ['410', answer(410, outcome('deleted')), business('not-found', 'deleted')],
  ['412', answer(412, outcome('processing')), business('conflict', 'processing')],
  ['412 without a word', answer(412, ''), business('conflict', '…')],
  ['422', answer(422, outcome('business-rule')), business('other', 'business-rule')],
  ['422 in the vendor’s own words', answer(422, outcome('Rowan Vale')), business('other', 'unknown')],
  [
    '429 with Retry-After',
    answer(429, outcome('throttled'), { retryAfterMs: 3_000 }),
    { kind: 'throttled', endpoint: 'ReadPatient', intervalMs: 3_000 },
  ],
  ['429 bare', answer(429, ''), { kind: 'throttled', endpoint: 'ReadPatient', intervalMs: null }],
  [
    'throttled inside 503',
    answer(503, outcome('throttled')),
    { kind: 'throttled', endpoint: 'ReadPatient', intervalMs: null },
  ],
  [
    '500',
    answer(500, outcome('exception')),
    { kind: 'fault-internal', faultCode: 'exception', httpStatus: 500 },
  ],
  ['501', answer(501, outcome('not-supported')), ourBug],
  ['502 of a proxy', answer(502, '<html>bad gateway</html>'), down('html', 502)],
  ['503 in JSON', answer(503, { message: 'down' }), down('http-status', 503)],
  ['302', answer(302, ''), down('redirect', 302)],
  ['200 empty', answer(200, ''), down('empty', 200)],
  ['200 with a page', answer(200, '<!doctype html>'), down('html', 200)],
  [
    '200 with an error inside',
    answer(200, outcome('exception', 'fatal')),
    { kind: 'fault-internal', faultCode: 'exception', httpStatus: 200 },
  ],
  ['200 with a conflict inside', answer(200, outcome('conflict')), business('conflict', 'conflict')],
  ['cut short', answer(200, '{"resourceType":"Patient","id":"1'), malformed('truncated')],
  ['garbled', answer(200, '{"resourceType":Patient}'), malformed('not-well-formed')],
  ['not UTF-8', answer(200, Uint8Array.of(0x7b, 0xff, 0x7d)), malformed('encoding')],
  ['another resource', answer(200, { resourceType: 'Practitioner', id: '1' }), shape('resourceType')],
  [
    'a warning instead of a resource',
    answer(200, outcome('informational', 'information')),
    shape('resourceType'),
  ],
  [
    'a wrong type inside',
    answer(200, { resourceType: 'Patient', id: '1', name: [{ family: 7 }] }),
    shape('name.family'),
  ],
  [
    'a list where there is one',
    answer(200, { resourceType: 'Patient', id: '1', birthDate: ['1970-01-01'] }),
    shape('birthDate'),
  ],
];

describe('every answer of a FHIR server becomes a resource or a classified failure', () => {
  test.each(rows)('%s', (_name, given, facts) => {
    expect(read(given)).toEqual({ ok: false, failure: ehrFailure(facts) });
  });

  test('[privacy] no failure repeats what the server wrote', () => {
    for (const [, given] of rows) expect(JSON.stringify(read(given))).not.toMatch(/Rowan|1970|secret/);
  });
});

test('a resource keeps the members that nobody here knows, and its version', () => {
  const resource = { resourceType: 'Patient', id: 'p', meta: { versionId: '4' }, _birthDate: { id: 'x' } };
  expect(read(answer(200, resource))).toEqual({ ok: true, value: { resource, etag: 'W/"4"' } });
  expect(read(answer(200, resource, { etag: 'W/"5"' }))).toMatchObject({ value: { etag: 'W/"5"' } });
  expect(read(answer(200, { resourceType: 'Patient', id: 'p' }))).toMatchObject({ value: { etag: null } });
});
