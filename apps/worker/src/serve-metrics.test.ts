import { expect, test } from 'vitest';
import { LinkMetrics } from './ehr-link/link-metrics.ts';
import { serveMetrics } from './serve-metrics.ts';

test('serves the figures at one path only, and nothing when not asked to', async () => {
  const metrics = new LinkMetrics();
  metrics.changed('writes', 'forced_open');
  metrics.guarded({ kind: 'granted', lane: 'reads', waitedMs: 500 });
  const listener = await serveMetrics('127.0.0.1:0', metrics.registry);
  const at = `http://127.0.0.1:${listener?.port}`;
  const text = await (await fetch(`${at}/metrics`)).text();
  expect(text).toContain('bolt_ehr_breaker_state{lane="writes",state="forced_open"} 1');
  expect(text).toContain('bolt_ehr_breaker_state{lane="writes",state="closed"} 0');
  expect(text).toContain('bolt_ehr_turns_total{lane="reads",outcome="granted"} 1');
  expect((await fetch(`${at}/`)).status).toBe(404);
  expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(404);
  await listener?.stop();
  expect(await serveMetrics(null, metrics.registry)).toBe(null);
});
