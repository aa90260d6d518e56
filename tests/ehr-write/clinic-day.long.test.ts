import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import type { Coverage } from './day/judge-day.ts';

/** BOLT_DAYS plays fewer or more of them. */
const seedsCount = Number(process.env.BOLT_DAYS ?? 200);
const firstSeed = 1_000;
const visits = 60;

type Line = { seed: number; wrong: Record<string, string[]>; coverage: Coverage };

/** The days of some seeds in a process of its own, which ends by itself. */
async function playSeeds(from: number, count: number): Promise<Line[]> {
  const script = join(import.meta.dirname, 'day/play-seeds.ts');
  const child = spawn(process.execPath, [script, String(from), String(count), String(visits)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as Line));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return lines;
}

it(`[I6] [I7] ${seedsCount} days of ${visits} visits, written back through all that an EHR can do`, async () => {
  const players = Math.min(2, availableParallelism());
  const share = Math.ceil(seedsCount / players);
  const all = await Promise.all(
    Array.from({ length: players }, (_, n) =>
      playSeeds(firstSeed + n * share, Math.min(share, seedsCount - n * share)),
    ),
  );
  const days = all.flat();
  expect(days).toHaveLength(seedsCount);
  expect(days.filter(({ wrong }) => Object.keys(wrong).length > 0)).toEqual([]);
  // A day in which nothing went wrong would have proved nothing.
  const total: Coverage = {};
  for (const { coverage } of days)
    for (const [name, count] of Object.entries(coverage)) total[name] = (total[name] ?? 0) + count;
  console.log(total);
  expect(Object.entries(total).filter(([name, count]) => count === 0 && name !== 'left failed')).toEqual([]);
});
