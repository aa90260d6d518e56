import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EhrResult, ehrFailed, ehrFailure, ehrOk, type FailureFacts } from './ehr-failure.ts';
import { READ_RETRY, retryDelayMs, withRetry } from './retry.ts';
import { steppedClock } from './tebra/adapter-fixtures.ts';

const RESET: FailureFacts = { kind: 'transport', reason: 'reset', code: 'ECONNRESET' };
const THROTTLED: FailureFacts = { kind: 'throttled', endpoint: 'GetPatient', intervalMs: 1_000 };
const REFUSED: FailureFacts = { kind: 'auth', reason: 'bad-credentials', permissions: [] };

const delay = (facts: FailureFacts, attempt: number, random = 0.5, gapMs = 500) =>
  retryDelayMs(ehrFailure(facts), { attempt, gapMs, random });

describe('how long to wait', () => {
  test('2 and 4 seconds, then no more; a longer policy goes on with 8', () => {
    expect([1, 2, 3].map((attempt) => delay(RESET, attempt))).toEqual([2_000, 4_000, null]);
    const longer = { ...READ_RETRY, attemptsMax: 6 };
    const waits = [3, 4, 5].map((attempt) =>
      retryDelayMs(ehrFailure(RESET), { attempt, gapMs: 500, random: 0.5 }, longer),
    );
    expect(waits).toEqual([8_000, 8_000, 8_000]);
  });

  test('a quarter more or less, so that clients do not march in step', () => {
    expect([delay(RESET, 1, 0), delay(RESET, 1, 1)]).toEqual([1_500, 2_500]);
  });

  test('a throttle waits for the vendor’s window or twice our gap, whichever is longer', () => {
    expect(delay(THROTTLED, 1, 0, 300)).toBe(1_000);
    expect(delay(THROTTLED, 1, 0, 750)).toBe(1_500);
    expect(delay({ ...THROTTLED, intervalMs: null }, 1, 0, 750)).toBe(1_500);
    expect(delay(THROTTLED, 1, 1, 750)).toBe(2_000);
  });

  test('an absurd window is not waited for', () => {
    expect(delay({ ...THROTTLED, intervalMs: 3_600_000 }, 1)).toBeNull();
  });

  test('what a person must mend is never retried', () => {
    const kinds: FailureFacts[] = [
      REFUSED,
      { kind: 'our-bug', reason: 'null-reference', detail: null },
      { kind: 'business-error', reason: 'other', wording: '' },
      { kind: 'malformed', reason: 'encoding', detail: null },
      { kind: 'fault-unrecognised', faultCode: 'x', httpStatus: 500 },
      { kind: 'cancelled' },
      { kind: 'not-sent', reason: 'cancelled' },
    ];
    expect(kinds.map((facts) => delay(facts, 1))).toEqual(kinds.map(() => null));
  });

  test('never less than the vendor’s window, never more than a minute', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (intervalMs, gapMs, random) => {
          const waitMs = delay({ ...THROTTLED, intervalMs }, 1, random, gapMs);
          if (waitMs === null) return;
          expect(waitMs).toBeGreaterThanOrEqual(Math.max(intervalMs, 2 * gapMs));
          expect(waitMs).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });
});

describe('retrying', () => {
  const run = async (results: readonly EhrResult<string>[], signal?: AbortSignal) => {
    const clock = steppedClock();
    const tries: number[] = [];
    const result = await withRetry(
      async (attempt) => {
        tries.push(attempt);
        return results[attempt - 1] ?? ehrOk('more than prepared');
      },
      { gapMs: 500, clock, signal },
    );
    return { result, tries, slept: clock.slept };
  };

  test('the first success ends it', async () => {
    expect(await run([ehrFailed(RESET), ehrOk('day')])).toEqual({
      result: ehrOk('day'),
      tries: [1, 2],
      slept: [2_000],
    });
  });

  test('three failures are answered with the last one', async () => {
    const last: FailureFacts = { kind: 'service-down', reason: 'empty', httpStatus: 200 };
    expect(await run([ehrFailed(RESET), ehrFailed(RESET), ehrFailed(last)])).toEqual({
      result: ehrFailed(last),
      tries: [1, 2, 3],
      slept: [2_000, 4_000],
    });
  });

  test('[I7] a breaker that opens between two tries ends it, and the failure that was seen is what is told', async () => {
    const shut = ehrFailed({ kind: 'not-sent', reason: 'breaker' });
    expect(await run([ehrFailed(RESET), shut])).toEqual({
      result: ehrFailed(RESET),
      tries: [1, 2],
      slept: [2_000],
    });
    expect(await run([shut])).toEqual({ result: shut, tries: [1], slept: [] });
  });

  test('a refused account is not tried twice', async () => {
    expect(await run([ehrFailed(REFUSED)])).toMatchObject({ tries: [1], slept: [] });
  });

  test('giving up during the wait ends it', async () => {
    const gone = AbortSignal.abort();
    expect(await run([ehrFailed(RESET)], gone)).toEqual({
      result: ehrFailed({ kind: 'not-sent', reason: 'cancelled' }),
      tries: [1],
      slept: [],
    });
  });
});
