/** The tables that operators need: job queues with their payloads, and the metrics of servers and workers. */
import {
  asyncApiMessages,
  beatsKey,
  personDetailsQueue,
  queuePrefix,
  reconcileQueue,
  retentionQueue,
  scheduleSyncQueue,
} from '@workflow-bolt/contracts';
import { z } from 'zod';
import { ServerMetrics } from '../apps/server/src/operations/server-metrics.ts';
import { LinkMetrics } from '../apps/worker/src/ehr-link/link-metrics.ts';
import { WorkerMetrics } from '../apps/worker/src/worker-metrics.ts';
import type { GeneratedFile } from './generated-files.ts';
import { generatedPage, markdownTable, tablesDir } from './markdown-table.ts';

/** `isOwn` is false for what the metrics library measures of the process itself; that differs between platforms. */
export type MetricRow = { name: string; type: string; help: string; isOwn: boolean };

const ofTheProcess = /^bolt_(?:process|nodejs)_/;

/** The metrics that `/metrics` of a server answers with. */
export async function serverMetrics(): Promise<MetricRow[]> {
  const metrics = new ServerMetrics({
    streams: () => 0,
    lagging: () => 0,
    health: () => ({
      system: { state: 'live', reasons: [] },
      dependencies: () => [],
      processes: [],
      now: Date.now,
      degraded: [],
    }),
    blocked: () => 0,
    passwordHashes: () => 0,
  });
  const rows = rowsOf(await metrics.text());
  metrics.stop();
  return rows;
}

/** The metrics that a worker answers with where `BOLT_WORKER_METRICS` says. */
export async function workerMetrics(): Promise<MetricRow[]> {
  const own = new WorkerMetrics({
    lag: () => ({ jobs: 0, jobsMs: 0 }),
    record: () => undefined,
    backlog: () => ({ waiting: 0, failed: 0, conflict: 0, oldestAt: null }),
    rosters: () => new Map(),
  });
  const rows = [own.registry, new LinkMetrics().registry].map((registry) => registry.metrics());
  const all = (await Promise.all(rows)).flatMap(rowsOf);
  own.stop();
  return all;
}

function rowsOf(text: string): MetricRow[] {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((m) => [m[1], m[2] ?? '']));
  return [...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name = '', help = '']) => ({
    name,
    type: types.get(name) ?? '',
    help,
    isOwn: !ofTheProcess.test(name),
  }));
}

export async function generateOperations(): Promise<GeneratedFile[]> {
  return [
    { path: `${tablesDir}/queues.md`, content: queuesTable() },
    { path: `${tablesDir}/metrics.md`, content: await metricsTable() },
  ];
}

const queues = [
  [scheduleSyncQueue, 'scheduleSyncJob'],
  [personDetailsQueue, 'personDetailsJob'],
  [retentionQueue, 'retentionSweepJob'],
  [reconcileQueue, 'reconcileJob'],
] as const;

function queuesTable(): string {
  const rows = queues.map(([queue, message]) => {
    const found = asyncApiMessages.find(({ name }) => name === message);
    if (!found) throw new Error(`contracts describe no message ${message}`);
    const example = JSON.stringify(found.examples[0]?.payload);
    return [`\`${queue}\``, found.summary, fieldsOf(found.schema), `\`${example}\``];
  });
  return generatedPage(
    '# Job queues',
    `BullMQ, with the key prefix \`${queuePrefix}\`. Every process also says that it lives in the hash \`${beatsKey}\`.`,
    markdownTable(['Queue', 'What a job says', 'Fields', 'Example'], rows),
  );
}

function fieldsOf(schema: z.ZodType): string {
  if (!(schema instanceof z.ZodObject)) throw new Error('a job is an object');
  return Object.keys(schema.shape)
    .map((name) => `\`${name}\``)
    .join(', ');
}

async function metricsTable(): Promise<string> {
  return generatedPage(
    '# Metrics',
    'Text format of Prometheus. A server answers at `GET /metrics`, a worker at the address of `BOLT_WORKER_METRICS`. Alert rules on them: `ops/alerts/ehr.rules.yaml`.',
    '## Server',
    tableOf(await serverMetrics()),
    '## Worker',
    tableOf(await workerMetrics()),
    'Beside them `bolt_process_*` and `bolt_nodejs_*`: what prom-client measures of every Node process on this platform (CPU, memory, event loop, garbage collection).',
  );
}

function tableOf(rows: readonly MetricRow[]): string {
  return markdownTable(
    ['Metric', 'Type', 'What it counts'],
    rows.filter(({ isOwn }) => isOwn).map(({ name, type, help }) => [`\`${name}\``, type, help]),
  );
}
