import { describe, expect, test } from 'vitest';
import type { CallClock } from './call-clock.ts';
import { createRateGate, GateFull } from './rate-gate.ts';
import { createCallGaps, GAP_MARGIN_MS } from './tebra/call-gaps.ts';

/** A clock that is advanced by hand; sleepers wake in order. */
function handClock() {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const clock: CallClock = {
    now: () => now,
    random: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        sleepers.push({ at: now + ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    async advanceTo(at: number) {
      await settle();
      for (
        let due = sleepers.filter((one) => one.at <= at);
        due.length > 0;
        due = sleepers.filter((one) => one.at <= at)
      ) {
        const next = due.reduce((first, one) => (one.at < first.at ? one : first));
        sleepers.splice(sleepers.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = at;
    },
  };
}

type Before = 'unknown' | 'idle';

function pacing(options: { before?: Before; waitersMax?: number } = {}) {
  const { clock, advanceTo } = handClock();
  const gate = createRateGate<'a' | 'b'>({
    gapMs: (operation) => (operation === 'a' ? 1_000 : 300),
    clock,
    before: 'idle',
    ...options,
  });
  const turns: string[] = [];
  const call = (operation: 'a' | 'b', name: string, signal?: AbortSignal) =>
    gate.acquire(operation, signal).then(
      () => turns.push(`${name}@${clock.now()}`),
      (error: unknown) => turns.push(`${name}:${(error as Error).name}`),
    );
  return { gate, call, turns, advanceTo };
}

describe('one call per gap and operation', () => {
  test('callers go in order, each a full gap after the one before', async () => {
    const { call, turns, advanceTo } = pacing();
    for (const name of ['one', 'two', 'three']) call('a', name);
    await advanceTo(5_000);
    expect(turns).toEqual(['one@0', 'two@1000', 'three@2000']);
  });

  test('operations do not wait for each other', async () => {
    const { call, turns, advanceTo } = pacing();
    call('a', 'a1');
    call('a', 'a2');
    call('b', 'b1');
    call('b', 'b2');
    await advanceTo(5_000);
    expect(turns).toEqual(['a1@0', 'b1@0', 'b2@300', 'a2@1000']);
  });

  test('after a restart the first call waits one gap, because nobody knows what came before', async () => {
    const { call, turns, advanceTo } = pacing({ before: 'unknown' });
    call('b', 'first');
    await advanceTo(299);
    expect(turns).toEqual([]);
    await advanceTo(300);
    expect(turns).toEqual(['first@300']);
  });

  test('a caller who leaves the line costs nobody a turn', async () => {
    const { call, turns, advanceTo } = pacing();
    const leaving = new AbortController();
    call('a', 'one');
    call('a', 'two', leaving.signal);
    call('a', 'three', leaving.signal);
    call('a', 'four');
    await advanceTo(500);
    leaving.abort();
    await advanceTo(5_000);
    expect(turns).toEqual(['one@0', 'two:AbortError', 'three:AbortError', 'four@1000']);
  });

  test('a refused call holds everybody back, those already waiting too', async () => {
    const { gate, call, turns, advanceTo } = pacing();
    call('a', 'one');
    call('a', 'two');
    await advanceTo(600);
    gate.defer('a', 2_000);
    await advanceTo(9_000);
    expect(turns).toEqual(['one@0', 'two@2600']);
  });

  test('the line has an end', async () => {
    const { call, turns, advanceTo } = pacing({ waitersMax: 2 });
    for (const name of ['one', 'two', 'three', 'four']) call('a', name);
    await advanceTo(9_000);
    expect(turns).toEqual(['three:GateFull', 'four:GateFull', 'one@0', 'two@1000']);
    expect(new GateFull('x').name).toBe('GateFull');
  });
});

describe('gaps', () => {
  test('the published ones with a margin', () => {
    const gaps = createCallGaps();
    expect(gaps.gapMs('GetAppointments')).toBe(1_000 + GAP_MARGIN_MS);
    expect(gaps.gapMs('GetAppointment')).toBe(750);
    expect(gaps.gapMs('GetPatient')).toBe(500);
    expect(gaps.gapMs('GetThrottles')).toBe(5_250);
  });

  test('live values replace them; absurd and foreign ones do not', () => {
    const gaps = createCallGaps();
    gaps.useThrottles([
      { endpoint: 'getappointments', minGapMs: 2_000 },
      { endpoint: 'GetPatient', minGapMs: 0 },
      { endpoint: 'GetProviders', minGapMs: 86_400_000 },
      { endpoint: 'CreatePatient', minGapMs: 9 },
    ]);
    expect(gaps.gapMs('GetAppointments')).toBe(2_250);
    expect(gaps.gapMs('GetPatient')).toBe(500);
    expect(gaps.gapMs('GetProviders')).toBe(750);
    expect(['GetAppointments', 'GetPatient'].map((name) => gaps.isLive(name as 'GetPatient'))).toEqual([
      true,
      false,
    ]);
  });
});
