export { checkConvergence, digestOf } from './convergence.ts';
export {
  assertHistory,
  type CheckResult,
  formatHistory,
  type HistoryLine,
  mergeResults,
  type Operation,
  operationsOf,
  parseHistory,
} from './history.ts';
export { checkIdempotency } from './idempotency.ts';
export { checkLinearizable, type LinearizabilityOptions, type Model } from './linearizability.ts';
export {
  type CasInput,
  type CasOutput,
  canonicalJson,
  type RoomState,
  roomOccupancy,
  type VersionedState,
  visitRegister,
} from './models.ts';
export { checkPrefixes, type ObservedEntry, type ObserverLog, type PrefixOptions } from './prefixes.ts';
export { type Attempt, HistoryRecorder, type Invocation } from './recorder.ts';
export { checkSessions } from './sessions.ts';
export { checkSetFull } from './set-full.ts';
