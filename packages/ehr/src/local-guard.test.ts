import { expect, test } from 'vitest';
import type { CallClock } from './call-clock.ts';
import { BreakerOpen } from './call-guard.ts';
import { type EhrFailure, ehrFailure } from './ehr-failure.ts';
import { createLocalGuard } from './local-guard.ts';

const down = ehrFailure({ kind: 'service-down', reason: 'html', httpStatus: 503 });
const denied = ehrFailure({ kind: 'business-error', reason: 'other', wording: 'no' });

/** Sleeping is what moves this clock. */
function guardOnHand() {
  let now = 0;
  const clock: CallClock = {
    now: () => now,
    random: () => 0,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const guard = createLocalGuard<'read' | 'write'>({ gapMs: () => 500, laneOf: (name) => name, clock });
  const call = async (operation: 'read' | 'write', failure: EhrFailure | null) => {
    const permit = await guard.acquire(operation);
    permit.report(failure, 10);
    return now;
  };
  return { guard, call, pass: (ms: number) => clock.sleep(ms) };
}

test('alone, a process keeps three gaps, before its first call too', async () => {
  const { call } = guardOnHand();
  expect([await call('read', null), await call('read', null)]).toEqual([1_500, 3_000]);
});

test('three failures in a row open it for that lane only, and refusals of the EHR do not count', async () => {
  const { call } = guardOnHand();
  for (const failure of [down, down, denied, down, down]) await call('read', failure);
  await call('write', null);
  await call('read', down);
  await expect(call('read', null)).rejects.toThrow(BreakerOpen);
  await expect(call('write', null)).resolves.toBeGreaterThan(0);
});

test('one call at a time: the second goes when the first has been reported', async () => {
  const { guard } = guardOnHand();
  const first = await guard.acquire('read');
  let isIn = false;
  const second = guard.acquire('write').then((permit) => {
    isIn = true;
    permit.report(null, 1);
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIn).toBe(false);
  first.report(null, 1);
  await second;
  expect(isIn).toBe(true);
});

test('who leaves before his turn leaves no slot taken', async () => {
  const { guard, call } = guardOnHand();
  await expect(guard.acquire('read', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  await expect(call('read', null)).resolves.toBe(1_500);
});

test('[EH-CREDENTIALS] [EH-ALONE] refused credentials stop every lane at the first answer, for longer each time', async () => {
  const { call, pass } = guardOnHand();
  const refused = ehrFailure({ kind: 'auth', reason: 'credentials-refused', permissions: [] });
  for (const minutes of [2, 4, 8, 16, 30, 30]) {
    await call('read', refused);
    await pass(minutes * 60_000 - 1);
    for (const lane of ['read', 'write'] as const)
      await expect(call(lane, null)).rejects.toThrow(BreakerOpen);
    await pass(1);
  }
  await expect(call('write', null)).resolves.toBeGreaterThan(0);
  await call('write', refused);
  await pass(119_999);
  await expect(call('write', null)).rejects.toMatchObject({ retryAfterMs: 1 });
});

test('[EH-CREDENTIALS] who waited while another was refused is not sent either', async () => {
  const { guard } = guardOnHand();
  const first = await guard.acquire('read');
  const second = guard.acquire('write');
  first.report(ehrFailure({ kind: 'auth', reason: 'bad-credentials', permissions: [] }), 1);
  await expect(second).rejects.toThrow(BreakerOpen);
});
