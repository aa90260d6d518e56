import { parseArgs } from 'node:util';

export type BenchOptions = { isJson: boolean; isQuick: boolean; isHelp: boolean; only: string[] };

export const benchHelp = `Usage: npm run bench -- [options]

Measures this system against its peers on this machine, in alternating rounds of one run.

  --quick           fewer and shorter rounds (about 4 minutes instead of 20)
  --only a,b        only these benches
  --json            one machine-readable document on stdout; progress stays on stderr
  --help            this text

The exit code is 0 when every bound is met, 1 when one is missed, 2 when a bench could not run.`;

/** A mistake in the call, printed without a stack. */
export class BenchRefused extends Error {
  override readonly name = 'BenchRefused';
}

/** Reads the command line. Throws BenchRefused that names the benches there are. */
export function readBenchOptions(argv: readonly string[], names: readonly string[]): BenchOptions {
  const flags = {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  } as const;
  let values: { quick: boolean; json: boolean; help: boolean; only: string };
  try {
    values = parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new BenchRefused(`${error instanceof Error ? error.message : String(error)}\n\n${benchHelp}`);
  }
  const only = values.only.split(',').filter(Boolean);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new BenchRefused(`There is no bench ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  }
  return { isJson: values.json, isQuick: values.quick, isHelp: values.help, only };
}
