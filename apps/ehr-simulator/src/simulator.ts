import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DayOptions, localDateOf, type ProfileName } from '@workflow-bolt/testkit/generate';
import type { Credentials } from './auth.ts';
import { createClock, type SimulatorClock } from './clock.ts';
import { type ConfigPatch, defaultConfig, patchConfig, type SimulatorConfig } from './config.ts';
import type { ActionInput } from './control/action-schema.ts';
import { applyAction } from './control/actions.ts';
import { createControlServer } from './control/control-server.ts';
import { ScenarioPlayer } from './control/scenario.ts';
import type { JournalEntry } from './journal.ts';
import { createSoapServer } from './soap-server.ts';
import { createState, type SimulatorState } from './state.ts';
import type { AppointmentRecord, EhrWorld } from './world/world.ts';
import { WorldFile } from './world/world-file.ts';

export interface SimulatorOptions {
  /** Default 1. */
  seed?: number;
  profile?: ProfileName;
  /** Local date of the generated day, `YYYY-MM-DD`; default today in the zone, by the clock. */
  date?: string;
  /** IANA zone of the clinic; default America/Chicago. */
  zone?: string;
  /** Booked appointments; default by profile. */
  appointments?: number;
  /** Mark every patient's name for leak scans. */
  canary?: boolean;
  /** 0, the default, takes any free port. */
  port?: number;
  controlPort?: number;
  clock?: SimulatorClock;
  credentials?: readonly Credentials[];
  config?: ConfigPatch;
  /** A file in which the account's appointments and changed patients survive a restart on the same day. */
  stateFile?: string;
  /** Told what could not be kept; by default the process's error output. */
  warn?: (sentence: string) => void;
}

export interface EhrSimulator {
  /** The SOAP endpoint. */
  url: string;
  controlUrl: string;
  credentials: Credentials;
  /** The exact name a filter must carry. */
  practiceName: string;
  zone: string;
  date: string;
  clock: SimulatorClock;
  /** Why the account's data begin anew although some were kept; null when nothing was lost. */
  readonly notice: string | null;
  /** The account's data as it is now. */
  readonly world: EhrWorld;
  readonly config: SimulatorConfig;
  /** Changes part of the configuration; throws ZodError and changes nothing when it would not be valid. */
  configure(patch: ConfigPatch): void;
  /** Does what the control plane can do; returns the appointment touched. */
  act(action: ActionInput): AppointmentRecord | null;
  journal(op?: string): JournalEntry[];
  /** Ends every open exchange and frees both ports. */
  stop(): Promise<void>;
}

/** The login of the demo account. The password holds what XML must escape, so that a client that does not is found out. */
export const DEMO_CREDENTIALS: Credentials = {
  customerKey: 'SIMULATED-KEY-55501',
  user: 'api@cedar-hollow.example',
  password: 'simulated <&> password',
};

/** Starts the simulator on loopback; resolves when both ports listen, rejects when one is taken. */
export async function startEhrSimulator(options: SimulatorOptions = {}): Promise<EhrSimulator> {
  const { state, notice } = stateFor(options);
  const scenario = new ScenarioPlayer(state);
  const closing = new AbortController();
  const soap = createSoapServer(state, scenario, closing.signal);
  const controlServer = createControlServer(state, scenario);
  const port = await listen(soap, options.port ?? 0);
  const controlPort = await listen(controlServer, options.controlPort ?? 0).catch(async (error) => {
    await close(soap);
    throw error;
  });
  const stop = async () => {
    scenario.stop();
    closing.abort();
    await Promise.all([close(soap), close(controlServer)]);
  };
  return handle(state, { port, controlPort, stop, notice });
}

function stateFor(options: SimulatorOptions): { state: SimulatorState; notice: string | null } {
  const clock = options.clock ?? createClock();
  const zone = options.zone ?? 'America/Chicago';
  const day: DayOptions = {
    seed: options.seed ?? 1,
    date: options.date ?? localDateOf(clock.now(), zone),
    zone,
    profile: options.profile ?? 'calm',
    ...(options.appointments === undefined ? {} : { appointments: options.appointments }),
    ...(options.canary === undefined ? {} : { canary: options.canary }),
  };
  const config = patchConfig(defaultConfig(), options.config ?? {});
  const { stateFile, warn = console.error, credentials = [DEMO_CREDENTIALS] } = options;
  const file = stateFile === undefined ? null : new WorldFile(stateFile, warn);
  return createState({ clock, day, config, credentials, file });
}

function handle(
  state: SimulatorState,
  ports: { port: number; controlPort: number; stop: () => Promise<void>; notice: string | null },
): EhrSimulator {
  return {
    url: `http://127.0.0.1:${ports.port}/services/soap/2.1/KareoServices.svc`,
    controlUrl: `http://127.0.0.1:${ports.controlPort}`,
    credentials: state.credentials[0] ?? DEMO_CREDENTIALS,
    practiceName: state.world.practices[0]?.name ?? '',
    zone: state.day.zone,
    date: state.day.date,
    clock: state.clock,
    notice: ports.notice,
    get world() {
      return state.world;
    },
    get config() {
      return state.config;
    },
    configure: (patch) => {
      state.config = patchConfig(state.config, patch);
    },
    act: (action) => applyAction(state, action),
    journal: (op) => state.journal.list(op),
    stop: ports.stop,
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
