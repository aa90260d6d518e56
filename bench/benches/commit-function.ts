import { createRedisPort, ensureFunctions, fromUrl } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import type { Redis } from 'ioredis';
import { makeBenchDay } from '../day/bench-day.ts';
import {
  type BoardRecording,
  bookBoard,
  recordBoard,
  replay,
  replayCommand,
} from '../day/recorded-commit.ts';
import { dayCommands } from '../day/staff-commands.ts';
import { minimalLibrary } from '../peers/minimal-library.ts';
import { alternate } from '../report/alternate.ts';
import type { Bench, BenchReport, BenchSetting } from '../report/bench-report.ts';
import { figure, ratios, spreadOf } from '../report/bench-report.ts';

const contestants = ['b4_commit', 'minimal_commit', 'bare_commit'] as const;
/** A turn takes a fraction of a second, so many of them are cheap, and the noise of a shared machine evens out. */
const turnsPerRound = 4;
const bound = { op: '<=', value: 1.25 } as const;
type Contestant = (typeof contestants)[number];

/** Microseconds of an FCALL, Lua and inner commands included, fsync not: the mean, and the middle one. */
type Usec = { mean: number; median: number };

/** What Redis counted since the last CONFIG RESETSTAT. */
async function usecPerCall(client: Redis): Promise<Usec> {
  const info = `${await client.info('commandstats')}\n${await client.info('latencystats')}`;
  const read = (shape: RegExp) => Number(shape.exec(info)?.[1] ?? Number.NaN);
  return {
    mean: read(/cmdstat_fcall:.*?usec_per_call=([\d.]+)/),
    median: read(/latency_percentiles_usec_fcall:p50=([\d.]+)/),
  };
}

/** Plays the recorded day on an empty board and answers the function's own time per call. */
async function playDay(client: Redis, recording: BoardRecording, name: Contestant): Promise<Usec> {
  await client.flushall();
  const { board } = recording;
  await bookBoard(client, recording, board);
  const commands = recording.work.map((commit) => replayCommand(commit, board, board));
  for (const command of commands) command[1] = name;
  await client.config('RESETSTAT');
  await replay(client, commands);
  return usecPerCall(client);
}

async function run({ isQuick, rounds, log }: BenchSetting): Promise<BenchReport> {
  const day = makeBenchDay(isQuick ? 100 : 400);
  await using redis = await startRedis({ persist: 'aof-always' });
  const recording = await recordBoard(redis, day, dayCommands(day));
  const port = createRedisPort(fromUrl(redis.url), 'bench');
  await port.connect();
  await ensureFunctions(port);
  await port.close();
  const client = redis.client();
  await client.call('FUNCTION', 'LOAD', minimalLibrary);
  for (const name of contestants) await playDay(client, recording, name);
  const usec: Record<Contestant, Usec[]> = { b4_commit: [], minimal_commit: [], bare_commit: [] };
  await alternate(rounds * turnsPerRound, contestants, async (name, round) => {
    const took = await playDay(client, recording, name);
    usec[name].push(took);
    log(`commit-function turn ${round + 1}: ${name} ${took.mean} µs, median ${took.median} µs`);
  });
  const commits = recording.work.length;
  const mean = (name: Contestant) => usec[name].map((took) => took.mean);
  const middle = (name: Contestant) => usec[name].map((took) => took.median);
  return {
    name: 'commit-function',
    claim: 'The function alone within 1.25 of a hand-minimal one doing the same writes.',
    tables: [
      {
        title: `µs per call by INFO commandstats, ${commits} commits of a day with ${day.day.appointments.length} visits, appendfsync always`,
        rows: contestants.map((name) => {
          const { median, min, max } = spreadOf(mean(name));
          const call = spreadOf(middle(name)).median;
          return { function: name, 'µs per call': median, min, max, 'median call µs': call };
        }),
      },
    ],
    figures: [
      figure('commit / hand-minimal', 'ratio', ratios(mean('b4_commit'), mean('minimal_commit')), bound),
      figure(
        'commit / hand-minimal, median call',
        'ratio',
        ratios(middle('b4_commit'), middle('minimal_commit')),
      ),
      figure(
        'commit / hand-minimal without history hash',
        'ratio',
        ratios(mean('b4_commit'), mean('bare_commit')),
      ),
    ],
    notes: [
      'minimal_commit makes the same writes with the same contents, the history hash among them, and checks nothing.',
      'µs per call is a mean over wall time: on a busy machine it also counts when Redis had to wait for a core. The median call does not.',
      'Redis syncs outside of the function, so its time is not in these numbers.',
    ],
  };
}

export const commitFunction: Bench = { name: 'commit-function', run };
