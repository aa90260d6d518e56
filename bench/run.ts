/** `npm run bench`: every claim of speed, measured against its peer in the same run. */
import { cpus } from 'node:os';
import { type Calibration, calibrate, judgeCalibration, startRedis } from '@workflow-bolt/testkit';
import { type BenchOptions, BenchRefused, benchHelp, readBenchOptions } from './bench-options.ts';
import { audit } from './benches/audit.ts';
import { breaker } from './benches/breaker.ts';
import { commitFunction } from './benches/commit-function.ts';
import { commitHttp } from './benches/commit-http.ts';
import { fanOut } from './benches/fan-out.ts';
import { memory } from './benches/memory.ts';
import { phiBoard } from './benches/phi-board.ts';
import { reconnectStorm } from './benches/reconnect-storm.ts';
import { signIn } from './benches/sign-in.ts';
import { snapshot } from './benches/snapshot.ts';
import { syncDay } from './benches/sync-day.ts';
import { writeBack } from './benches/write-back.ts';
import type { Bench, BenchReport } from './report/bench-report.ts';
import { reportText } from './report/print-report.ts';

const benches: readonly Bench[] = [
  audit,
  commitFunction,
  commitHttp,
  fanOut,
  snapshot,
  reconnectStorm,
  memory,
  syncDay,
  phiBoard,
  signIn,
  breaker,
  writeBack,
];
const rounds = { full: 5, quick: 2 } as const;

type Measured = BenchReport & {
  tookMs: number;
  before: Calibration;
  after: Calibration;
  noisyBecause: string[];
};
type Failed = { name: string; error: string };

/** The speed of this machine: a CPU loop, and PING to a Redis of its own. */
async function calibrateMachine(): Promise<Calibration> {
  await using redis = await startRedis();
  const client = redis.client();
  const calibration = await calibrate(() => client.ping());
  // Awaited here: the server is gone as soon as this function returns.
  return calibration;
}

async function runOne(bench: Bench, { isQuick }: BenchOptions): Promise<Measured> {
  const before = await calibrateMachine();
  const startedAt = performance.now();
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const report = await bench.run({ isQuick, rounds: isQuick ? rounds.quick : rounds.full, log });
  const tookMs = performance.now() - startedAt;
  const after = await calibrateMachine();
  const { noisyBecause } = judgeCalibration(before, after);
  return { ...report, tookMs: Math.round(tookMs), before, after, noisyBecause: [...noisyBecause] };
}

function machineLine({ cpuLoopMs, pingMsP50, loadAverage }: Calibration): string {
  return `CPU loop ${cpuLoopMs.toFixed(2)} ms, Redis PING p50 ${pingMsP50?.toFixed(3)} ms, load ${loadAverage.toFixed(1)}`;
}

function printMeasured(measured: Measured): void {
  const { before, after, noisyBecause, tookMs } = measured;
  console.log(reportText(measured));
  console.log(`  machine before: ${machineLine(before)}\n  machine after:  ${machineLine(after)}`);
  if (noisyBecause.length > 0) console.log(`  noisy run: ${noisyBecause.join('; ')}. Trust ratios only.`);
  console.log(`  took ${(tookMs / 1_000).toFixed(0)} s\n`);
}

function printVerdict(measured: readonly Measured[], failed: readonly Failed[]): void {
  const figures = measured.flatMap(({ figures }) => figures).filter(({ isMet }) => isMet !== null);
  const missed = figures.filter(({ isMet }) => !isMet);
  for (const { name, median, bound } of missed)
    console.log(`missed: ${name} is ${median.toPrecision(3)}, bound ${bound?.op} ${bound?.value}`);
  for (const { name, error } of failed) console.log(`could not run: ${name}: ${error}`);
  console.log(
    `${figures.length - missed.length} bounds met, ${missed.length} missed, ${failed.length} benches could not run`,
  );
}

async function main(): Promise<number> {
  const options = readBenchOptions(
    process.argv.slice(2),
    benches.map(({ name }) => name),
  );
  if (options.isHelp) {
    console.log(benchHelp);
    return 0;
  }
  const chosen = benches.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const measured: Measured[] = [];
  const failed: Failed[] = [];
  for (const bench of chosen) {
    try {
      const one = await runOne(bench, options);
      measured.push(one);
      if (!options.isJson) printMeasured(one);
    } catch (error) {
      failed.push({
        name: bench.name,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  if (options.isJson) {
    const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
    console.log(
      JSON.stringify({ version: 1, isQuick: options.isQuick, machine, benches: measured, failed }, null, 2),
    );
  } else printVerdict(measured, failed);
  if (failed.length > 0) return 2;
  return measured.some(({ figures }) => figures.some(({ isMet }) => isMet === false)) ? 1 : 0;
}

// An exit, unlike a signal, ends what was started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof BenchRefused)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
