/** Gate and breaker among real processes, one of which is killed while it holds the only permit. */
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureFunctions } from '../src/function-loader.ts';
import { breakerSettings, createRedisPort, EhrLink, fromUrl, type RedisPort } from '../src/index.ts';
import { account, type CallProcess, leaseMs, startCaller } from './breaker-process.ts';

const settings = {
  ...breakerSettings,
  ...{ callsMin: 4, openMs: 300, openMsMax: 300, jitterPct: 0, probes: 1, gapMs: 20 },
};
let redis: RedisServer;
let port: RedisPort;
let link: EhrLink;
let callers: CallProcess[] = [];

beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  await ensureFunctions(port);
});
beforeEach(async () => {
  await redis.client().flushall();
  link = new EhrLink({ port, account, node: 'test', settings });
});
afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.kill()));
  callers = [];
});
afterAll(async () => {
  await port?.close();
  await redis?.stop();
});

const start = (outcome: 'ok' | 'failed' | 'hang', operation = 'GetPatient') => {
  const caller = startCaller({ url: redis.url, operation, outcome, settings });
  callers.push(caller);
  return caller;
};
const allCalls = () => callers.flatMap(({ calls }) => calls).sort((a, b) => a.at - b.at);

test('[EH-GATE] three processes together keep the gap, each of them gets its share', async () => {
  for (let n = 0; n < 3; n += 1) start('ok');
  await awaitUntil('each has called', () => callers.every(({ calls }) => calls.length >= 10), 30_000);
  const calls = allCalls();
  const gaps = calls.slice(1).map(({ at }, i) => at - (calls[i]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(settings.gapMs);
});

test('[I7] while it is open no call leaves any of three processes, and half open lets one through at a time', async () => {
  for (let n = 0; n < 3; n += 1) start('failed');
  const opened = async () => (await link.history(1_000)).filter(({ to }) => to === 'open').length;
  await awaitUntil('it has opened four times', async () => (await opened()) >= 4, 30_000);
  await Promise.all(callers.map((caller) => caller.kill()));
  const history = (await link.history(1_000)).toReversed();
  const calls = allCalls();
  expect(calls.length).toBeGreaterThan(settings.callsMin);
  for (const [i, { at, to }] of history.entries()) {
    if (to !== 'open') continue;
    const end = history[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    expect(calls.filter((call) => call.at > at && call.at < end)).toEqual([]);
  }
  const trials = calls.filter(({ state }) => state === 'half_open');
  expect(trials.length).toBeGreaterThan(0);
  expect(new Set(trials.map(({ gen }) => gen)).size).toBe(trials.length);
});

test('[I7] [EH-PERMIT] a prober that is killed in half-open gives its permit back, and another one closes the breaker', async () => {
  await link.force('reads', 'closed', { ttlMs: 0, why: 'start', by: 'test' });
  for (let n = 0; n < settings.callsMin; n += 1) {
    const permit = `p${n}`;
    const ask = {
      operation: `Failing${'x'.repeat(n)}`,
      lane: 'reads',
      kind: 'background',
      gapMs: 1,
    } as const;
    const reply = await link.take({ ...ask, permit, isLive: false, busyMs: 0, leaseMs });
    if (reply.status !== 'granted') throw new Error(reply.status);
    const { operation, lane } = ask;
    await link.end({ operation, lane, permit, gen: reply.gen, outcome: 'failed', tookMs: 1, deferMs: 0 });
  }
  expect((await link.read('reads')).state).toBe('open');
  const prober = start('hang');
  await awaitUntil('the prober holds the permit', () => prober.calls.length === 1, 30_000);
  expect(await link.read('reads')).toMatchObject({ state: 'half_open', permits: 1 });
  const heldFrom = prober.calls[0]?.at ?? 0;
  await prober.kill();
  const heir = start('ok', 'GetAppointments');
  await awaitUntil('it is closed', async () => (await link.read('reads')).state === 'closed', 30_000);
  expect(heir.calls[0]?.state).toBe('half_open');
  expect((heir.calls[0]?.at ?? 0) - heldFrom).toBeGreaterThanOrEqual(leaseMs);
  expect((await link.history(1))[0]).toMatchObject({ from: 'half_open', to: 'closed', why: 'recovered' });
});
