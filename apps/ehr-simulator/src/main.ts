import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startEhrSimulator } from './simulator.ts';

/**
 * Runs the simulator as a process: flags, or the same names in the environment as EHR_SIMULATOR_PORT and so on. Prints one
 * line of JSON when both ports listen; SIGTERM and SIGINT stop it.
 */
const optionsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  'control-port': z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.coerce.number().int().min(0).max(0xffffffff).default(1),
  profile: z.enum(['calm', 'busy', 'surge', 'pathological']).default('calm'),
  date: z.iso.date().optional(),
  zone: z.string().default('America/Chicago'),
  appointments: z.coerce.number().int().min(0).max(10_000).optional(),
  latency: z.enum(['none', 'realistic']).default('none'),
  state: z.string().min(1).optional(),
});

const NAMES = Object.keys(optionsSchema.shape) as (keyof typeof optionsSchema.shape)[];

function readOptions(): z.output<typeof optionsSchema> {
  const { values } = parseArgs({
    options: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
  });
  const given = NAMES.map((name) => [name, values[name] ?? process.env[environmentName(name)]] as const);
  return optionsSchema.parse(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
}

function environmentName(name: string): string {
  return `EHR_SIMULATOR_${name.replace('-', '_').toUpperCase()}`;
}

async function main(): Promise<void> {
  const { 'control-port': controlPort, latency, date, appointments, state, ...rest } = readOptions();
  const simulator = await startEhrSimulator({
    ...rest,
    controlPort,
    ...(date === undefined ? {} : { date }),
    ...(appointments === undefined ? {} : { appointments }),
    ...(state === undefined ? {} : { stateFile: state }),
    config: { network: { latency: { kind: latency } } },
  });
  const stop = () => void simulator.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const { url, controlUrl, date: day, zone, practiceName, notice } = simulator;
  const { pid } = process;
  console.log(JSON.stringify({ ready: true, pid, url, controlUrl, date: day, zone, practiceName, notice }));
}

main().catch((error: unknown) => {
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
  console.error(`ehr-simulator: ${message}`);
  process.exitCode = 1;
});
