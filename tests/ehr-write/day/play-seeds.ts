/** Plays the days of some seeds in a process of its own; one line of JSON for each. Arguments: first seed, count, visits. */
import { playDay } from './clinic-day.ts';
import { coverageOf, violationsOf } from './judge-day.ts';

const [from = 0, count = 0, visits = 0] = process.argv.slice(2).map(Number);
for (let seed = from; seed < from + count; seed += 1) {
  const day = await playDay(seed, visits);
  const line = { seed, wrong: violationsOf(day), coverage: coverageOf(day) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
// Connections of the last day's adapters are kept alive; nothing is left to say on them.
process.exit(0);
