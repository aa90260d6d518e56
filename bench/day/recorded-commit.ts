/**
 * Commits exactly as our store makes them, recorded once and played again on any board by anyone: peers then make the
 * same commits with the same bytes, and a replayed booking gives every board the same epoch, positions and versions.
 *
 * The booking stands in plain, since what is sealed for one board opens on no other, and our server reads such boards. The
 * work is sealed as our server seals it: who makes these commits again writes as many bytes as it does.
 */
import { join } from 'node:path';
import type { BoardKey, Command, EntityId, Role } from '@workflow-bolt/contracts';
import {
  type BoardHost,
  BoardRegistry,
  boardTag,
  commandOf,
  createRedisPort,
  type FunctionCall,
  fromUrl,
  openVault,
  type RedisPort,
  type Vault,
} from '@workflow-bolt/store';
import type { RedisServer } from '@workflow-bolt/testkit';
import { ownDir, releaseDir } from '../processes/owned-dir.ts';
import { actorAs, type BenchDay, boardAt, bookingCommands, systemActor } from './bench-day.ts';

/** Positions of the arguments of `commit`; from `lists` on: ids, versions, writes in pairs, intents, each counted. */
const argAt = { deadline: 2, epoch: 5, seqSeen: 7, chainSeen: 8, lists: 13 } as const;

export type RecordedCommit = {
  clientId: string;
  n: number;
  role: Role | 'system';
  command: Command;
  /** The function's keys and arguments as first sent. */
  keys: string[];
  args: string[];
  /** What it makes of the entities, in plain: what readers are shown of it. */
  shown: [EntityId, unknown][];
  /** Position it got; deterministic for a replay in the same order on an empty board. */
  seq: number;
};

export type BoardRecording = { board: BoardKey; booking: RecordedCommit[]; work: RecordedCommit[] };

/** Far enough: a replayed commit must not be late, and must pass the same check as a fresh one. */
const never = String(4_000_000_000_000);

