import { describe, expect, test } from 'vitest';
import {
  describeFailure,
  type EhrFailureKind,
  ehrFailed,
  ehrFailure,
  type FailureFacts,
} from './ehr-failure.ts';
import { readClinicDay } from './read-clinic-day.ts';

type Row = readonly [FailureFacts, sentence: string, reads: string, writes: string];

/** One row at least per kind; the record does not compile until every kind has one. */
const KINDS: Readonly<Record<EhrFailureKind, Row>> = {
  'not-sent': [{ kind: 'not-sent', reason: 'gate' }, 'The call was not sent (gate).', 'retry', 'not-applied'],
  cancelled: [{ kind: 'cancelled' }, 'The caller gave up before the EHR answered.', 'stop', 'unknown'],
  transport: [
    { kind: 'transport', reason: 'reset', code: 'ECONNRESET' },
    'The EHR could not be reached (reset, ECONNRESET).',
    'retry',
    'unknown',
  ],
  'service-down': [
    { kind: 'service-down', reason: 'html', httpStatus: 503 },
    'The EHR is not serving its API (html, HTTP 503).',
    'retry',
    'unknown',
  ],
  'fault-internal': [
    { kind: 'fault-internal', faultCode: 'InternalServiceFault', httpStatus: 500 },
    'The EHR answered with a fault (InternalServiceFault, HTTP 500).',
    'retry',
    'unknown',
  ],
  'fault-unrecognised': [
    { kind: 'fault-unrecognised', faultCode: 'unknown', httpStatus: 500 },
    'The EHR answered with a fault (unknown, HTTP 500).',
    'stop',
    'unknown',
  ],
  'our-bug': [
    { kind: 'our-bug', reason: 'contract-filter', detail: null },
    'The EHR could not understand our request (contract-filter).',
    'stop',
    'not-applied',
  ],
  throttled: [
    { kind: 'throttled', endpoint: 'GetPatient', intervalMs: 250 },
    'The EHR limits GetPatient to one per 250 ms.',
    'wait',
    'not-applied',
  ],
  auth: [
    { kind: 'auth', reason: 'permission-missing', permissions: ['Find Appointment'] },
    'The EHR refused the account (permission-missing, Find Appointment).',
    'stop',
    'not-applied',
  ],
  'business-error': [
    { kind: 'business-error', reason: 'other', wording: 'appointment is …' },
    'The EHR refused the request: appointment is …',
    'stop',
    'not-applied',
  ],
  malformed: [
    { kind: 'malformed', reason: 'encoding', detail: null },
    "The EHR's answer cannot be trusted (encoding).",
    'stop',
    'unknown',
  ],
};

describe('every kind of failure has a sentence and says what may follow', () => {
  test.each(Object.values(KINDS))('%o', (facts, sentence, reads, writes) => {
    const failure = ehrFailure(facts);
    expect(describeFailure(failure)).toBe(sentence);
    expect(failure).toEqual({ ...facts, retryable: reads !== 'stop', reads, writes });
  });

  test('what is not known is not made up', () => {
    const bare = [
      ehrFailure({ kind: 'throttled', endpoint: null, intervalMs: null }),
      ehrFailure({ kind: 'transport', reason: 'other', code: null }),
    ];
    expect(bare.map(describeFailure)).toEqual([
      'The EHR limits this call to one per ? ms.',
      'The EHR could not be reached (other).',
    ]);
  });
});

test('a day that could not be read is a failure, not an empty day', async () => {
  const failed = ehrFailed({ kind: 'transport', reason: 'timeout', code: null });
  const port = { schedule: async () => failed };
  expect(await readClinicDay(port, { practiceName: 'x', zone: 'UTC', date: '2026-03-09' })).toEqual(failed);
});
