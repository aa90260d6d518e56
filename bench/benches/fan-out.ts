import { LatencyHistogram } from '@workflow-bolt/testkit';
import { laneCommands } from '../day/staff-commands.ts';
import { BenchStage } from '../processes/bench-stage.ts';
import { alternate } from '../report/alternate.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  type Cell,
  type Figure,
  figure,
  ratios,
  spreadOf,
  type Table,
  withIdentity,
} from '../report/bench-report.ts';
import { CommitLanes } from '../wire/commit-lanes.ts';
import { noSession } from '../wire/session-headers.ts';
import { socketIoReaders, sseReaders, wsReaders } from '../wire/stream-readers.ts';
import {
  type ContestantSpec,
  FanOutContestant,
  type Load,
  type Lost,
  type Slice,
} from './fan-out-contest.ts';

const names = ['workflow-bolt', 'ws', 'socket.io'] as const;
type Name = (typeof names)[number];
type Specs = Record<Name, ContestantSpec>;

const shapes = [
  { clients: 200, ratePerS: 20 },
  { clients: 1_000, ratePerS: 10 },
] as const;
const killMs = 6_000;
const warmUps = 6;

async function startContestants(stage: BenchStage): Promise<Specs> {
  const product = await stage.startProduct();
  const ws = await stage.startPeer('ws-server');
  const io = await stage.startPeer('socket-io-server');
  const session = await product.signIn('medical-assistant');
  const { process, port } = product;
  return {
    'workflow-bolt': { process, port, session, openReaders: sseReaders },
    ws: { ...ws, session: noSession, openReaders: wsReaders },
    'socket.io': { ...io, session: noSession, openReaders: socketIoReaders },
  };
}

async function openContestant(
  stage: BenchStage,
  spec: ContestantSpec,
  clients: number,
  isPersistent: boolean,
) {
  const { booking, work } = stage.recording;
  const board = await stage.freshBoard();
  const contestant = new FanOutContestant(spec, {
    board,
    baseSeq: booking.length,
    work,
    clients,
    isPersistent,
  });
  await contestant.open();
  return contestant;
}

/** A server runs all day: its code is compiled before it is judged. */
async function warmUp(stage: BenchStage, { port, session }: ContestantSpec): Promise<void> {
  for (let i = 0; i < warmUps; i += 1) {
    const board = await stage.freshBoard();
    const lanes = new CommitLanes({ port, session, board }, stage.recording.work, 50);
    await lanes.runClosed(stage.recording.work.length);
    lanes.close();
  }
}

type Slices = Record<Name, Slice[]>;

/** All three are up with their readers; they take turns, in another order each round. */
async function measure(stage: BenchStage, specs: Specs, load: Load, setting: BenchSetting): Promise<Slices> {
  const slices: Slices = { 'workflow-bolt': [], ws: [], 'socket.io': [] };
  const contestants = new Map<Name, FanOutContestant>();
  try {
    for (const name of names)
      contestants.set(name, await openContestant(stage, specs[name], load.clients, false));
    for (const one of contestants.values()) await one.slice({ ...load, durationMs: 1_500 });
    await alternate(setting.rounds, names, async (name, round) => {
      const slice = await contestants.get(name)?.slice(load);
      if (!slice) return;
      slices[name].push(slice);
      const { p50, p99 } = slice.latency.summary();
      const us = (slice.cpuMsPerDelivery * 1_000).toFixed(1);
      setting.log(
        `fan-out ${load.clients}: round ${round + 1} ${name} p50 ${p50} p99 ${p99} ms, ${us} µs/delivery`,
      );
    });
  } finally {
    for (const one of contestants.values()) await one.close();
  }
  return slices;
}

async function countLost(stage: BenchStage, spec: ContestantSpec, load: Load): Promise<Lost> {
  const contestant = await openContestant(stage, spec, load.clients, true);
  try {
    return await contestant.kill({ ...load, durationMs: killMs });
  } finally {
    await contestant.close();
  }
}

