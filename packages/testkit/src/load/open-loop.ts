import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { LatencyHistogram } from './latency-histogram.ts';
import { judged, type LoadResult } from './load-result.ts';
import type { Schedule } from './schedule.ts';

/** One request. Resolves when the answer is complete; a rejection counts as an error of its class. */
export type LoadOperation = (index: number) => Promise<unknown>;

export interface OpenLoopOptions {
  readonly schedule: Schedule;
  readonly operation: LoadOperation;
  /** Requests under way at most; beyond it a due request is dropped and counted. Default 10,000. */
  readonly inFlightMax?: number;
  /** A start later than this was delayed by the driver itself. Default 1 ms. */
  readonly lateMs?: number;
  /** How long to wait for answers after the last request. Default 10,000 ms; the rest counts as unfinished. */
  readonly drainMs?: number;
}

/** Timers are a millisecond coarse: sleep up to here, then turn the event loop until the request is due. */
const SPIN_MS = 2;

/**
 * Send requests by the schedule, whatever the answers do. Latency counts from the intended time, so a stall of the
 * server is seen in every request that it delayed.
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<LoadResult> {
  const { schedule } = options;
  const tally = new Tally(options.lateMs ?? 1);
  const startedAt = performance.now() + 5;
  let next = 0;
  while (next < schedule.length) {
    const waitMs = startedAt + (schedule[next] ?? 0) - performance.now();
    if (waitMs > SPIN_MS) await sleep(waitMs - SPIN_MS);
    else if (waitMs > 0) await nextTurn();
    while (next < schedule.length && startedAt + (schedule[next] ?? 0) <= performance.now()) {
      const dueAt = startedAt + (schedule[next] ?? 0);
      if (tally.inFlight >= (options.inFlightMax ?? 10_000)) tally.dropped += 1;
      else launch(options.operation, next, dueAt, tally);
      next += 1;
    }
  }
  const deadline = performance.now() + (options.drainMs ?? 10_000);
  while (tally.inFlight > 0 && performance.now() < deadline) await sleep(1);
  return tally.result(schedule, performance.now() - startedAt);
}

function launch(operation: LoadOperation, index: number, dueAt: number, tally: Tally): void {
  const sentAt = performance.now();
  tally.start(sentAt - dueAt);
  // A synchronous throw is an error of the request like any other.
  new Promise((resolve) => resolve(operation(index))).then(
    () => tally.finish(dueAt, sentAt),
    (error: unknown) => tally.fail(error),
  );
}

class Tally {
  readonly #lateMs: number;
  readonly #latency = new LatencyHistogram();
  readonly #service = new LatencyHistogram();
  readonly #errors: Record<string, number> = {};
  #sent = 0;
  #completed = 0;
  #lateStarts = 0;
  inFlight = 0;
  dropped = 0;

  constructor(lateMs: number) {
    this.#lateMs = lateMs;
  }

  start(lagMs: number): void {
    this.inFlight += 1;
    this.#sent += 1;
    if (lagMs > this.#lateMs) this.#lateStarts += 1;
  }

  finish(dueAt: number, sentAt: number): void {
    const doneAt = performance.now();
    this.inFlight -= 1;
    this.#completed += 1;
    this.#latency.record(doneAt - dueAt);
    this.#service.record(doneAt - sentAt);
  }

  fail(error: unknown): void {
    this.inFlight -= 1;
    const name = errorClass(error);
    this.#errors[name] = (this.#errors[name] ?? 0) + 1;
  }

  result(schedule: Schedule, elapsedMs: number): LoadResult {
    return judged({
      kind: 'open-loop',
      intended: schedule.length,
      sent: this.#sent,
      completed: this.#completed,
      dropped: this.dropped,
      unfinished: this.inFlight,
      errors: { ...this.#errors },
      lateStarts: this.#lateStarts,
      offeredPerS: offeredPerS(schedule),
      achievedPerS:
        (this.#completed * 1000) / Math.max(elapsedMs, (schedule.at(-1) ?? 0) + meanGapMs(schedule)),
      latencyMs: this.#latency.summary(),
      serviceMs: this.#service.summary(),
      histograms: { latency: this.#latency.encode(), service: this.#service.encode() },
    });
  }
}

/** The schedule's own rate: its requests over the time they take, the gap after the last one included. */
function offeredPerS(schedule: Schedule): number {
  return schedule.length === 0 ? 0 : 1000 / meanGapMs(schedule);
}

function meanGapMs(schedule: Schedule): number {
  const span = (schedule.at(-1) ?? 0) - (schedule[0] ?? 0);
  return schedule.length > 1 && span > 0 ? span / (schedule.length - 1) : 1000;
}

function errorClass(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}
