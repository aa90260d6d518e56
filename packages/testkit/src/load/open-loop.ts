import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { LatencyHistogram, type LatencySummary } from './latency-histogram.ts';
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

/** What one process measured. All times in milliseconds. */
export interface LoadResult {
  readonly kind: 'open-loop';
  readonly intended: number;
  readonly sent: number;
  readonly completed: number;
  /** Not sent because too many were under way. */
  readonly dropped: number;
  /** Not answered when the drain time was over. */
  readonly unfinished: number;
  /** Rejections by the error's name or code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly lateStarts: number;
  readonly offeredPerS: number;
  readonly achievedPerS: number;
  /** Done minus intended: what a user waits, the queue before the server included. */
  readonly latencyMs: LatencySummary;
  /** Done minus sent. */
  readonly serviceMs: LatencySummary;
  /** Both histograms, encoded, to merge the results of several processes. */
  readonly histograms: { readonly latency: string; readonly service: string };
  readonly isValid: boolean;
  /** Why the run proves nothing; empty when it is valid. */
  readonly invalidBecause: readonly string[];
}

/** A run with more late starts, or more dropped requests, measured its driver, not the server. */
export const LATE_SHARE_MAX = 0.001;
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
    const { dropped } = this;
    const intended = schedule.length;
    const base = {
      kind: 'open-loop' as const,
      intended,
      sent: this.#sent,
      completed: this.#completed,
      dropped,
      unfinished: this.inFlight,
      errors: { ...this.#errors },
      lateStarts: this.#lateStarts,
      offeredPerS: offeredPerS(schedule),
      achievedPerS:
        (this.#completed * 1000) / Math.max(elapsedMs, (schedule.at(-1) ?? 0) + meanGapMs(schedule)),
      latencyMs: this.#latency.summary(),
      serviceMs: this.#service.summary(),
      histograms: { latency: this.#latency.encode(), service: this.#service.encode() },
    };
    const invalidBecause = reasonsAgainst(base);
    return { ...base, isValid: invalidBecause.length === 0, invalidBecause };
  }
}

type Counts = Pick<LoadResult, 'intended' | 'sent' | 'lateStarts' | 'dropped' | 'unfinished'>;

/** What makes a run worthless. Errors do not: they are a result. */
function reasonsAgainst({ intended, sent, lateStarts, dropped, unfinished }: Counts): string[] {
  const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(2)} %`;
  const limit = `limit ${100 * LATE_SHARE_MAX} %`;
  return [
    ...(intended === 0 ? ['nothing was sent'] : []),
    ...(lateStarts > sent * LATE_SHARE_MAX
      ? [`${lateStarts} late starts (${percent(lateStarts, sent)}, ${limit})`]
      : []),
    ...(dropped > intended * LATE_SHARE_MAX
      ? [`${dropped} dropped (${percent(dropped, intended)}, ${limit})`]
      : []),
    ...(unfinished > 0 ? [`${unfinished} without an answer at the end`] : []),
  ];
}

/** Add up what several processes measured in the same run. Rates add; percentiles come from the merged histograms. */
export function mergeLoadResults(results: readonly LoadResult[]): LoadResult {
  const sum = (pick: (result: LoadResult) => number): number =>
    results.reduce((total, one) => total + pick(one), 0);
  const merge = (pick: (result: LoadResult) => string): LatencyHistogram => {
    const merged = new LatencyHistogram();
    for (const result of results) merged.add(LatencyHistogram.decode(pick(result)));
    return merged;
  };
  const latency = merge(({ histograms }) => histograms.latency);
  const service = merge(({ histograms }) => histograms.service);
  const errors: Record<string, number> = {};
  for (const result of results) {
    for (const [name, count] of Object.entries(result.errors)) errors[name] = (errors[name] ?? 0) + count;
  }
  const base = {
    kind: 'open-loop' as const,
    intended: sum((one) => one.intended),
    sent: sum((one) => one.sent),
    completed: sum((one) => one.completed),
    dropped: sum((one) => one.dropped),
    unfinished: sum((one) => one.unfinished),
    errors,
    lateStarts: sum((one) => one.lateStarts),
    offeredPerS: sum((one) => one.offeredPerS),
    achievedPerS: sum((one) => one.achievedPerS),
    latencyMs: latency.summary(),
    serviceMs: service.summary(),
    histograms: { latency: latency.encode(), service: service.encode() },
  };
  const invalidBecause = reasonsAgainst(base);
  return { ...base, isValid: invalidBecause.length === 0, invalidBecause };
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