function rowOf(
  name: Name,
  { clients, ratePerS }: Load,
  slices: readonly Slice[],
  lost: Lost,
): Record<string, Cell> {
  const pooled = new LatencyHistogram();
  for (const slice of slices) pooled.add(slice.latency);
  const { p50, p95, p99 } = pooled.summary();
  const sum = (pick: (slice: Slice) => number) => slices.reduce((total, slice) => total + pick(slice), 0);
  return {
    server: name,
    clients,
    'offered/s': ratePerS,
    'achieved/s': sum((slice) => slice.achievedPerS) / slices.length,
    'p50 ms': p50,
    'p95 ms': p95,
    'p99 ms': p99,
    'CPU µs/delivery': 1_000 * spreadOf(slices.map((slice) => slice.cpuMsPerDelivery)).median,
    'late starts': sum((slice) => slice.lateStarts),
    errors: sum((slice) => slice.errors),
    'lost in a kill': `${lost.lost} of ${lost.expected}`,
    unanswered: lost.unanswered,
  };
}

function figuresOf({ clients, ratePerS }: Load, slices: Slices, lost: Lost): Figure[] {
  const p99 = (name: Name) => slices[name].map((slice) => slice.latency.summary().p99);
  const p50 = (name: Name) => slices[name].map((slice) => slice.latency.summary().p50);
  const cpu = (name: Name) => slices[name].map((slice) => slice.cpuMsPerDelivery);
  const at = `${clients} clients at ${ratePerS}/s`;
  return [
    figure(`p50 / ws, ${at}`, 'ratio', ratios(p50('workflow-bolt'), p50('ws'))),
    figure(`p99 / ws, ${at}`, 'ratio', ratios(p99('workflow-bolt'), p99('ws')), { op: '<=', value: 1.3 }),
    figure(`p99 / socket.io, ${at}`, 'ratio', ratios(p99('workflow-bolt'), p99('socket.io')), {
      op: '<',
      value: 1,
    }),
    figure(
      `CPU per delivery / ws, ${at}`,
      'ratio',
      ratios(cpu('workflow-bolt'), cpu('ws')),
      withIdentity({ op: '<=', value: 1.15 }),
    ),
    figure(
      `our deliveries lost and commands unanswered in a server kill, ${at}`,
      'count',
      [lost.lost + lost.unanswered],
      { op: '<=', value: 0 },
    ),
  ];
}

async function run(setting: BenchSetting): Promise<BenchReport> {
  await using stage = await BenchStage.open(400, (day) => laneCommands(day, 50));
  const specs = await startContestants(stage);
  for (const name of names) await warmUp(stage, specs[name]);
  const loads = shapes.map((shape) => ({ ...shape, durationMs: setting.isQuick ? 3_000 : 10_000 }));
  const measured = [];
  for (const load of loads) measured.push({ load, slices: await measure(stage, specs, load, setting) });
  const tables: Table[] = [];
  const figures: Figure[] = [];
  // The kills come last: a server that has just started is slower for a while.
  for (const { load, slices } of measured) {
    const lost: Record<Name, Lost> = {
      'workflow-bolt': await countLost(stage, specs['workflow-bolt'], load),
      ws: await countLost(stage, specs.ws, load),
      'socket.io': await countLost(stage, specs['socket.io'], load),
    };
    const rows = names.map((name) => rowOf(name, load, slices[name], lost[name]));
    tables.push({ title: 'commit request sent → last client has applied it (open loop)', rows });
    figures.push(...figuresOf(load, slices, lost['workflow-bolt']));
  }
  return {
    name: 'fan-out',
    claim:
      'p99 ≤ 1.3 × a bare ws server on the same work and below Socket.IO with its Redis Streams adapter; server CPU per delivery ≤ 1.15 × ws, and at most a fifth more with identity, sealing and the record on.',
    tables,
    figures,
    notes: [
      'Every server makes the same commit (same Redis Function and arguments, appendfsync always) and sends the same bytes.',
      'All readers are raw sockets in one process that look for the position and nothing else.',
      'Lost: committed events that a reader never got when its server was killed once and started again at the same address.',
      'ws has no resumption; Socket.IO has connection state recovery, which keeps sessions at an orderly disconnect only.',
    ],
  };
}

export const fanOut: Bench = { name: 'fan-out', run };
