/** Each thing the breaker is said to do, seen for itself, in virtual time. The model test has all of them together. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BreakerSettings, EhrLink, type TurnReport } from '../src/index.ts';
import { startVirtualBreaker, type VirtualBreaker, virtualAccount } from './virtual-breaker.ts';

const settings: BreakerSettings = {
  ...{ countMax: 6, windowMs: 20_000, callsMin: 4, failPct: 50, slowPct: 75, slowMs: 2_000, probes: 2 },
  ...{ openMs: 1_000, openMsMax: 5_000, jitterPct: 20, credentialsMs: 8_000, credentialsMsMax: 20_000 },
};
const leaseMs = 4_000;
type Lane = 'reads' | 'writes';
type Outcome = TurnReport['outcome'];

let breaker: VirtualBreaker;
let links: Record<'a' | 'b', EhrLink>;
let now = 0;
let permits = 0;
beforeAll(async () => {
  breaker = await startVirtualBreaker();
  const link = (node: string) => new EhrLink({ port: breaker.port, account: virtualAccount, node, settings });
  links = { a: link('worker-a'), b: link('worker-b') };
});
afterAll(() => breaker?.[Symbol.asyncDispose]());
beforeEach(async () => {
  now = 1_000_000_000_000;
  breaker.draw.value = 500_000;
  await breaker.begin(now);
});

async function pass(ms: number): Promise<void> {
  now += ms;
  await breaker.setNow(now);
}

/** Asks for a turn of an operation that nobody else calls, so that the gate has no say. */
function ask(lane: Lane, node: 'a' | 'b' = 'a') {
  permits += 1;
  const operation = `Call${'x'.repeat(permits % 50)}`;
  const turn = { operation, lane, permit: `p${permits}`, kind: 'background', gapMs: 1 } as const;
  return { turn, reply: links[node].take({ ...turn, isLive: false, busyMs: 0, leaseMs }) };
}

async function granted(lane: Lane, node: 'a' | 'b' = 'a') {
  const { turn, reply } = ask(lane, node);
  const answer = await reply;
  if (answer.status !== 'granted') throw new Error(`not granted: ${answer.status}`);
  const { operation, permit } = turn;
  return {
    end: (outcome: Outcome, tookMs = 10) =>
      links[node].end({ operation, lane, permit, gen: answer.gen, outcome, tookMs, deferMs: 0 }),
  };
}

/** Calls one after another, a little apart. */
async function calls(
  lane: Lane,
  outcomes: readonly Outcome[],
  more: { tookMs?: number; node?: 'a' | 'b' } = {},
) {
  for (const outcome of outcomes) {
    await (await granted(lane, more.node)).end(outcome, more.tookMs);
    await pass(2);
  }
}
const many = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);
const state = async (lane: Lane = 'reads') => (await links.b.read(lane)).state;
const pauseMs = async (lane: Lane = 'reads') => ((await links.b.read(lane)).till ?? 0) - now;

