import { constantSchedule, type LoadResult, rampToKnee, runOpenLoop } from '@workflow-bolt/testkit';
import { BenchStage } from '../processes/bench-stage.ts';
import { boardPath } from '../processes/product-server.ts';
import { alternate } from '../report/alternate.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  figure,
  ratios,
  type Table,
} from '../report/bench-report.ts';
import { openLoopRow } from '../report/load-row.ts';
import { untroubledStep } from '../report/untroubled-step.ts';
import { jsonHeaders } from '../wire/http-lane.ts';
import { LanePool } from '../wire/lane-pool.ts';

const names = ['workflow-bolt', 'bytes made once'] as const;
type Name = (typeof names)[number];

const visits = 400;
const ratePerS = 50;
const msP99Max = 10;

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  await using stage = await BenchStage.open(visits, () => []);
  const product = await stage.startProduct();
  const headers = jsonHeaders(await product.signIn('front-desk'));
  const path = boardPath(await stage.freshBoard());
  const ours = new LanePool(product.port);
  const { body } = await ours.get(path, headers);
  const peer = await stage.startPeer('bytes-server', { BENCH_BODY: stage.writeFile('body.json', body) });
  const pools: Record<Name, LanePool> = { 'workflow-bolt': ours, 'bytes made once': new LanePool(peer.port) };
  const load = (name: Name, rate: number, durationMs: number): Promise<LoadResult> =>
    runOpenLoop({
      schedule: constantSchedule({ ratePerS: rate, durationMs }),
      operation: () => pools[name].get(path, headers),
    });
  const p99: Record<Name, number[]> = { 'workflow-bolt': [], 'bytes made once': [] };
  const table: Table = {
    title: `GET of a day with ${visits} visits, ${body.length} bytes (open loop)`,
    rows: [],
  };
  try {
    for (const name of names) await load(name, ratePerS, 3_000);
    await alternate(rounds, names, async (name, round) => {
      const result = await load(name, ratePerS, isQuick ? 3_000 : 8_000);
      table.rows.push(openLoopRow({ server: name }, result));
      p99[name].push(result.latencyMs.p99);
      log(`snapshot round ${round + 1}: ${name} p99 ${result.latencyMs.p99} ms`);
    });
    const tables = isQuick ? [table] : [table, await kneeTable((rate) => load('workflow-bolt', rate, 2_000))];
    return {
      name: 'snapshot',
      claim: `Snapshot of a ${visits}-visit day p99 ≤ ${msP99Max} ms at ${ratePerS}/s.`,
      tables,
      figures: [
        figure(`p99 at ${ratePerS}/s`, 'ms', p99['workflow-bolt'], { op: '<=', value: msP99Max }),
        figure(
          'p99 / the same bytes made once',
          'ratio',
          ratios(p99['workflow-bolt'], p99['bytes made once']),
        ),
      ],
      notes: [
        'Every answer of ours was preceded by its audit entry, which is on disk before the answer leaves.',
      ],
    };
  } finally {
    for (const pool of Object.values(pools)) pool.close();
  }
}

async function kneeTable(step: (ratePerS: number) => Promise<LoadResult>): Promise<Table> {
  const ramp = await rampToKnee({
    ratesPerS: [50, 100, 150, 200, 300, 400, 600],
    sloMsP99: 2 * msP99Max,
    run: (ratePerS) => untroubledStep(() => step(ratePerS)),
  });
  const rows = ramp.steps.map((tried) => openLoopRow({ verdict: tried.broke ?? 'held' }, tried.result));
  return {
    title: `knee of workflow-bolt: ${ramp.kneePerS ?? 'below 50'} per s with p99 ≤ ${2 * msP99Max} ms`,
    rows,
  };
}

export const snapshot: Bench = { name: 'snapshot', run };
