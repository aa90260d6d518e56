/** The shared guard against a link that answers as told: what it does with each answer, and while Redis is away. */
import {
  BreakerOpen,
  type CallClock,
  createCallGaps,
  ehrFailure,
  GateFull,
  type TebraOperation,
} from '@workflow-bolt/ehr';
import type { EhrLink, TurnAsk, TurnReport } from '@workflow-bolt/store';
import { expect, test } from 'vitest';
import { type GuardEvent, SharedGuard } from './shared-guard.ts';

type Reply = Awaited<ReturnType<EhrLink['take']>>;
const granted: Reply = { status: 'granted', gen: 3, now: 1, state: 'closed' };
const away = new Error('redis is away');

/** Each answer is used once, the last one for ever; `slowMs` is how long an answer takes. */
function guardWith(
  answers: (Reply | Error)[],
  { slowMs = [] as number[], shut = null as 'forced_open' | null } = {},
) {
  let now = 0;
  const clock: CallClock = {
    now: () => now,
    random: () => 0,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const asked: TurnAsk[] = [];
  const told: TurnReport[] = [];
  const left: string[] = [];
  const events: GuardEvent['kind'][] = [];
  const link: Pick<EhrLink, 'take' | 'end' | 'leave'> = {
    async take(ask) {
      asked.push(ask);
      now += slowMs.shift() ?? 1;
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (!next || next instanceof Error) throw next ?? away;
      return next;
    },
    async end(report) {
      told.push(report);
      return { status: 'noted', state: 'closed', gen: 3, calls: 1, failed: 0, slow: 0, now };
    },
    async leave(_operation, permit) {
      left.push(permit);
    },
  };
  const denies = () => (shut ? { state: shut, retryMs: 1_000 } : null);
  const watch = { denies, note: () => undefined };
  const onEvent = ({ kind }: GuardEvent) => events.push(kind);
  const shared = new SharedGuard({ link, watch, gaps: createCallGaps(), callMsMax: 45_000, clock, onEvent });
  const acquire = (operation: TebraOperation = 'GetPatient', signal?: AbortSignal) =>
    shared.for('interactive').acquire(operation, signal);
  return { shared, acquire, asked, told, left, events, now: () => now };
}

test('waits as long as told and asks again with the same permit; the report carries the generation', async () => {
  const { acquire, asked, told, events, now } = guardWith([
    { status: 'wait', ms: 700, now: 1, ahead: 1 },
    granted,
  ]);
  const permit = await acquire();
  expect(now()).toBe(702);
  expect(new Set(asked.map((ask) => ask.permit)).size).toBe(1);
  expect(asked[0]).toMatchObject({
    kind: 'interactive',
    lane: 'reads',
    gapMs: 500,
    isLive: false,
    busyMs: 0,
  });
  permit.report(null, 40);
  expect(told).toMatchObject([{ permit: asked[0]?.permit, gen: 3, outcome: 'ok', tookMs: 40, deferMs: 0 }]);
  expect(events).toEqual(['granted']);
});

test('a throttled call defers everybody and says nothing of health; writes have a lane of their own', async () => {
  const { acquire, told } = guardWith([granted]);
  const permit = await acquire('UpdateAppointment');
  permit.report(ehrFailure({ kind: 'throttled', endpoint: null, intervalMs: 4_000 }), 20);
  expect(told).toMatchObject([{ lane: 'writes', outcome: 'ignored', deferMs: 4_000 }]);
});

test('[I7] [EH-LATE] a turn that arrives late is given back, not used', async () => {
  const { acquire, asked, told, events } = guardWith([granted], { slowMs: [151, 1] });
  await acquire();
  expect(asked).toHaveLength(2);
  expect(told).toMatchObject([{ permit: asked[0]?.permit, outcome: 'ignored' }]);
  expect(events).toEqual(['late', 'granted']);
});

test('[I7] a denial is an open breaker, a full line a full gate, and nothing is called', async () => {
  const denied = guardWith([{ status: 'denied', state: 'open', retryMs: 900, now: 1 }]);
  await expect(denied.acquire()).rejects.toMatchObject({ name: 'BreakerOpen', retryAfterMs: 900 });
  await expect(guardWith([{ status: 'full', now: 1 }]).acquire()).rejects.toThrow(GateFull);
  expect(denied.events).toEqual(['denied']);
});

test('who gives up while waiting leaves the line', async () => {
  const leaving = new AbortController();
  const { acquire, asked, left } = guardWith([{ status: 'wait', ms: 10, now: 1, ahead: 0 }]);
  const waiting = acquire('GetPatient', leaving.signal);
  leaving.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect(left).toEqual([asked[0]?.permit]);
});

test('[I7] [EH-ALONE] without Redis: alone, three gaps apart from the first call on, and afterwards a gap is left to the others', async () => {
  const { acquire, asked, told, events, now } = guardWith([away, away, granted]);
  (await acquire()).report(null, 1);
  const first = now();
  expect(first).toBeGreaterThanOrEqual(1_500);
  (await acquire()).report(null, 1);
  expect(now() - first).toBeGreaterThanOrEqual(1_500);
  await acquire();
  expect(asked.at(-1)?.busyMs).toBeGreaterThan(400);
  expect(told).toEqual([]);
  expect(events).toEqual(['away', 'away', 'granted']);
});

test('[I7] [EH-ALONE] a loss of Redis opens no door that was known to be shut', async () => {
  const { acquire, events } = guardWith([away], { shut: 'forced_open' });
  await expect(acquire()).rejects.toThrow(BreakerOpen);
  expect(events).toEqual(['away', 'denied']);
});
