import { describe, expect, test } from 'vitest';
import { breakerVerdict } from './breaker-verdict.ts';
import { type EhrFailureKind, ehrFailure, type FailureFacts } from './ehr-failure.ts';

type Row = readonly [FailureFacts, verdict: string, reads: string, writes: string];
const http = { httpStatus: 503 };

/** At least one row per kind: the record does not compile until every kind has one. */
const kinds: Readonly<Record<EhrFailureKind, readonly Row[]>> = {
  'not-sent': [
    [{ kind: 'not-sent', reason: 'gate' }, 'ignored', 'retry', 'not-applied'],
    [{ kind: 'not-sent', reason: 'breaker' }, 'ignored', 'wait', 'not-applied'],
    [{ kind: 'not-sent', reason: 'cancelled' }, 'ignored', 'stop', 'not-applied'],
  ],
  cancelled: [[{ kind: 'cancelled' }, 'ignored', 'stop', 'unknown']],
  transport: [[{ kind: 'transport', reason: 'timeout', code: null }, 'failed', 'retry', 'unknown']],
  'service-down': [[{ kind: 'service-down', reason: 'html', ...http }, 'failed', 'retry', 'unknown']],
  'fault-internal': [[{ kind: 'fault-internal', faultCode: 'x', ...http }, 'failed', 'retry', 'unknown']],
  'fault-unrecognised': [
    [{ kind: 'fault-unrecognised', faultCode: 'x', ...http }, 'failed', 'stop', 'unknown'],
  ],
  'our-bug': [[{ kind: 'our-bug', reason: 'bad-request', detail: null }, 'ignored', 'stop', 'not-applied']],
  throttled: [[{ kind: 'throttled', endpoint: null, intervalMs: null }, 'ignored', 'wait', 'not-applied']],
  auth: [
    [{ kind: 'auth', reason: 'bad-credentials', permissions: [] }, 'credentials', 'stop', 'not-applied'],
    [{ kind: 'auth', reason: 'bad-customer-key', permissions: [] }, 'credentials', 'stop', 'not-applied'],
    [{ kind: 'auth', reason: 'permission-missing', permissions: [] }, 'ignored', 'stop', 'not-applied'],
  ],
  'business-error': [
    [{ kind: 'business-error', reason: 'not-found', wording: '' }, 'ok', 'stop', 'not-applied'],
  ],
  malformed: [
    [{ kind: 'malformed', reason: 'truncated', detail: null }, 'failed', 'retry', 'unknown'],
    [{ kind: 'malformed', reason: 'illegal-character', detail: null }, 'ignored', 'stop', 'unknown'],
  ],
};

describe('every failure has a verdict for the breaker, and keeps its own answer for the caller', () => {
  test.each(Object.values(kinds).flat())('%o', (facts, verdict, reads, writes) => {
    const failure = ehrFailure(facts);
    expect([breakerVerdict(failure), failure.reads, failure.writes]).toEqual([verdict, reads, writes]);
  });

  test('a good answer is ok', () => expect(breakerVerdict(null)).toBe('ok'));

  test('[I7] [EH-UNKNOWN] whatever counts as failed is an unknown outcome for a write, never a failed one', () => {
    const failed = Object.values(kinds)
      .flat()
      .map(([facts]) => ehrFailure(facts))
      .filter((failure) => breakerVerdict(failure) === 'failed');
    expect(new Set(failed.map(({ writes }) => writes))).toEqual(new Set(['unknown']));
  });
});
