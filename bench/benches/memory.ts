import type { BoardKey } from '@workflow-bolt/contracts';
import { openSseClients } from '@workflow-bolt/testkit';
import { actorAs, type BenchDay, visitIdOf } from '../day/bench-day.ts';
import { replay, replayCommand, type WorkItem } from '../day/recorded-commit.ts';
import { type BenchProcess, memoryFlags } from '../processes/bench-process.ts';
import { BenchStage } from '../processes/bench-stage.ts';
import { boardPath, type ProductServer } from '../processes/product-server.ts';
import { type Bench, type BenchReport, type BenchSetting, figure, spreadOf } from '../report/bench-report.ts';
import { DeafReaders } from '../wire/deaf-readers.ts';
import { WsClients } from '../wire/ws-clients.ts';
import { measureRedisMemory } from './redis-memory.ts';

const idleStreams = 1_000;
/** The first ones pay for what all share. */
const warmStreams = 100;
const deafReaders = 100;
/** More than the kernel takes for a reader that does not read: about 4 MB of send buffer. */
const notes = 1_600;
const noteLength = 2_000;
/** What the server keeps for a reader that lags: 64 KiB of queue by rule, and as much again for all the rest. */
const laggingBytesMax = 131_072;
/** A stream is looked at once per heartbeat and cut when it has taken nothing for ten seconds. */
const cutMsMax = 30_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Bytes = { retained: number; rss: number };

/** Long notes by staff: the bulkiest change there is. */
function noteCommands({ day }: BenchDay): WorkItem[] {
  const visit = day.appointments.find((a) => a.patientId !== null);
  const visitId = visit ? visitIdOf(visit) : '';
  const { role } = actorAs('front-desk');
  return Array.from({ length: notes }, (_, i) => {
    const note = `${i} `.padEnd(noteLength, 'é');
    return {
      role,
      clientId: `notes-${Math.floor(i / 200)}-long`,
      command: { type: 'setNote', visitId, note },
    };
  });
}

/** Memory per stream between `warmStreams` and all of them. */
async function perStream(
  process: BenchProcess,
  open: (count: number) => Promise<() => unknown>,
): Promise<Bytes> {
  const closeWarm = await open(warmStreams);
  await pause(1_000);
  const before = await process.memory();
  const closeRest = await open(idleStreams);
  await pause(1_500);
  const after = await process.memory();
  await closeRest();
  await closeWarm();
  return {
    retained: (after.retainedBytes - before.retainedBytes) / idleStreams,
    rss: (after.rssBytes - before.rssBytes) / idleStreams,
  };
}

async function idleOfOurs(stage: BenchStage): Promise<Bytes> {
  await using product = await stage.startProduct({ nodeFlags: memoryFlags });
  const session = await product.signIn('front-desk');
  const path = `${boardPath(await stage.freshBoard())}/stream`;
  return await perStream(product.process, async (count) => {
    const clients = await openSseClients({
      target: { port: product.port },
      count,
      path,
      headers: session,
    });
    return () => clients.close();
  });
}

async function idleOfWs(stage: BenchStage): Promise<Bytes> {
  const { process, port } = await stage.startPeer('ws-server', {}, memoryFlags);
  try {
    return await perStream(process, async (count) => {
      const clients = new WsClients({ port, count, path: '/', greeting: null, onPayload: () => {} });
      await clients.openAll();
      return () => clients.close();
    });
  } finally {
    await process.end();
  }
}

async function commitNotes(stage: BenchStage, board: BoardKey, from: number, to: number): Promise<void> {
  const { recording, redis } = stage;
  const client = redis.client();
  const commits = recording.work.slice(from, to);
  await replay(
    client,
    commits.map((commit) => replayCommand(commit, recording.board, board)),
  );
  client.disconnect();
  await pause(500);
}

/** `lagging`: streams that the server knew to be behind at the end; `cut`: those it had given up half a minute later. */
type Lagging = { half: number; whole: number; lagging: number; cut: number };

