export {
  type CalibratedRun,
  type Calibration,
  type CalibrationOptions,
  calibrate,
  judgeCalibration,
  withCalibration,
} from './calibration.ts';
export {
  type CapacityOptions,
  type CapacityResult,
  type ClosedLoopOptions,
  type ClosedLoopResult,
  runClosedLoop,
  searchCapacity,
} from './closed-loop.ts';
export { type RampOptions, type RampResult, rampToKnee } from './knee.ts';
export { LatencyHistogram, type LatencySummary } from './latency-histogram.ts';
export { LATE_SHARE_MAX, type LoadResult, mergeLoadResults } from './load-result.ts';
export { type LoadOperation, type OpenLoopOptions, runOpenLoop } from './open-loop.ts';
export { type ConstantRate, constantSchedule, poissonSchedule, type Schedule } from './schedule.ts';
export {
  openSseClients,
  type SseClients,
  type SseClientsOptions,
  type SseEventCallback,
  type SseStats,
} from './sse-clients.ts';
export type { SseFrame } from './sse-parser.ts';
