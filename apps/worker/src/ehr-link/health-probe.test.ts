import type { Breaker, BreakerState } from '@workflow-bolt/contracts';
import { ehrFailed, ehrOk } from '@workflow-bolt/ehr';
import { expect, test } from 'vitest';
import { HealthProbe, isWritesTrialDue, writesIdleMs } from './health-probe.ts';
import { LinkWatch } from './link-watch.ts';

/** A breaker that closes after so many good calls. */
function breakerThat({ starts, closesAfter }: { starts: BreakerState; closesAfter: number }, isUp = true) {
  let state = starts;
  let calls = 0;
  const probe = new HealthProbe({
    state: () => state,
    refresh: async () => {
      if (calls >= closesAfter) state = 'closed';
    },
    call: async () => {
      calls += 1;
      return isUp ? ehrOk([]) : ehrFailed({ kind: 'transport', reason: 'refused', code: null });
    },
  });
  return { probe, calls: () => calls };
}

test.each(['closed', 'open', 'forced_open', 'forced_closed'] as const)(
  '[EH-PROBE] asks nothing while it is %s',
  async (starts) => {
    const { probe, calls } = breakerThat({ starts, closesAfter: 1 });
    await probe.probe();
    expect(calls()).toBe(0);
  },
);

test('[EH-PROBE] half open it calls until it is closed, once when the call fails, and a bounded number at most', async () => {
  for (const [closesAfter, isUp, wanted] of [
    [2, true, 2],
    [2, false, 1],
    [99, true, 5],
  ] as const) {
    const { probe, calls } = breakerThat({ starts: 'half_open', closesAfter }, isUp);
    await probe.probe();
    expect(calls()).toBe(wanted);
  }
});

const held: Breaker = {
  ...{ lane: 'reads', state: 'open', since: 900, till: 5_000, why: 'failures', by: '' },
  ...{ opens: 1, permits: 0, calls: 0, failed: 0, slow: 0 },
};

const closed: Breaker = { ...held, state: 'closed', till: null };
const waiting: Breaker = { ...held, lane: 'writes', state: 'half_open', till: 5_000 };
const due = 5_000 + writesIdleMs;

test.each<[string, Partial<Record<'reads' | 'writes', Partial<Breaker>>>, number, boolean]>([
  ['nobody has tried it since its pause ended', {}, due, true],
  ['a write may still come', {}, due - 1, false],
  ['one has it in hand', { writes: { permits: 1 } }, due, false],
  ['one was tried and gave up', { writes: { since: 5_000, till: null } }, due, true],
  ['reads are held closed', { reads: { state: 'forced_closed' } }, due, true],
  ['reads fail themselves', { reads: { state: 'half_open' } }, due, false],
  ['reads are held open', { reads: { state: 'forced_open' } }, due, false],
  ['it is open', { writes: { state: 'open' } }, due, false],
  ['a person holds it', { writes: { state: 'forced_open' } }, due, false],
  ['it is closed', { writes: { state: 'closed' } }, due, false],
])('[EH-PROBE] whether the writing lane is tried with a read when %s', (_what, more, now, wanted) => {
  const reads = { ...closed, ...more.reads };
  expect(isWritesTrialDue({ reads, writes: { ...waiting, ...more.writes } }, { now })).toBe(wanted);
});

test('[EH-PROBE] once begun a trial goes on until it is closed, and without a cause none begins', async () => {
  let calls = 0;
  let isDue = true;
  const probe = new HealthProbe({
    state: () => (calls < 2 ? 'half_open' : 'closed'),
    // The first permit makes it a lane that somebody tries.
    isDue: () => isDue && calls === 0,
    refresh: async () => undefined,
    call: async () => {
      calls += 1;
      return ehrOk([]);
    },
  });
  await probe.probe();
  expect(calls).toBe(2);
  calls = 0;
  isDue = false;
  await probe.probe();
  expect(calls).toBe(0);
});

test('[EH-ALONE] what was last known of a breaker denies until its end, also when nobody can be asked any more', async () => {
  let now = 1_000;
  let reads: Breaker | null = held;
  const turned: string[] = [];
  const watch = new LinkWatch({
    link: {
      read: async (lane) => {
        if (!reads) throw new Error('away');
        return lane === 'reads' ? reads : { ...held, lane, state: 'forced_open', till: null };
      },
      watch: async () => undefined,
      announce: async () => undefined,
    },
    port: { onReady: () => () => undefined },
    now: () => now,
    onChange: (lane, from, to) => turned.push(`${lane} ${from} ${to.state}`),
  });
  expect(watch.denies('reads')).toBe(null);
  expect(watch.isCurrent).toBe(false);
  await watch.refresh();
  expect(watch.isCurrent).toBe(true);
  reads = null;
  await watch.refresh();
  expect(watch.isCurrent).toBe(false);
  expect(watch.denies('reads')).toEqual({ state: 'open', retryMs: 4_000 });
  now = 5_000;
  expect(watch.denies('reads')).toBe(null);
  expect(watch.denies('writes')).toMatchObject({ state: 'forced_open' });
  expect(turned).toEqual(['reads closed open', 'writes closed forced_open']);
});
