/** A stand-in for the vendor's SOAP service, faithful enough that a client that works here has little left to learn. */
export type { AssertionResult } from './assertions.ts';
export type { Credentials } from './auth.ts';
export { createClock, type SimulatorClock } from './clock.ts';
export {
  type ConfigPatch,
  type FaultKind,
  type FaultRule,
  PUBLISHED_GAPS_MS,
  type SimulatorConfig,
} from './config.ts';
export type { Action, ActionInput } from './control/action-schema.ts';
export { ActionRefused } from './control/actions.ts';
export type { JournalEntry } from './journal.ts';
export {
  DEMO_CREDENTIALS,
  type EhrSimulator,
  type SimulatorOptions,
  startEhrSimulator,
} from './simulator.ts';
export type { AppointmentRecord, EhrWorld, PatientRecord } from './world/world.ts';