describe('[I7] [EH-BREAKER] when it opens', () => {
  test('not by fewer calls than the least, however they end', async () => {
    await calls('reads', many(3, 'failed'));
    expect(await state()).toBe('closed');
    await calls('reads', ['failed']);
    expect(await links.b.read('reads')).toMatchObject({ state: 'open', why: 'failures' });
  });

  test('by the share of the newest calls: older ones than the window counts are forgotten', async () => {
    await calls('reads', ['failed', ...many(5, 'ok')]);
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 6, failed: 1 });
    await calls('reads', ['ok']);
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 6, failed: 0 });
    await calls('reads', many(2, 'failed'));
    expect(await state()).toBe('closed');
    await calls('reads', ['failed']);
    expect(await state()).toBe('open');
  });

  test('by what is recent: calls longer ago than the window are forgotten', async () => {
    await calls('reads', many(3, 'failed'));
    await pass(settings.windowMs);
    await calls('reads', many(3, 'failed'));
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 3 });
    await calls('reads', ['failed']);
    expect(await state()).toBe('open');
  });

  test('by slow answers alone, at their own share and from their own length on', async () => {
    await calls('reads', many(6, 'ok'), { tookMs: settings.slowMs - 1 });
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', slow: 0 });
    await calls('reads', many(4, 'ok'), { tookMs: settings.slowMs });
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 6, slow: 4 });
    await calls('reads', ['ok'], { tookMs: settings.slowMs });
    expect(await links.b.read('reads')).toMatchObject({ state: 'open', why: 'slow' });
  });

  test('not by what says nothing of the EHR', async () => {
    await calls('reads', many(10, 'ignored'));
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 0 });
  });

  test('reads and writes each for themselves', async () => {
    await calls('writes', many(4, 'failed'));
    expect([await state('writes'), await state('reads')]).toEqual(['open', 'closed']);
    expect(await ask('writes').reply).toMatchObject({ status: 'denied', state: 'open' });
    await granted('reads');
  });

  test('[EH-SICK] not by one process while another is served; by both, or by one that nobody contradicts', async () => {
    await calls('reads', many(3, 'failed'), { node: 'a' });
    await calls('reads', ['ok'], { node: 'b' });
    await calls('reads', many(2, 'failed'), { node: 'a' });
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 6, failed: 5 });
    await calls('reads', ['failed'], { node: 'b' });
    expect(await state()).toBe('open');
  });
});

describe('[I7] [EH-BREAKER] how long it stays open', () => {
  test.each([
    ['shortest', 0, 0.8],
    ['middle', 500_000, 1],
    ['longest', 999_999, 1.2],
  ])('a pause is drawn from a fifth on either side: the %s', async (_, draw, share) => {
    breaker.draw.value = draw;
    await calls('reads', many(4, 'failed'));
    expect(Math.abs((await pauseMs()) + 2 - settings.openMs * share)).toBeLessThanOrEqual(1);
  });

  test('each further failure doubles it, up to the longest; a recovery forgets them', async () => {
    const pauses: number[] = [];
    await calls('reads', many(4, 'failed'));
    for (let n = 0; n < 5; n += 1) {
      pauses.push((await pauseMs()) + 2);
      await pass(await pauseMs());
      await calls('reads', ['failed']);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    await pass(await pauseMs());
    await calls('reads', ['ok', 'ok']);
    expect(await state()).toBe('closed');
    await calls('reads', many(4, 'failed'));
    expect((await pauseMs()) + 2).toBe(1_000);
  });
});

describe('[I7] [EH-PERMIT] how it tries again', () => {
  const untilHalfOpen = async () => {
    await calls('reads', many(4, 'failed'));
    await pass(1_000);
  };

  test('so many calls at once and no more; as many successes close it', async () => {
    await untilHalfOpen();
    const [first, second] = [await granted('reads'), await granted('reads', 'b')];
    expect(await ask('reads').reply).toMatchObject({
      status: 'denied',
      state: 'half_open',
      retryMs: leaseMs,
    });
    await first.end('ok');
    expect(await state()).toBe('half_open');
    await second.end('ok');
    expect(await state()).toBe('closed');
  });

  test('one failure opens it, and so does a slow answer', async () => {
    await untilHalfOpen();
    await (await granted('reads')).end('failed');
    expect(await state()).toBe('open');
    await pass(2_000);
    await (await granted('reads')).end('ok', settings.slowMs);
    expect(await links.b.read('reads')).toMatchObject({ state: 'open', why: 'slow' });
  });

  test('a permit is a lease: who dies gives it back, and what he says afterwards does not count', async () => {
    await untilHalfOpen();
    const [dead, slow] = [await granted('reads'), await granted('reads')];
    await pass(leaseMs - 1);
    expect(await ask('reads').reply).toMatchObject({ status: 'denied', retryMs: 1 });
    await pass(1);
    const heir = await granted('reads', 'b');
    expect(await dead.end('failed')).toMatchObject({ status: 'late', state: 'half_open' });
    await heir.end('ok');
    expect(await slow.end('ok')).toMatchObject({ status: 'late' });
    await (await granted('reads')).end('ok');
    expect(await state()).toBe('closed');
  });

  test('what was sent before it opened does not count afterwards', async () => {
    const early = await granted('reads');
    await untilHalfOpen();
    expect(await early.end('ok')).toMatchObject({ status: 'late' });
    await granted('reads');
    expect(await early.end('failed')).toMatchObject({ status: 'late', state: 'half_open' });
  });
});

describe('[I7] [EH-CREDENTIALS] refused credentials', () => {
  test('stop both lanes at the first answer, for longer each time, up to a limit', async () => {
    await calls('writes', ['credentials']);
    const pauses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      expect(await links.b.read('reads')).toMatchObject({ state: 'open', why: 'credentials' });
      expect(await links.b.read('writes')).toMatchObject({ state: 'open', why: 'credentials' });
      pauses.push((await pauseMs('writes')) + 2);
      await pass(await pauseMs('writes'));
      await calls('writes', ['credentials']);
    }
    expect(pauses).toEqual([8_000, 16_000, 20_000, 20_000]);
  });
});

