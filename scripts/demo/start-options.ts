import { parseArgs } from 'node:util';
import { demoAppointments, demoSeed, morningZone } from './demo-clinic.ts';

export type StartOptions = {
  port: number;
  isSimulated: boolean;
  speed: number;
  dataDir: string;
  zone: string;
  seed: number;
  appointments: number;
  isHelp: boolean;
};

export const startHelp = `Usage: npm start -- [options]

Starts the whole system on this machine: a private Redis, a simulated EHR with a generated clinic day,
the API, a worker and the board.

  --port N           port of the board (default 8080)
  --simulate         also play the staff, so that the board lives by itself
  --speed N          clinic minutes per minute when playing (default 20)
  --data DIR         where the data lives (default .bolt in this folder); it survives a restart
  --zone ZONE        time zone of the demo clinic (default: one where the clinic is just opening)
  --seed N           seed of the generated day (default ${demoSeed})
  --appointments N   booked visits (default ${demoAppointments})
  --help             this text

REDIS_URL, if set, is used instead of the private Redis.`;

/** A mistake in the call or on the machine that a person can mend; printed without a stack. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new StartRefused(`--${name} takes a whole number from ${min} to ${max}, not "${text}".`);
}

function zoneOf(text: string | undefined): string {
  if (text === undefined) return morningZone(Date.now());
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return text;
  } catch {
    throw new StartRefused(`--zone takes an IANA time zone such as America/Chicago, not "${text}".`);
  }
}

/** Reads the command line; throws StartRefused with a sentence that says what to do. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const options = {
    port: { type: 'string', default: '8080' },
    simulate: { type: 'boolean', default: false },
    speed: { type: 'string', default: '20' },
    data: { type: 'string', default: '.bolt' },
    zone: { type: 'string' },
    seed: { type: 'string', default: String(demoSeed) },
    appointments: { type: 'string', default: String(demoAppointments) },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...argv], options });
    return {
      port: whole('port', values.port, 1, 65_535),
      isSimulated: values.simulate,
      speed: whole('speed', values.speed, 1, 10_000),
      dataDir: values.data,
      zone: zoneOf(values.zone),
      seed: whole('seed', values.seed, 0, 4_294_967_295),
      appointments: whole('appointments', values.appointments, 1, 400),
      isHelp: values.help,
    };
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused(`${error instanceof Error ? error.message : String(error)}\n\n${startHelp}`);
  }
}
