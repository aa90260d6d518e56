import { createRng, type DayOptions, type Rng } from '@workflow-bolt/testkit/generate';
import { Authenticator, type Credentials } from './auth.ts';
import type { SimulatorClock } from './clock.ts';
import type { SimulatorConfig } from './config.ts';
import { Journal } from './journal.ts';
import { Throttle } from './throttle.ts';
import { seedWorld } from './world/seed-world.ts';
import type { EhrWorld } from './world/world.ts';
import type { WorldFile } from './world/world-file.ts';

/** Everything that changes while the simulator runs. A reset replaces all of it but the clock and the credentials. */
export interface SimulatorState {
  readonly clock: SimulatorClock;
  readonly credentials: readonly Credentials[];
  readonly journal: Journal;
  /** Where the account's data survive a restart; null keeps them in memory only. */
  readonly file: WorldFile | null;
  day: DayOptions;
  config: SimulatorConfig;
  world: EhrWorld;
  auth: Authenticator;
  throttle: Throttle;
  rng: Rng;
}

export interface StateParts {
  clock: SimulatorClock;
  credentials: readonly Credentials[];
  day: DayOptions;
  config: SimulatorConfig;
  file: WorldFile | null;
}

/** A day as it was left, where it was kept, or else as it is generated; `notice` says what could not be read. */
export function createState(parts: StateParts): { state: SimulatorState; notice: string | null } {
  const state = { ...parts, journal: new Journal(), ...fresh(parts.day, parts.credentials) };
  const loaded = parts.file?.load(parts.day) ?? { kind: 'fresh', notice: null };
  if (loaded.kind === 'kept') state.world.restore(loaded.world);
  keepWorld(state);
  return { state, notice: loaded.kind === 'kept' ? null : loaded.notice };
}

/** Starts again from a day and a configuration; the journal is emptied. */
export function resetState(state: SimulatorState, day: DayOptions, config: SimulatorConfig): void {
  Object.assign(state, { day, config }, fresh(day, state.credentials));
  state.journal.clear();
  state.file?.save(day, state.world);
  keepWorld(state);
}

function keepWorld({ file, day, world }: SimulatorState): void {
  if (file) world.whenChanged(() => file.save(day, world));
}

function fresh(day: DayOptions, credentials: readonly Credentials[]) {
  const world = seedWorld(day);
  const rng = createRng(day.seed).fork('simulator');
  return {
    world,
    rng,
    auth: new Authenticator(credentials, world.customerId),
    throttle: new Throttle(rng.fork('throttle')),
  };
}