describe('[I7] [EH-FORCE] a person’s hand', () => {
  const by = { why: 'planned-maintenance', by: 'u-7' };

  test('holds it open although all is well, closed although nothing is, until lifted or its time is over', async () => {
    await links.a.force('reads', 'forced_open', { ttlMs: 0, ...by });
    await pass(86_400_000);
    expect(await ask('reads', 'b').reply).toMatchObject({ status: 'denied', state: 'forced_open' });
    await granted('writes');
    await links.a.force('reads', 'forced_closed', { ttlMs: 5_000, ...by });
    await calls('reads', many(8, 'failed'), { node: 'b' });
    expect(await state()).toBe('forced_closed');
    await pass(5_000);
    await calls('reads', many(4, 'failed'));
    expect(await state()).toBe('open');
    await links.a.force('reads', 'closed', { ttlMs: 0, ...by });
    expect(await links.b.read('reads')).toMatchObject({ state: 'closed', calls: 0 });
  });

  test('is on the record with who and why, between what happened by itself', async () => {
    await calls('reads', many(4, 'failed'));
    const openedAt = now - 2;
    await links.a.force('reads', 'forced_open', { ttlMs: 60_000, ...by });
    expect(await links.b.history(10)).toEqual([
      { at: now, lane: 'reads', from: 'open', to: 'forced_open', ...by, till: now + 60_000 },
      {
        at: openedAt,
        lane: 'reads',
        from: 'closed',
        to: 'open',
        why: 'failures',
        by: '',
        till: openedAt + 1_000,
      },
    ]);
  });

  test('refused credentials do not open what a person holds closed', async () => {
    await links.a.force('reads', 'forced_closed', { ttlMs: 0, ...by });
    await calls('writes', ['credentials']);
    expect([await state('reads'), await state('writes')]).toEqual(['forced_closed', 'open']);
  });
});

test('[EH-FAIR] a line full of timers turns nobody away whom a person waits for', async () => {
  const link = new EhrLink({
    port: breaker.port,
    account: virtualAccount,
    node: 'a',
    settings,
    waitersMax: 8,
  });
  const take = async (kind: 'interactive' | 'background') => {
    permits += 1;
    const asked = {
      operation: 'GetPatient',
      lane: 'reads',
      permit: `p${permits}`,
      kind,
      gapMs: 500,
    } as const;
    return (await link.take({ ...asked, isLive: false, busyMs: 0, leaseMs })).status;
  };
  const told: string[] = [];
  for (let n = 0; n < 8; n += 1) told.push(await take('background'));
  expect(told).toEqual(['granted', ...many(6, 'ok').map(() => 'wait'), 'full']);
  expect([await take('interactive'), await take('interactive')]).toEqual(['wait', 'wait']);
  expect([await take('interactive'), await take('background')]).toEqual(['full', 'full']);
});
