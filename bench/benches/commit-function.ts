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
import { figure, ratios } from '../report/bench-report.ts';

const contestants = ['b1_commit', 'minimal_commit', 'bare_commit'] as const;
/** A turn takes a fraction of a second, so many of them are cheap, and the noise of a shared machine evens out. */
const turnsPerRound = 4;
type Contestant = (typeof contestants)[number];

/** Microseconds of each FCALL since the last CONFIG RESETSTAT, inner commands and Lua included, fsync not. */
async function usecPerCall(client: Redis): Promise<number> {
  const info = await client.info('commandstats');
  return Number(/cmdstat_fcall:.*?usec_per_call=([\d.]+)/.exec(info)?.[1] ?? Number.NaN);
}

/** Plays the recorded day on an empty board and answers the function's own time per call. */
async function playDay(client: Redis, recording: BoardRecording, name: Contestant): Promise<number> {
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
  const usec: Record<Contestant, number[]> = { b1_commit: [], minimal_commit: [], bare_commit: [] };
  await alternate(rounds * turnsPerRound, contestants, async (name, round) => {
    const took = await playDay(client, recording, name);
    usec[name].push(took);
    log(`commit-function turn ${round + 1}: ${name} ${took} µs`);
  });
  const commits = recording.work.length;
  return {
    name: 'commit-function',
    claim: 'The function alone within 1.25 of a hand-minimal one doing the same writes.',
    tables: [
      {
        title: `µs per call by INFO commandstats, ${commits} commits of a day with ${day.day.appointments.length} visits, appendfsync always`,
        rows: contestants.map((name) => {
          const { median, min, max } = figure(name, 'µs', usec[name]);
          return { function: name, 'µs median': median, min, max, 'limit per s': 1_000_000 / median };
        }),
      },
    ],
    figures: [
      figure('commit / hand-minimal', 'ratio', ratios(usec.b1_commit, usec.minimal_commit), {
        op: '<=',
        value: 1.25,
      }),
      figure('commit / hand-minimal without history hash', 'ratio', ratios(usec.b1_commit, usec.bare_commit)),
    ],
    notes: [
      'minimal_commit makes the same writes with the same contents, the history hash among them, and checks nothing.',
      'Redis syncs outside of the function, so its time is not in these numbers.',
    ],
  };
}

export const commitFunction: Bench = { name: 'commit-function', run };
