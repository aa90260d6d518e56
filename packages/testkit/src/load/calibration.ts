import { loadavg } from 'node:os';

/** How fast this machine is right now, by two fixed pieces of work. Milliseconds. */
export interface Calibration {
  readonly cpuLoopMs: number;
  /** Undefined when no ping was given. */
  readonly pingMsP50: number | undefined;
  /** Runnable processes over the last minute, as the system says. */
  readonly loadAverage: number;
}

export interface CalibratedRun<T> {
  readonly result: T;
  readonly before: Calibration;
  readonly after: Calibration;
  /** The larger of the changes of both measures, as a share: 0.2 = 20 %. */
  readonly drift: number;
  /** False: the machine changed its speed under the run, or was busy; compare nothing with it. */
  readonly isQuiet: boolean;
  readonly noisyBecause: readonly string[];
}

export interface CalibrationOptions {
  /** A fixed small request, such as a Redis PING on an open connection. */
  readonly ping?: () => Promise<unknown>;
  /** Default 0.15. */
  readonly driftMax?: number;
  /** Default 1.5; only what ran before counts, since the run itself makes load. */
  readonly loadAverageMax?: number;
}

const LOOP_STEPS = 2_000_000;
const LOOP_ROUNDS = 7;
const PINGS = 200;

/** Measure the machine: the median of seven CPU loops (about 5 ms each) and of 200 pings. */
export async function calibrate(ping?: () => Promise<unknown>): Promise<Calibration> {
  cpuLoop();
  const loops = Array.from({ length: LOOP_ROUNDS }, () => timed(cpuLoop));
  const pings: number[] = [];
  for (let i = 0; ping && i < PINGS; i += 1) {
    const startedAt = performance.now();
    await ping();
    pings.push(performance.now() - startedAt);
  }
  return {
    cpuLoopMs: medianOf(loops),
    pingMsP50: pings.length > 0 ? medianOf(pings) : undefined,
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** Calibrate, run, calibrate again, and say whether the run may be compared with others. */
export async function withCalibration<T>(
  run: () => Promise<T>,
  options: CalibrationOptions = {},
): Promise<CalibratedRun<T>> {
  const before = await calibrate(options.ping);
  const result = await run();
  const after = await calibrate(options.ping);
  return { result, before, after, ...judgeCalibration(before, after, options) };
}

/** Compare two calibrations of one run. */
export function judgeCalibration(
  before: Calibration,
  after: Calibration,
  { driftMax = 0.15, loadAverageMax = 1.5 }: CalibrationOptions = {},
): Pick<CalibratedRun<unknown>, 'drift' | 'isQuiet' | 'noisyBecause'> {
  const cpu = changeOf(before.cpuLoopMs, after.cpuLoopMs);
  const ping = changeOf(before.pingMsP50, after.pingMsP50);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const noisyBecause = [
    ...(cpu > driftMax ? [`the CPU loop changed by ${percent(cpu)}`] : []),
    ...(ping > driftMax ? [`the ping changed by ${percent(ping)}`] : []),
    ...(before.loadAverage > loadAverageMax
      ? [`load average ${before.loadAverage.toFixed(1)} before the run`]
      : []),
  ];
  return { drift: Math.max(cpu, ping), isQuiet: noisyBecause.length === 0, noisyBecause };
}

function changeOf(before: number | undefined, after: number | undefined): number {
  return before && after ? Math.max(before, after) / Math.min(before, after) - 1 : 0;
}

/** Integer work that fits into registers and cannot be optimised away. */
function cpuLoop(): number {
  let x = 0x9e3779b9;
  for (let i = 0; i < LOOP_STEPS; i += 1) x = Math.imul(x ^ (x >>> 15), 0x85ebca6b) + i;
  return x;
}

function timed(work: () => number): number {
  const startedAt = performance.now();
  const worth = work();
  const elapsedMs = performance.now() - startedAt;
  // Looking at the outcome keeps the compiler from leaving the work out.
  if (Number.isNaN(worth)) throw new Error('integer work gave no number');
  return elapsedMs;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
