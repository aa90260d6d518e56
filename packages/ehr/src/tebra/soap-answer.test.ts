import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFailure, type FailureFacts } from '../ehr-failure.ts';
import {
  answer,
  appointmentRow,
  envelope,
  errorMember,
  fault,
  goodAnswer,
  NO_ERROR,
  scheduleAnswer,
  security,
} from './answer-fixtures.ts';
import { readAnswer } from './soap-answer.ts';

const CANARY = 'Quillon';

function read(
  body: string | Uint8Array,
  status: number = 200,
  contentType: string = 'text/xml; charset=utf-8',
) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return readAnswer('GetAppointments', { body: bytes, status, contentType, retryAfterMs: null });
}

/** The failure's own facts, without the advice. */
function facts(result: ReturnType<typeof read>): unknown {
  if (result.ok) return 'ok';
  const { retryable: _r, reads: _d, writes: _w, ...own } = result.failure;
  return own;
}

const nil = '<Appointments i:nil="true"/>';
const get = (members: string) => answer('GetAppointments', members);
const down = (reason: string, httpStatus = 200) =>
  ({ kind: 'service-down', reason, httpStatus }) as FailureFacts;
const malformed = (reason: string, detail: string | null = null) =>
  ({ kind: 'malformed', reason, detail }) as FailureFacts;
const bug = (reason: string, detail: string | null = null) =>
  ({ kind: 'our-bug', reason, detail }) as FailureFacts;
const auth = (reason: string, permissions: string[] = []) =>
  ({ kind: 'auth', reason, permissions }) as FailureFacts;
const business = (reason: string, wording: string) =>
  ({ kind: 'business-error', reason, wording }) as FailureFacts;
const throttled = (endpoint: string | null, intervalMs: number | null) =>
  ({ kind: 'throttled', endpoint, intervalMs }) as FailureFacts;
const THROTTLE_TEXT =
  '429: GetPatients endpoint requested more than allowed over time interval 1000 milliseconds. Please wait to try again.';
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const utf16 = (text: string) => Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'));

