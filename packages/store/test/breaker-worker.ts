/**
 * A process of its own that calls "the EHR" as fast as gate and breaker allow: it writes one line per call to its
 * standard output. Arguments: Redis address, operation, outcome (ok, failed, hang), settings as JSON.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BreakerSettings, createRedisPort, EhrLink, fromUrl } from '../src/index.ts';
import { account, leaseMs } from './breaker-process.ts';

const [url = '', operation = '', outcome = 'ok', text = '{}'] = process.argv.slice(2);
const { gapMs, ...settings } = JSON.parse(text) as BreakerSettings & { gapMs: number };
const port = createRedisPort(fromUrl(url), `call-${process.pid}`);
await port.connect();
const link = new EhrLink({ port, account, node: `node-${process.pid}`, settings });
const ask = {
  operation,
  lane: 'reads',
  kind: 'background',
  gapMs,
  isLive: false,
  busyMs: 0,
  leaseMs,
} as const;

for (;;) {
  const permit = randomUUID();
  let reply = await link.take({ ...ask, permit });
  while (reply.status === 'wait') {
    await sleep(reply.ms);
    reply = await link.take({ ...ask, permit });
  }
  if (reply.status === 'denied') await sleep(Math.min(reply.retryMs, 20));
  if (reply.status !== 'granted') continue;
  const { gen, now: at, state } = reply;
  process.stdout.write(`${JSON.stringify({ at, state, gen, pid: process.pid })}\n`);
  if (outcome === 'hang') await sleep(600_000);
  const verdict = outcome === 'ok' ? 'ok' : 'failed';
  await link.end({ operation, lane: 'reads', permit, gen, outcome: verdict, tookMs: 1, deferMs: 0 });
}
