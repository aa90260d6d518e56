import { type EhrOperation, ehrFailure, type FailureFacts } from '@workflow-bolt/ehr';
import { expect, test } from 'vitest';
import { LastCalls } from './last-calls.ts';

const away: FailureFacts = { kind: 'transport', reason: 'timeout', code: null };
const missing: FailureFacts = { kind: 'auth', reason: 'permission-missing', permissions: [] };
const call = (facts: FailureFacts | null, operation: EhrOperation = 'GetAppointments') => ({
  ...{ operation, failure: facts && ehrFailure(facts), durationMs: 40.4 },
});

test('a read says whether the EHR answers, when and how fast; an answer is an answer, be it a no', () => {
  const calls = new LastCalls();
  expect(calls.told).toMatchObject({ isOk: true, lastGoodAt: null, askedAt: null });
  calls.take(call(null), 1_000);
  calls.take(call(away), 2_000);
  expect(calls.told).toEqual({
    ...{ isOk: false, lastGoodAt: 1_000, detail: 'transport', askedAt: 2_000, tookMs: 40 },
    ...{ wroteAt: null, wroteMs: null },
  });
  calls.take(call({ kind: 'business-error', reason: 'not-found', wording: '' }), 3_000);
  expect(calls.told).toMatchObject({ isOk: true, lastGoodAt: 3_000, detail: null });
});

test.each<[FailureFacts]>([
  [{ kind: 'throttled', endpoint: null, intervalMs: 1_000 }],
  [{ kind: 'cancelled' }],
  [{ kind: 'our-bug', reason: 'bad-request', detail: null }],
  [{ kind: 'malformed', reason: 'illegal-character', detail: null }],
  [missing],
])('what says nothing of the EHR makes it neither well nor away: %j', (facts) => {
  const [well, ill] = [new LastCalls(), new LastCalls()];
  well.take(call(null), 1_000);
  ill.take(call(away), 1_000);
  const before = [well.told, ill.told];
  for (const calls of [well, ill]) calls.take(call(facts), 2_000);
  expect([well.told, ill.told]).toEqual(before);
});

test('an account that may do nothing is not one that nobody has asked yet; one call too soon still is', () => {
  const [refused, hasty] = [new LastCalls(), new LastCalls()];
  refused.take(call(missing), 1_000);
  hasty.take(call({ kind: 'throttled', endpoint: null, intervalMs: null }), 1_000);
  expect([refused.told, hasty.told]).toMatchObject([
    { isOk: false, detail: 'auth', askedAt: 1_000 },
    { isOk: true, askedAt: null },
  ]);
});

test('a write that fails does not make reading ill, and its breaker speaks for it; one that goes well is timed', () => {
  const calls = new LastCalls();
  calls.take(call(null), 1_000);
  calls.take(call(away, 'UpdateAppointment'), 2_000);
  expect(calls.told).toMatchObject({ isOk: true, askedAt: 1_000, wroteAt: null });
  calls.take(call(null, 'UpdateAppointment'), 3_000);
  expect(calls.told).toMatchObject({ isOk: true, lastGoodAt: 1_000, wroteAt: 3_000, wroteMs: 40 });
});
