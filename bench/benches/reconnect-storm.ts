import type { BoardKey } from '@workflow-bolt/contracts';
import { replay, replayCommand } from '../day/recorded-commit.ts';
import { laneCommands } from '../day/staff-commands.ts';
import { BenchStage } from '../processes/bench-stage.ts';
import {
  type Bench,
  type BenchReport,
  type BenchSetting,
  figure,
  type Table,
} from '../report/bench-report.ts';
import type { SessionHeaders } from '../wire/session-headers.ts';
import { StormClients } from '../wire/storm-clients.ts';
import { WsClients } from '../wire/ws-clients.ts';

const clients = 1_000;
/** Sessions that they share: a person has several screens. */
const sessions = 10;
/** Places at which clients were cut off: one cut never finds all of them after the same event. */
const groups = 3;
const missedEvents = 20;
const liveMsMax = 3_000;
const commandsMax = 20;

type Storm = { liveMs: number; functionCalls: number; sessionReads: number };

/** Calls of one command since the last CONFIG RESETSTAT. */
const callsOf = (info: string, name: string) =>
  Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(info)?.[1] ?? 0);

class StormBench {
  readonly #stage: BenchStage;
  #made = 0;

  constructor(stage: BenchStage) {
    this.#stage = stage;
  }

  /** Position after everything that was committed so far. */
  get head(): number {
    return this.#stage.recording.booking.length + this.#made;
  }

  /** Makes the next recorded commits on the board, past the server, which follows by its doorbell. */
  async commit(board: BoardKey, count: number): Promise<void> {
    const { redis, recording } = this.#stage;
    const client = redis.client();
    const next = recording.work.slice(this.#made, this.#made + count);
    await replay(
      client,
      next.map((commit) => replayCommand(commit, recording.board, board)),
    );
    this.#made += next.length;
    client.disconnect();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }

  /** Cuts all clients at different places, lets them miss something, and brings them back in one moment. */
  async storm(board: BoardKey, readers: StormClients, between: () => Promise<void>): Promise<Storm> {
    for (let group = 0; group < groups; group += 1) {
      readers.cut(group, groups);
      await this.commit(board, group + 1 === groups ? missedEvents : 1);
    }
    await readers.close();
    await between();
    const client = this.#stage.redis.client();
    await client.config('RESETSTAT');
    const liveMs = await readers.openAll(this.head);
    const info = await client.info('commandstats');
    client.disconnect();
    const functionCalls = callsOf(info, 'fcall') + callsOf(info, 'fcall_ro');
    return { liveMs, functionCalls, sessionReads: callsOf(info, 'mget') };
  }
}

/** How long as many bare `ws` clients take to be connected again, with nothing to catch up. */
async function wsStorm(port: number): Promise<number> {
  const peer = new WsClients({ port, count: clients, path: '/', greeting: null, onPayload: () => {} });
  await peer.openAll();
  peer.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const startedAt = performance.now();
  await peer.openAll();
  const tookMs = performance.now() - startedAt;
  peer.close();
  return tookMs;
}

const rowsOf = (name: string, storms: readonly Storm[]) =>
  storms.map(({ liveMs, functionCalls, sessionReads }, i) => ({
    storm: `${name}, round ${i + 1}`,
    'all live ms': liveMs,
    'board commands': functionCalls,
    'session reads': sessionReads,
  }));

async function run({ rounds, log }: BenchSetting): Promise<BenchReport> {
  await using stage = await BenchStage.open(400, (day) => laneCommands(day, 1).slice(0, 600));
  const product = await stage.startProduct();
  const ws = await stage.startPeer('ws-server');
  const board = await stage.freshBoard();
  const signedIn: SessionHeaders[] = [];
  for (let i = 0; i < sessions; i += 1) signedIn.push(await product.signIn('front-desk'));
  const bench = new StormBench(stage);
  const readers = new StormClients({ port: product.port, sessions: signedIn, board, count: clients });
  const [warm, cold, peer]: [Storm[], Storm[], number[]] = [[], [], []];
  try {
    await readers.openAll(bench.head);
    for (let round = 0; round < rounds; round += 1) {
      warm.push(await bench.storm(board, readers, async () => {}));
      cold.push(
        await bench.storm(board, readers, async () => {
          await product.process.end('SIGKILL');
          await product.process.start();
        }),
      );
      peer.push(await wsStorm(ws.port));
      log(
        `reconnect-storm round ${round + 1}: warm ${warm.at(-1)?.liveMs} ms, cold ${cold.at(-1)?.liveMs} ms`,
      );
    }
  } finally {
    await readers.close();
  }
  const tables: Table[] = [
    {
      title: `${clients} clients come back in one moment, cut at ${groups} places, up to ${missedEvents + groups - 1} events behind`,
      rows: [...rowsOf('server stayed up', warm), ...rowsOf('server killed and restarted', cold)],
    },
  ];
  const ms = (storms: readonly Storm[]) => storms.map(({ liveMs }) => liveMs);
  const calls = (storms: readonly Storm[]) => storms.map(({ functionCalls }) => functionCalls);
  const inTime = { op: '<=', value: liveMsMax } as const;
  const few = { op: '<=', value: commandsMax } as const;
  return {
    name: 'reconnect-storm',
    claim: `${clients} clients reconnecting at once all live within 3 s with at most ${commandsMax} Redis commands per board.`,
    tables,
    figures: [
      figure('all live, server stayed up', 'ms', ms(warm), inTime),
      figure('all live, server restarted, from its first answer', 'ms', ms(cold), inTime),
      figure('Redis commands for the board, server stayed up', 'commands', calls(warm), few),
      figure('Redis commands for the board, server restarted', 'commands', calls(cold), few),
      figure('bare ws: connected again, nothing resumed', 'ms', peer),
    ],
    notes: [
      'Live: greeted, caught up to the last event, and told so by a heartbeat.',
      'Board commands are the function calls that Redis counted: log reads, position checks, audit entries of the reads.',
      `Session reads are one per turn of the server's event loop, for all requests that arrived in it, and belong to no board.`,
    ],
  };
}

export const reconnectStorm: Bench = { name: 'reconnect-storm', run };
