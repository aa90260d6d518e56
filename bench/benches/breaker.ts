import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRedisPort, EhrLink, ehrAccountName, ensureFunctions, fromUrl } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { alternate } from '../report/alternate.ts';
import type { Bench, BenchReport, BenchSetting } from '../report/bench-report.ts';
import { figure, ratios, spreadOf } from '../report/bench-report.ts';

const names = [
  'bare call',
  'cockatiel alone',
  'PING before',
  'gate and breaker',
  'gate and breaker, everysec',
  'gate and breaker, always',
  'SET before, always',
] as const;
type Name = (typeof names)[number];
const addedMsMax = 0.3;

/** The nearest EHR there can be: an answer of one line from this machine, so that what is added stands out. */
async function startEhr() {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/` };
}

async function call(url: string): Promise<void> {
  const response = await fetch(url);
  await response.text();
}

const ask = {
  lane: 'reads',
  kind: 'interactive',
  gapMs: 0,
  isLive: false,
  busyMs: 0,
  leaseMs: 50_000,
} as const;

/** As the worker does it: the turn is waited for, the report is not. Answers how often was asked, and the report. */
async function guardedCall(link: EhrLink, url: string): Promise<{ asked: number; report: Promise<unknown> }> {
  const permit = randomUUID();
  const wish = { ...ask, operation: 'GetPatient', permit };
  let reply = await link.take(wish);
  let asked = 1;
  for (; reply.status === 'wait'; asked += 1) reply = await link.take(wish);
  if (reply.status !== 'granted') throw new Error(`not granted: ${reply.status}`);
  await call(url);
  const { operation, lane } = wish;
  const done = { operation, lane, permit, gen: reply.gen, outcome: 'ok', tookMs: 1, deferMs: 0 } as const;
  return { asked, report: link.end(done) };
}

const middle = (took: readonly number[]) => spreadOf(took).median;

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  await using stack = new AsyncDisposableStack();
  const open = async (persist: 'none' | 'aof-everysec' | 'aof-always') => {
    const redis = stack.use(await startRedis({ persist }));
    const port = createRedisPort(fromUrl(redis.url), 'bench');
    await port.connect();
    stack.defer(() => port.close());
    await ensureFunctions(port);
    return { port, link: new EhrLink({ port, account: ehrAccountName('bench'), node: 'bench' }) };
  };
  const inMemory = await open('none');
  const flushed = await open('aof-everysec');
  const durable = await open('aof-always');
  const ehr = await startEhr();
  stack.defer(() => {
    ehr.server.closeAllConnections();
    ehr.server.close();
  });
  const local = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
  const reports: Promise<unknown>[] = [];
  let tripsWaitedFor = 0;
  let guardedCalls = 0;
  const guarded = async (link: EhrLink) => {
    const { asked, report } = await guardedCall(link, ehr.url);
    tripsWaitedFor += asked;
    guardedCalls += 1;
    reports.push(report);
  };
  const work: Record<Name, () => Promise<unknown>> = {
    'bare call': () => call(ehr.url),
    'cockatiel alone': () => local.execute(() => call(ehr.url)),
    'PING before': async () => {
      await inMemory.port.command('PING');
      await call(ehr.url);
    },
    'gate and breaker': () => guarded(inMemory.link),
    'gate and breaker, everysec': () => guarded(flushed.link),
    'gate and breaker, always': () => guarded(durable.link),
    'SET before, always': async () => {
      await durable.port.command('SET', 'peer', randomUUID());
      await call(ehr.url);
    },
  };
  const perRound = isQuick ? 300 : 1_500;
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of names) for (let i = 0; i < 100; i += 1) await work[name]();
  await Promise.all(reports.splice(0));
  // Call by call in turn: a disk or a machine that is slow for a while is so for everybody.
  for (let round = 1; round <= rounds; round += 1) {
    const each = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
    await alternate(perRound, names, async (name) => {
      const startedAt = performance.now();
      await work[name]();
      each[name].push(performance.now() - startedAt);
      // The vendor allows a few calls a second: a report is long done when the next call begins.
      await Promise.all(reports.splice(0));
    });
    for (const name of names) took[name].push(middle(each[name]));
    log(
      `breaker round ${round}: ${names.map((name) => `${name} ${middle(each[name]).toFixed(3)}`).join(', ')} ms`,
    );
  }
  const over = (name: Name, peer: Name) => took[name].map((ms, i) => ms - (took[peer][i] ?? Number.NaN));
  const added = (name: Name) => over(name, 'bare call');
  const most = { op: '<=', value: addedMsMax } as const;
  return {
    name: 'breaker',
    claim: 'Breaker and gate together add at most 0.3 ms and one round trip to a call of the EHR.',
    tables: [
      {
        title: `ms per call, median of ${perRound} calls one after another`,
        rows: names.map((name) => {
          const { median, min, max } = spreadOf(took[name]);
          return { call: name, 'ms p50': median, min, max };
        }),
      },
    ],
    figures: [
      figure('added by breaker and gate', 'ms', added('gate and breaker'), most),
      figure('added with appendfsync everysec', 'ms', added('gate and breaker, everysec'), most),
      figure(
        'added with appendfsync always beyond one durable round trip',
        'ms',
        over('gate and breaker, always', 'SET before, always'),
        most,
      ),
      figure('added beyond the round trip of a PING', 'ms', over('gate and breaker', 'PING before')),
      figure('added with appendfsync always, its fsync included', 'ms', added('gate and breaker, always')),
      figure('a turn / a PING', 'ratio', ratios(added('gate and breaker'), added('PING before'))),
      figure('added by a local breaker alone', 'ms', added('cockatiel alone')),
      figure('round trips waited for per EHR call', 'round trips', [tripsWaitedFor / guardedCalls], {
        op: '<=',
        value: 1,
      }),
    ],
    notes: [
      'The report after a call is sent and not waited for; it is done before the next call begins.',
      'A turn is a write. With appendfsync always any write waits for the disk: the round trip that the claim allows is then one with an fsync, and the bound is on what a turn takes beyond it.',
    ],
  };
}

export const breaker: Bench = { name: 'breaker', run };
