import { expect, test } from 'vitest';
import { LinkMetrics } from './ehr-link/link-metrics.ts';
import { serveMetrics } from './serve-metrics.ts';
import { WorkerMetrics } from './worker-metrics.ts';

test('serves the figures at one path only, and nothing when not asked to', async () => {
  const metrics = new LinkMetrics();
  const own = new WorkerMetrics({
    lag: () => ({ jobs: 3, jobsMs: 8_400 }),
    record: () => ({ lastGoodAt: 1_773_151_200_000, lastFailedAt: null }),
    backlog: () => ({ waiting: 2, failed: 1, conflict: 0, oldestAt: null }),
    rosters: () =>
      new Map([
        ['oak', null],
        ['elm', Date.now() + 60_000],
      ]),
  });
  metrics.changed('writes', 'forced_open');
  metrics.guarded({ kind: 'granted', lane: 'reads', waitedMs: 500 });
  const listener = await serveMetrics('127.0.0.1:0', [metrics.registry, own.registry]);
  const at = `http://127.0.0.1:${listener?.port}`;
  const text = await (await fetch(`${at}/metrics`)).text();
  expect(text).toContain('bolt_ehr_breaker_state{lane="writes",state="forced_open"} 1');
  expect(text).toContain('bolt_ehr_breaker_state{lane="writes",state="closed"} 0');
  expect(text).toContain('bolt_ehr_turns_total{lane="reads",outcome="granted"} 1');
  expect(text).toContain('bolt_jobs_waiting 3\n');
  expect(text).toContain('bolt_jobs_oldest_seconds 8.4\n');
  expect(text).toContain('bolt_record_sealed_timestamp_seconds 1773151200\n');
  expect(text).toContain('bolt_write_back_visits{state="waiting"} 2\n');
  expect(text).toContain('bolt_write_back_oldest_seconds 0\n');
  expect(text).toContain('bolt_downtime_roster_age_seconds{clinic="oak"} +Inf\n');
  expect(text).toContain('bolt_downtime_roster_age_seconds{clinic="elm"} 0\n');
  expect((await fetch(`${at}/`)).status).toBe(404);
  expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(404);
  await listener?.stop();
  expect(await serveMetrics(null, [metrics.registry])).toBe(null);
});