/** Forwards to a port and keeps every commit that goes through it. */
function recordingPort(port: RedisPort, kept: FunctionCall<unknown>[]): RedisPort {
  const fcallMany: RedisPort['fcallMany'] = (calls) => {
    kept.push(...calls.filter((call) => call.name.endsWith('_commit')));
    return port.fcallMany(calls);
  };
  return new Proxy(port, {
    get(target, name) {
      if (name === 'fcallMany') return fcallMany;
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

export type WorkItem = { role: Role | 'system'; clientId: string; command: Command };

/**
 * Books the day on an empty board and carries out `work`, one command at a time; both are recorded. A command that
 * the rules refuse is left out and takes no number.
 */
export async function recordBoard(
  redis: RedisServer,
  day: BenchDay,
  work: readonly WorkItem[],
): Promise<BoardRecording> {
  const board = boardAt(day, 0);
  const dir = ownDir();
  const vault = openVault({ keys: join(dir, 'keys.json'), keyStore: join(dir, 'store') });
  const booked = bookingCommands(day).map((command) => systemItem(command));
  try {
    const booking = await recordWith(redis, board, booked, null);
    return { board, booking, work: await recordWith(redis, board, work, vault) };
  } finally {
    releaseDir(dir);
  }
}

async function recordWith(
  redis: RedisServer,
  board: BoardKey,
  items: readonly WorkItem[],
  vault: Vault | null,
): Promise<RecordedCommit[]> {
  const kept: FunctionCall<unknown>[] = [];
  const port = createRedisPort(fromUrl(redis.url), 'bench');
  const registry = new BoardRegistry({ port: recordingPort(port, kept), ...(vault && { vault }) });
  try {
    await registry.start();
    return await record(await registry.get(board), items, kept);
  } finally {
    await registry.stop();
    await port.close();
  }
}

const systemItem = (command: Command): WorkItem => ({ role: 'system', clientId: 'booking-0001', command });

/** As long as what the server puts on record of a request. */
const mark = {
  sid: '0123456789abcdef',
  aal: '2',
  rid: '01234567-89ab-4cde-8f01-23456789abcd',
  pol: `sha256:${'0'.repeat(64)}`,
} as const;

async function record(
  host: BoardHost,
  items: readonly WorkItem[],
  kept: readonly FunctionCall<unknown>[],
): Promise<RecordedCommit[]> {
  const recorded: RecordedCommit[] = [];
  const counts = new Map<string, number>();
  for (const { role, clientId, command } of items) {
    const [actor, source] =
      role === 'system' ? ([systemActor, 'tebra'] as const) : ([actorAs(role), 'ui'] as const);
    if (!host.preview(command, actor, source).ok) continue;
    const n = (counts.get(clientId) ?? 0) + 1;
    counts.set(clientId, n);
    const options = role === 'system' ? {} : { mark };
    const outcome = await host.submit({ clientId, n, command }, actor, source, options);
    const call = kept.at(-1);
    if (outcome.outcome !== 'applied' || !call) throw new Error(`${command.type}: ${outcome.outcome}`);
    const args = call.args.map(String);
    args[argAt.deadline] = never;
    const made = { clientId, n, role, command, keys: [...call.keys], args, seq: outcome.seq };
    recorded.push({ ...made, shown: writtenIds(args).map((id) => [id, host.state.get(id)?.d ?? null]) });
  }
  return recorded;
}

/** The same text for another board: clinic ids have one length, so every payload keeps its size. */
function movedTo(text: string, from: BoardKey, to: BoardKey): string {
  return text.replaceAll(boardTag(from), boardTag(to)).replaceAll(`"${from.clinic}"`, `"${to.clinic}"`);
}

/** The recorded commit as a Redis command for another board. */
export function replayCommand(commit: RecordedCommit, from: BoardKey, to: BoardKey): [string, ...string[]] {
  const isSame = from.clinic === to.clinic;
  const move = (text: string) => (isSame ? text : movedTo(text, from, to));
  const args = commit.args.map(move);
  // Other texts have another hash, which is known only once they are written.
  if (!isSame) args[argAt.chainSeen] = '';
  const call = {
    name: 'b4_commit',
    isReadOnly: false,
    keys: commit.keys.map(move),
    args,
    fields: {},
  };
  const [name, ...rest] = commandOf(call);
  return [name, ...rest.map(String)];
}

/** As much of ioredis as a replay needs. */
type Pipelined = {
  pipeline: () => {
    call: (...c: [string, ...string[]]) => unknown;
    exec: () => Promise<[Error | null, unknown][] | null>;
  };
};

/** Replays commits in order, fifty in a write. Throws when one is not committed. */
export async function replay(client: Pipelined, commands: readonly [string, ...string[]][]): Promise<void> {
  for (let i = 0; i < commands.length; i += 50) {
    const pipeline = client.pipeline();
    for (const command of commands.slice(i, i + 50)) pipeline.call(...command);
    for (const [error, reply] of (await pipeline.exec()) ?? []) {
      const isMade = Array.isArray(reply) && reply[1] === 'committed';
      if (error || !isMade) throw new Error(`a replayed commit failed: ${error?.message ?? String(reply)}`);
    }
  }
}

/** Makes the recorded booking true on another board. */
export function bookBoard(client: Pipelined, recording: BoardRecording, to: BoardKey): Promise<void> {
  return replay(
    client,
    recording.booking.map((commit) => replayCommand(commit, recording.board, to)),
  );
}

/** What a commit writes, taken back out of its arguments. */
function writtenIds(args: readonly string[]): EntityId[] {
  const at = argAt.lists + 2 + 2 * Number(args[argAt.lists]);
  return Array.from({ length: Number(args[at]) }, (_, i) => args[at + 1 + 2 * i] as EntityId);
}

/**
 * The arguments with the versions and the position of the present moment, for senders whose commits interleave
 * in another order than they were recorded in.
 */
export function argsNow(
  commit: RecordedCommit,
  at: { epoch: string; seq: number; chain: string; versionOf: (id: string) => number },
): string[] {
  const args = [...commit.args];
  args[argAt.epoch] = at.epoch;
  args[argAt.seqSeen] = String(at.seq);
  args[argAt.chainSeen] = at.chain;
  const count = Number(args[argAt.lists]);
  const idsAt = argAt.lists + 1;
  for (let i = 0; i < count; i += 1)
    args[idsAt + count + 1 + i] = String(at.versionOf(args[idsAt + i] ?? ''));
  return args;
}
