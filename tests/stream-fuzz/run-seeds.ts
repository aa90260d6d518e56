import type { RuleMutation } from '@workflow-bolt/client';
import { actNames, Simulation, Violation } from './simulation.ts';

/** Every fault, every answer of the server and every phase that a campaign must have seen at least once. */
export const sometimes: readonly string[] = [
  ...actNames.map((name) => `act ${name}`),
  ...['drop', 'repeat', 'replay', 'swap', 'delay', 'omit'].map((fault) => `frame ${fault}`),
  ...['fail', 'hang', 'refuse', 'html', 'other cursor', 'no hello', 'lost answer', 'unauthorised'].map(
    (how) => `open ${how}`,
  ),
  ...['init', 'view', 'schema', 'epoch', 'ahead', 'fork', 'trimmed', 'cheaper', 'digest'].map(
    (reason) => `snap ${reason}`,
  ),
  ...['drain', 'rotate', 'slow', 'auth', 'replaced', 'revoked'].map((code) => `bye ${code}`),
  ...['connecting', 'catching-up', 'live', 'stale', 'offline', 'needs-auth'].map((phase) => `phase ${phase}`),
  ...['applied', 'snapshot', 'staged', 'duplicate', 'agreed', 'gap', 'epoch', 'fork', 'diverged'].map(
    (kind) => `verdict ${kind}`,
  ),
  'mode poll',
  'buffered',
  'delivered after hang-up',
  'filtered',
  'repeat arrived',
  'replayed',
  'slept all night',
  'slept briefly',
];

/** How often each thing happened over the seeds. Throws the first violation, with the command that replays it. */
export function runSeeds(seeds: Iterable<number>): Map<string, number> {
  const counts = new Map<string, number>();
  const note = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const seed of seeds) {
    try {
      new Simulation({ seed, note }).run();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(
        `${text}\n\nreplay: FUZZ_SEED=${seed} npx vitest run --project unit tests/stream-fuzz/stream-fuzz.test.ts`,
      );
    }
  }
  return counts;
}

/** The first seed that shows a rule with one check missing to be broken; null when none does. */
export function firstCatch(mutation: RuleMutation, seedMax: number): number | null {
  for (let seed = 1; seed <= seedMax; seed++) {
    try {
      new Simulation({ seed, broken: [mutation] }).run();
    } catch (error) {
      if (error instanceof Violation) return seed;
      throw error;
    }
  }
  return null;
}

export const seedRange = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);
