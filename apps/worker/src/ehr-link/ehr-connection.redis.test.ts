/** An outage from its first failed call to its recovery, with the simulator as the EHR: nobody but the probe asks. */
import { type BreakerState, readConfig, workerOptions } from '@workflow-bolt/contracts';
import { createCallGaps, type EhrCallRecord, OPERATION_NAMES } from '@workflow-bolt/ehr';
import { startEhrSimulator } from '@workflow-bolt/ehr-simulator';
import { breakerSettings, createRedisPort, ensureFunctions, fromUrl } from '@workflow-bolt/store';
import { awaitUntil, startRedis } from '@workflow-bolt/testkit';
import { expect, test } from 'vitest';
import { tebraAccount } from './ehr-account.ts';
import { EhrConnection } from './ehr-connection.ts';

const settings = { ...breakerSettings, callsMin: 3, openMs: 3_000, openMsMax: 3_000, jitterPct: 0 };
const outage = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

async function startLink(more: { password?: string; settings?: Partial<typeof settings> } = {}) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const simulator = await startEhrSimulator({
    ...{ seed: 3, date: '2026-03-02', zone: 'America/Chicago', appointments: 3 },
    config: { throttle: { enabled: false, gapsMs: {} } },
  });
  stack.defer(() => simulator.stop());
  const port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  await ensureFunctions(port);
  stack.defer(() => port.close());
  const config = readConfig(workerOptions, {
    ...{ REDIS_URL: redis.url, BOLT_CLINICS_FILE: 'none', BOLT_EHR_URL: simulator.url },
    BOLT_EHR_CUSTOMER_KEY: simulator.credentials.customerKey,
    BOLT_EHR_USER: simulator.credentials.user,
    BOLT_EHR_PASSWORD: simulator.credentials.password,
  });
  const gaps = createCallGaps(0);
  gaps.useThrottles(OPERATION_NAMES.map((endpoint) => ({ endpoint, minGapMs: 1 })));
  const turns: BreakerState[] = [];
  const calls: EhrCallRecord[] = [];
  const connect = (node: string, password: string) => {
    const link = new EhrConnection({
      account: tebraAccount({ ...config, ehrPassword: password }, gaps),
      ...{ port, node, settings: { ...settings, ...more.settings }, now: Date.now, writesIdleMs: 500 },
      onCall: (record) => calls.push(record),
      onChange: (lane, _from, { state }) => {
        if (lane === 'reads') turns.push(state);
      },
    });
    stack.defer(() => link.stop());
    return link;
  };
  const link = connect('worker-1', more.password ?? simulator.credentials.password);
  return { stack, simulator, link, turns, calls, connect };
}

test('[I7] [EH-PROBE] the EHR goes away and comes back: opened by failures, closed by the probe, without any job', async () => {
  const { stack, simulator, link, turns, calls } = await startLink();
  await using _ = stack;
  await link.start({ isProbing: true });
  expect(await link.background.practices()).toMatchObject({ ok: true });
  simulator.configure({ network: { outage } });
  const failing = Promise.all([link.background.patient('1'), link.interactive.patient('2')]);
  await awaitUntil('it is open', () => link.breaker('reads').state === 'open', 10_000);
  const sent = calls.length;
  expect(await link.interactive.patient('3')).toMatchObject({
    failure: { kind: 'not-sent', reason: 'breaker', reads: 'wait' },
  });
  expect(calls).toHaveLength(sent);
  expect((await failing).map(({ ok }) => ok)).toEqual([false, false]);
  simulator.configure({ network: { outage: null } });
  await awaitUntil('it is closed', () => link.breaker('reads').state === 'closed', 20_000);
  expect(turns[0]).toBe('open');
  expect(turns.at(-1)).toBe('closed');
  const text = await link.metrics.registry.metrics();
  expect(text).toContain('bolt_ehr_breaker_state{lane="reads",state="closed"} 1');
  expect(text).toMatch(/bolt_ehr_turns_total\{lane="reads",outcome="denied"\} \d/);
});

test('[EH-CREDENTIALS] refused credentials stop both lanes at the first answer', async () => {
  const { stack, link, calls } = await startLink({ password: 'wrong' });
  await using _ = stack;
  await link.start({ isProbing: false });
  expect(await link.background.practices()).toMatchObject({ failure: { kind: 'auth' } });
  await awaitUntil('both are open', () => link.breaker('writes').state === 'open', 10_000);
  expect(link.breaker('reads')).toMatchObject({ state: 'open', why: 'credentials' });
  expect(calls).toHaveLength(1);
});

test('[EH-PROBE] [EH-CREDENTIALS] once the password is right again both lanes recover, though nobody has anything to write', async () => {
  const { stack, simulator, link, connect, calls } = await startLink({
    ...{ password: 'wrong', settings: { credentialsMs: 1_000, credentialsMsMax: 1_000 } },
  });
  await using _ = stack;
  await link.start({ isProbing: false });
  expect(await link.background.practices()).toMatchObject({ failure: { kind: 'auth' } });
  await awaitUntil('both are open', () => link.breaker('writes').state === 'open', 10_000);
  const heir = connect('worker-2', simulator.credentials.password);
  await heir.start({ isProbing: true });
  await awaitUntil(
    'both are closed',
    () => heir.breaker('reads').state === 'closed' && heir.breaker('writes').why === 'recovered',
    30_000,
  );
  expect(heir.breaker('writes').state).toBe('closed');
  expect(new Set(calls.map(({ operation }) => operation))).toEqual(new Set(['GetPractices']));
});
