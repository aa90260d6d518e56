import { boardKeys } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { makeBenchDay } from '../day/bench-day.ts';
import { recordBoard } from '../day/recorded-commit.ts';
import { dayCommands } from '../day/staff-commands.ts';
import type { Table } from '../report/bench-report.ts';

export type RedisMemory = { table: Table; bytesPerVisit: number };

/** What a whole played day takes in Redis, by key. */
export async function measureRedisMemory(visits: number): Promise<RedisMemory> {
  await using redis = await startRedis();
  const day = makeBenchDay(visits);
  const { board, booking, work } = await recordBoard(redis, day, dayCommands(day));
  const client = redis.client();
  const { meta, ent, log, aud } = boardKeys(board);
  const named = new Map([
    [meta, 'meta'],
    [ent, 'ent'],
    [log, 'log'],
    [aud, 'aud'],
  ]);
  const sizes = new Map<string, number>();
  for (const key of await client.keys('{b:*')) {
    const bytes = Number(await client.call('MEMORY', 'USAGE', key, 'SAMPLES', '0'));
    const name = named.get(key) ?? (key.includes(':idem:') ? 'idem (all clients)' : 'other');
    sizes.set(name, (sizes.get(name) ?? 0) + bytes);
  }
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const rows = [...sizes, ['all', total] as const].map(([key, bytes]) => ({
    key,
    bytes,
    'bytes per visit': bytes / visits,
  }));
  const commits = booking.length + work.length;
  return {
    table: { title: `Redis after a played day: ${visits} visits, ${commits} commits (MEMORY USAGE)`, rows },
    bytesPerVisit: total / visits,
  };
}