/** A gauge of the server's own metrics. */
async function gaugeOf(product: ProductServer, name: string): Promise<number> {
  const text = await (await fetch(`${product.baseUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** Streams that are left when the slow ones have been cut, or after `cutMsMax`. */
async function streamsLeft(product: ProductServer): Promise<number> {
  for (let waited = 0; ; waited += 500) {
    const left = await gaugeOf(product, 'bolt_streams');
    if (left <= 1 || waited >= cutMsMax) return left;
    await pause(500);
  }
}

/** Retained memory in the midst and at the end of many events, with so many readers that do not read. */
async function playNotes(stage: BenchStage, readers: number): Promise<Lagging> {
  await using product = await stage.startProduct({ nodeFlags: memoryFlags });
  const session = await product.signIn('front-desk');
  const board = await stage.freshBoard();
  const path = `${boardPath(board)}/stream`;
  const healthy = await openSseClients({
    target: { port: product.port },
    count: 1,
    path,
    headers: session,
  });
  const deaf = new DeafReaders();
  try {
    await deaf.open({ port: product.port, path, session, count: readers });
    await commitNotes(stage, board, 0, notes / 2);
    const half = (await product.process.memory()).retainedBytes;
    await commitNotes(stage, board, notes / 2, notes);
    const lagging = await gaugeOf(product, 'bolt_streams_lagging');
    const whole = (await product.process.memory()).retainedBytes;
    return { half, whole, lagging, cut: readers + 1 - (await streamsLeft(product)) };
  } finally {
    deaf.close();
    await healthy.close();
  }
}

/** Bytes per lagging stream: against the same events without such readers. */
async function measureLagging(stage: BenchStage): Promise<Lagging> {
  const without = await playNotes(stage, 0);
  const { half, whole, ...counts } = await playNotes(stage, deafReaders);
  const each = (bytes: number, base: number) => (bytes - base) / deafReaders;
  return { half: each(half, without.half), whole: each(whole, without.whole), ...counts };
}

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  const small = await measureRedisMemory(40);
  const large = await measureRedisMemory(isQuick ? 120 : 400);
  log(`memory: ${small.bytesPerVisit.toFixed(0)} bytes of Redis per visit-day`);
  await using stage = await BenchStage.open(40, noteCommands);
  const [ours, ws]: [Bytes[], Bytes[]] = [[], []];
  const repeats = Math.min(rounds, 3);
  for (let round = 0; round < repeats; round += 1) {
    ours.push(await idleOfOurs(stage));
    ws.push(await idleOfWs(stage));
    log(
      `memory round ${round + 1}: idle stream ${ours.at(-1)?.retained.toFixed(0)} bytes, ws ${ws.at(-1)?.retained.toFixed(0)}`,
    );
  }
  const lagging: Lagging[] = [];
  for (let round = 0; round < (isQuick ? 1 : repeats); round += 1) {
    lagging.push(await measureLagging(stage));
    log(`memory round ${round + 1}: lagging stream ${lagging.at(-1)?.whole.toFixed(0)} bytes`);
  }
  const rows = [
    { server: 'workflow-bolt', of: ours },
    { server: 'ws', of: ws },
  ].map(({ server, of }) => ({
    server,
    'retained bytes': spreadOf(of.map((bytes) => bytes.retained)).median,
    'resident bytes': spreadOf(of.map((bytes) => bytes.rss)).median,
  }));
  return {
    name: 'memory',
    claim:
      'Bytes of Redis per visit-day, of server memory per idle and per lagging stream; the lagging one bounded.',
    tables: [
      small.table,
      large.table,
      { title: `server memory per idle stream, over ${idleStreams} streams`, rows },
    ],
    figures: [
      figure('Redis per visit-day, 40 visits', 'bytes', [small.bytesPerVisit]),
      figure(
        'server memory per idle stream',
        'bytes',
        ours.map((bytes) => bytes.retained),
      ),
      figure(
        'server memory per lagging stream, 800 long notes behind',
        'bytes',
        lagging.map((l) => l.half),
        {
          op: '<=',
          value: laggingBytesMax,
        },
      ),
      figure(
        'server memory per lagging stream, 1,600 long notes behind',
        'bytes',
        lagging.map((l) => l.whole),
        {
          op: '<=',
          value: laggingBytesMax,
        },
      ),
      figure(
        `streams known to lag, of ${deafReaders}`,
        'streams',
        lagging.map((l) => l.lagging),
      ),
      figure(
        `lagging streams cut within half a minute, of ${deafReaders}`,
        'streams',
        lagging.map((l) => l.cut),
      ),
    ],
    notes: [
      'Retained: JavaScript heap and buffers after a forced collection. Resident memory also holds what the collector keeps in reserve.',
      'Kernel socket buffers belong to no process and are not in these numbers.',
      'Lagging: readers that never read, against the same run without them.',
    ],
  };
}

export const memory: Bench = { name: 'memory', run };
