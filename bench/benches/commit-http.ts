import { constantSchedule, type LoadResult, rampToKnee, runOpenLoop } from '@workflow-bolt/testkit';
import { laneCommands } from '../day/staff-commands.ts';
import { BenchStage } from '../processes/bench-stage.ts';
import { boardPath } from '../processes/product-server.ts';
import { alternate } from '../report/alternate.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  figure,
  ratios,
  spreadOf,
  type Table,
  withIdentity,
} from '../report/bench-report.ts';
import { openLoopRow } from '../report/load-row.ts';
import { untroubledStep } from '../report/untroubled-step.ts';
import { type ClosedRun, CommitLanes } from '../wire/commit-lanes.ts';
import { HttpLane, jsonHeaders } from '../wire/http-lane.ts';
import { noSession, type SessionHeaders } from '../wire/session-headers.ts';

const names = ['workflow-bolt', 'bare node:http'] as const;
type Name = (typeof names)[number];
type Contestant = { port: number; session: SessionHeaders };

/** Clients of the recording: as many as can be under way at once. */
const clients = 50;
const concurrencies = [1, 16, 50] as const;
const warmUps = 12;
/** A round of commits takes less than a second: with few of them one pause of the machine would be the figure. */
const pairsPerRound = 3;
const openRatePerS = 50;
/** What a person at a desk would not notice. */
const kneeMsP99 = 25;
const rampPerS = [100, 200, 400, 800, 1_200, 1_600, 2_400, 3_200, 4_800, 6_400];

class Match {
  readonly #stage: BenchStage;
  readonly #contestants: Record<Name, Contestant>;

  constructor(stage: BenchStage, contestants: Record<Name, Contestant>) {
    this.#stage = stage;
    this.#contestants = contestants;
  }

  /** Stations on a fresh board which the contestant has opened already. */
  async #lanes(name: Name, stations: number): Promise<CommitLanes> {
    const board = await this.#stage.freshBoard();
    const { port, session } = this.#contestants[name];
    const visitor = new HttpLane(port);
    const { status } = await visitor.request('GET', boardPath(board), jsonHeaders(session));
    visitor.close();
    if (status !== 200) throw new Error(`${name} cannot open a board: ${status}`);
    return new CommitLanes({ port, session, board }, this.#stage.recording.work, stations);
  }

  async closed(name: Name, concurrency: number, count: number): Promise<ClosedRun> {
    const lanes = await this.#lanes(name, concurrency);
    try {
      return await lanes.runClosed(count);
    } finally {
      lanes.close();
    }
  }

  async open(name: Name, ratePerS: number, durationMs: number, lateMs = 1): Promise<LoadResult> {
    const lanes = await this.#lanes(name, clients);
    try {
      const schedule = constantSchedule({ ratePerS, durationMs });
      return await runOpenLoop({ schedule, lateMs, operation: (i) => lanes.send(i) });
    } finally {
      lanes.close();
    }
  }

  /** The highest rate that keeps its latency; each step as long as the recording lasts, two seconds at most. */
  ramp(name: Name) {
    return rampToKnee({
      ratesPerS: rampPerS,
      sloMsP99: kneeMsP99,
      run: (ratePerS) => this.#rampStep(name, ratePerS),
    });
  }

