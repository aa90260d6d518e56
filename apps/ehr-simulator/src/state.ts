import { createRng, type DayOptions, type Rng } from '@workflow-bolt/testkit/generate';
import { Authenticator, type Credentials } from './auth.ts';
import type { SimulatorClock } from './clock.ts';
import type { SimulatorConfig } from './config.ts';
import { Journal } from './journal.ts';
import { Throttle } from './throttle.ts';
import { seedWorld } from './world/seed-world.ts';
import type { EhrWorld } from './world/world.ts';

/** Everything that changes while the simulator runs. A reset replaces all of it but the clock and the credentials. */
export interface SimulatorState {
  readonly clock: SimulatorClock;
  readonly credentials: readonly Credentials[];
  readonly journal: Journal;
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
}

export function createState(parts: StateParts): SimulatorState {
  return { ...parts, journal: new Journal(), ...fresh(parts.day, parts.credentials) };
}

/** Starts again from a day and a configuration; the journal is emptied. */
export function resetState(state: SimulatorState, day: DayOptions, config: SimulatorConfig): void {
  Object.assign(state, { day, config }, fresh(day, state.credentials));
  state.journal.clear();
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