const ROWS: readonly (readonly [string, ReturnType<typeof read>, FailureFacts | 'ok'])[] = [
  ['a good answer', read(scheduleAnswer(appointmentRow())), 'ok'],
  ['a good answer after a byte order mark', read(`\ufeff${scheduleAnswer('')}`), 'ok'],
  ['an empty day', read(goodAnswer('GetAppointments', nil)), 'ok'],
  ['members in another order', read(get(nil + security() + NO_ERROR)), 'ok'],
  ['an unknown member', read(get(`<New>1</New>${NO_ERROR}${security()}${nil}`)), 'ok'],
  [
    'True and 1 as truth',
    read(get(`${errorMember('', 'False')}${security({ authenticated: 'True', authorized: '1' })}${nil}`)),
    'ok',
  ],
  // Service down.
  ['an HTML page', read('<html><body>Back soon</body></html>', 200, 'text/html'), down('html')],
  ['an HTML page with a document type', read('<!DOCTYPE html><html></html>', 503), down('html', 503)],
  ['an XHTML page', read('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'), down('html')],
  ['a SOAP answer that calls itself HTML', read(scheduleAnswer(''), 200, 'text/html'), down('html')],
  ['an empty body', read(''), down('empty')],
  ['blanks only', read(' \n '), down('empty')],
  ['plain text', read('Service unavailable', 503), down('not-xml', 503)],
  ['JSON', read('{"ok":true}', 200, 'application/json'), down('not-xml')],
  ['a document type', read('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), down('doctype')],
  ['a document type after the declaration', read('<?xml version="1.0"?><!DOCTYPE x><x/>'), down('doctype')],
  ['XML that is no SOAP', read('<rss/>'), down('not-soap')],
  ['a redirect', read('', 302), down('redirect', 302)],
  ['a gateway error without SOAP', read('<oops', 502), down('http-status', 502)],
  ['a good body under HTTP 500', read(scheduleAnswer(''), 500), down('http-status', 500)],
  // Malformed.
  ['a cut answer', read(scheduleAnswer(appointmentRow()).slice(0, -300)), malformed('truncated')],
  [
    'a bare ampersand',
    read(scheduleAnswer(appointmentRow({ PatientFullName: 'A & B' }))),
    malformed('not-well-formed'),
  ],
  [
    'a vertical tab',
    read(scheduleAnswer(appointmentRow({ PatientFullName: 'A\u000bB' }))),
    malformed('illegal-character'),
  ],
  [
    'Latin-1 bytes',
    read(latin1(scheduleAnswer(appointmentRow({ PatientFullName: 'Zoë' })))),
    malformed('encoding'),
  ],
  ['UTF-16', read(utf16(scheduleAnswer(''))), malformed('encoding', 'utf-16')],
  [
    'a declared other charset',
    read(scheduleAnswer(''), 200, 'text/xml; charset=windows-1252'),
    malformed('encoding'),
  ],
  [
    'another operation’s answer',
    read(goodAnswer('GetPatients', nil)),
    malformed('unexpected-shape', 'GetAppointmentsResult'),
  ],
  ['no body', read('<s:Envelope xmlns:s="urn:s"/>'), malformed('unexpected-shape', 'Body')],
  ['no security response', read(get(NO_ERROR + nil)), malformed('unexpected-shape', 'SecurityResponse')],
  [
    'half a security response',
    read(get(`${NO_ERROR}${security({ authenticated: '' })}${nil}`)),
    malformed('unexpected-shape', 'SecurityResponse'),
  ],
  [
    'an unreadable error flag',
    read(get(`${errorMember('', 'perhaps')}${security()}${nil}`)),
    malformed('unexpected-shape', 'IsError'),
  ],
  // Faults.
  [
    'an internal fault',
    read(fault('InternalServiceFault', 'internal error'), 500),
    { kind: 'fault-internal', faultCode: 'InternalServiceFault', httpStatus: 500 },
  ],
  [
    'an internal fault in HTTP 200',
    read(fault('InternalServiceFault', 'x')),
    { kind: 'fault-internal', faultCode: 'InternalServiceFault', httpStatus: 200 },
  ],
  [
    'a contract filter mismatch',
    read(fault('ActionNotSupported', 'ContractFilter mismatch'), 500),
    bug('contract-filter'),
  ],
  [
    'a missing member',
    read(fault('DeserializationFailed', "Expecting element 'Fields'."), 500),
    bug('deserialization', 'Fields'),
  ],
  [
    'a date that does not parse',
    read(fault('DeserializationFailed', `'${CANARY}' cannot be parsed`), 500),
    bug('deserialization'),
  ],
  [
    'a null reference fault',
    read(fault('Server', 'Object reference not set to an instance'), 500),
    bug('null-reference'),
  ],
  [
    'an unknown fault',
    read(fault('Client', `about ${CANARY}`), 500),
    { kind: 'fault-unrecognised', faultCode: 'Client', httpStatus: 500 },
  ],
  [
    'a fault code that quotes',
    read(fault(`${CANARY} 1`, ''), 500),
    { kind: 'fault-unrecognised', faultCode: 'unknown', httpStatus: 500 },
  ],
  // Throttles.
  ['a throttle in HTTP 200', read(get(errorMember(THROTTLE_TEXT))), throttled('GetPatients', 1000)],
  [
    'a throttle without its flag',
    read(get(errorMember(THROTTLE_TEXT, 'false'))),
    throttled('GetPatients', 1000),
  ],
  [
    'a throttle outside the result',
    read(envelope(errorMember(THROTTLE_TEXT))),
    throttled('GetPatients', 1000),
  ],
  ['a throttle without numbers', read(get(errorMember('429: slow down'))), throttled(null, null)],
  ['HTTP 429', read('slow down', 429), throttled(null, null)],
  ['HTTP 429 with SOAP', read(get(NO_ERROR), 429), throttled('GetAppointments', null)],
  // Refused accounts: HTTP 200, no error, no rows.
  [
    'a bad password',
    read(get(NO_ERROR + security({ authenticated: 'false', authorized: 'false' }) + nil)),
    auth('bad-credentials'),
  ],
  [
    'a bad customer key',
    read(get(NO_ERROR + security({ authenticated: 'false', keyValid: 'false' }) + nil)),
    auth('bad-customer-key'),
  ],
  [
    'missing permissions',
    read(get(NO_ERROR + security({ authorized: 'False', permissions: ['Find Appointment'] }) + nil)),
    auth('permission-missing', ['Find Appointment']),
  ],
  [
    'a permission that quotes',
    read(get(NO_ERROR + security({ authorized: '0', permissions: ['<b>x1</b>', 'a@b'] }) + nil)),
    auth('permission-missing', ['…', '…']),
  ],
  [
    'no practice',
    read(get(NO_ERROR + security({ authorized: 'false', practices: [] }) + nil)),
    auth('practice-not-authorised'),
  ],
  [
    'not authorised without a reason',
    read(get(NO_ERROR + security({ authorized: 'false' }) + nil)),
    auth('permission-missing'),
  ],
  [
    'a refused login that also errs',
    read(get(errorMember('Some failure') + security({ authenticated: 'false' }) + nil)),
    auth('bad-credentials'),
  ],
  [
    'a refused login told as an error only',
    read(get(errorMember('Invalid user name and/or password'))),
    auth('bad-credentials'),
  ],
  // Errors inside HTTP 200.
  [
    'a missing filter',
    read(get(errorMember('Object reference not set to an instance of an object.') + security() + nil)),
    bug('null-reference'),
  ],
  [
    'an unknown patient',
    read(get(errorMember('Unable to find patient.') + security() + nil)),
    business('not-found', 'unable to find patient'),
  ],
  [
    'another error',
    read(get(errorMember(`Appointment of ${CANARY} 1/2/1980 cannot be updated`) + security() + nil)),
    business('other', 'appointment of … cannot be …'),
  ],
  [
    'a message without a flag',
    read(get(`<ErrorResponse><ErrorMessage>No access</ErrorMessage></ErrorResponse>${security()}${nil}`)),
    business('other', 'no access'),
  ],
];

describe('every answer is one value or one failure', () => {
  test.each(ROWS)('%s', (_name, result, expected) => {
    expect(facts(result)).toEqual(expected);
  });

  test('no failure carries what the answer said about a person', () => {
    for (const [, result] of ROWS) {
      if (result.ok) continue;
      expect(JSON.stringify(result.failure)).not.toContain(CANARY);
      expect(describeFailure(result.failure)).not.toContain(CANARY);
    }
  });
});

describe('advice', () => {
  test.each([
    [
      'a cut answer',
      read('<s:Envelope xmlns:s="urn:s">'),
      { retryable: true, reads: 'retry', writes: 'unknown' },
    ],
    ['a bad byte', read(latin1('<a>é</a>')), { retryable: false, reads: 'stop', writes: 'unknown' }],
    ['service down', read('', 503), { retryable: true, reads: 'retry', writes: 'unknown' }],
    [
      'throttled',
      read(get(errorMember(THROTTLE_TEXT))),
      { retryable: true, reads: 'wait', writes: 'not-applied' },
    ],
    [
      'refused account',
      read(get(NO_ERROR + security({ authenticated: 'false' }))),
      { retryable: false, reads: 'stop', writes: 'not-applied' },
    ],
    [
      'our bug',
      read(fault('ActionNotSupported', ''), 500),
      { retryable: false, reads: 'stop', writes: 'not-applied' },
    ],
    [
      'internal fault',
      read(fault('InternalServiceFault', ''), 500),
      { retryable: true, reads: 'retry', writes: 'unknown' },
    ],
    ['unknown fault', read(fault('Odd', ''), 500), { retryable: false, reads: 'stop', writes: 'unknown' }],
  ])('%s', (_name, result, expected) => {
    expect(result).toMatchObject({ ok: false, failure: expected });
  });
});

describe('nothing that a server can send makes the reader throw', () => {
  const good = new TextEncoder().encode(scheduleAnswer(appointmentRow() + appointmentRow({ ID: '5002' })));
  const judged = (bytes: Uint8Array, status: number) => {
    const result = read(bytes, status);
    if (!result.ok) expect(describeFailure(result.failure).length).toBeGreaterThan(10);
    return result;
  };

  test('arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(200, 404, 500, 503), (bytes, status) => {
        expect(judged(bytes, status).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a good answer cut anywhere is never taken for a whole one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), (length) => {
        expect(judged(good.subarray(0, length), 200).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('a good answer with bytes changed is read or refused', () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        expect(typeof judged(bytes, 200).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  test('ten megabytes of nesting, of one text and of tiny elements', () => {
    const deep = `<?xml version="1.0"?>${'<a>'.repeat(3_500_000)}`;
    expect(facts(read(deep))).toEqual(malformed('too-deep'));
    const wide = `<s:Envelope xmlns:s="urn:s"><s:Body>${'<a/>'.repeat(2_500_000)}</s:Body></s:Envelope>`;
    expect(facts(read(wide))).toEqual(malformed('too-many-elements'));
    const long = scheduleAnswer(appointmentRow({ Notes: 'n'.repeat(10_000_000) }));
    expect(facts(read(long))).toBe('ok');
  });
});