  #rampStep(name: Name, ratePerS: number): Promise<LoadResult> {
    const durationMs = Math.min(2_000, (this.#stage.recording.work.length * 1_000) / ratePerS);
    return untroubledStep(() => this.open(name, ratePerS, durationMs, kneeMsP99 / 5));
  }
}

type Rates = Record<Name, number[]>;
const emptyRates = (): Rates => ({ 'workflow-bolt': [], 'bare node:http': [] });

function capacityRow(name: Name, concurrency: number, runs: readonly ClosedRun[]) {
  const { median, min, max } = spreadOf(runs.map((run) => run.perS));
  const ms = (pick: (run: ClosedRun) => number) => spreadOf(runs.map(pick)).median;
  return {
    server: name,
    'in flight': concurrency,
    'per s': median,
    min,
    max,
    'p50 ms': ms((run) => run.serviceMs.p50),
    'p95 ms': ms((run) => run.serviceMs.p95),
    'p99 ms': ms((run) => run.serviceMs.p99),
  };
}

async function kneeTable(match: Match): Promise<Table> {
  const rows = [];
  for (const name of names) {
    const ramp = await match.ramp(name);
    const last = ramp.steps.findLast(({ broke }) => broke === undefined);
    const broke = ramp.steps.find((step) => step.broke !== undefined);
    rows.push({
      server: name,
      'knee per s': ramp.kneePerS ?? null,
      'p99 ms there': last?.result.latencyMs.p99 ?? null,
      'broke at': broke?.ratePerS ?? null,
      because: broke?.broke ?? 'nothing: the knee lies higher',
    });
  }
  return { title: `knee: highest open-loop rate with p99 ≤ ${kneeMsP99} ms, ${clients} stations`, rows };
}

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  await using stage = await BenchStage.open(isQuick ? 200 : 400, (day) => laneCommands(day, clients));
  const product = await stage.startProduct();
  const peer = await stage.startPeer('bare-http');
  const match = new Match(stage, {
    'workflow-bolt': { port: product.port, session: await product.signIn('medical-assistant') },
    'bare node:http': { port: peer.port, session: noSession },
  });
  const all = stage.recording.work.length;
  // A server runs all day: its code is compiled before it is judged.
  for (let i = 0; i < warmUps; i += 1) for (const name of names) await match.closed(name, 50, all);
  const capacity: Table = {
    title: 'capacity (closed loop; latency corrected for what it leaves out)',
    rows: [],
  };
  const figures = [];
  for (const concurrency of concurrencies) {
    const runs: Record<Name, ClosedRun[]> = { 'workflow-bolt': [], 'bare node:http': [] };
    await alternate(rounds * pairsPerRound, names, async (name, round) => {
      const closed = await match.closed(name, concurrency, concurrency === 1 ? all / 4 : all);
      runs[name].push(closed);
      log(`commit-http ${concurrency} in flight, round ${round + 1}: ${name} ${closed.perS.toFixed(0)}/s`);
    });
    for (const name of names) capacity.rows.push(capacityRow(name, concurrency, runs[name]));
    const perS = (name: Name) => runs[name].map((closed) => closed.perS);
    figures.push(
      figure(
        `rate / bare node:http, ${concurrency} in flight`,
        'ratio',
        ratios(perS(names[0]), perS(names[1])),
        withIdentity({ op: '>=', value: 0.5 }),
      ),
    );
  }
  const open: Table = {
    title: `latency at ${openRatePerS}/s (open loop, from the intended start)`,
    rows: [],
  };
  const p99 = emptyRates();
  await alternate(rounds, names, async (name) => {
    const result = await match.open(name, openRatePerS, isQuick ? 3_000 : 10_000);
    open.rows.push(openLoopRow({ server: name }, result));
    p99[name].push(result.latencyMs.p99);
  });
  figures.push(
    figure(`p99 at ${openRatePerS}/s / bare node:http`, 'ratio', ratios(p99[names[0]], p99[names[1]])),
  );
  const tables = isQuick ? [capacity, open] : [capacity, open, await kneeTable(match)];
  return {
    name: 'commit-http',
    claim:
      'Commit over HTTP ≥ 0.5 of the rate of a bare node:http handler that calls the same Redis Function; with identity, sealing and the record on, at most a fifth less.',
    tables,
    figures,
    notes: [
      'The bare handler parses the same body and calls commit with the recorded arguments: no session, schema, rule or state.',
      'appendfsync always for both; the driver shares the machine with the servers and is the same for both.',
    ],
  };
}

export const commitHttp: Bench = { name: 'commit-http', run };
