/** What this worker says of itself: that it lives, how busy and how far behind it is, and what it knows of the EHR. */
import { type Beat, type Breaker, beatEveryMs, type EhrLane } from '@workflow-bolt/contracts';
import type { EhrCallRecord } from '@workflow-bolt/ehr';
import { ProcessBeats, ProcessLoad, type RedisPort } from '@workflow-bolt/store';
import { LastCalls } from './ehr-link/last-calls.ts';

export type JobLag = { jobs: number; jobsMs: number };
export type WorkerHealthParts = {
  port: RedisPort;
  node: string;
  version: string;
  /** Short name of the EHR account. */
  account: string;
  breaker: (lane: EhrLane) => Breaker;
  /** Jobs that wait, and how long the oldest has. */
  jobLag: () => Promise<JobLag>;
  record: () => Beat['record'];
  roster: () => Beat['roster'];
};

export class WorkerHealth {
  readonly #parts: WorkerHealthParts;
  readonly #beats: ProcessBeats;
  readonly #load = new ProcessLoad();
  readonly #startedAt = Date.now();
  readonly #calls = new LastCalls();
  #lag: JobLag = { jobs: 0, jobsMs: 0 };
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: WorkerHealthParts) {
    this.#parts = parts;
    this.#beats = new ProcessBeats(parts.port);
  }

  /** The last known lag of the queues. */
  get lag(): JobLag {
    return this.#lag;
  }

  async start(): Promise<void> {
    this.#load.start();
    await this.beat();
    this.#timer = setInterval(() => void this.beat(), beatEveryMs).unref();
  }

  /** Takes leave, so that nobody misses it. Never throws. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#load.stop();
    await this.#beats.leave(this.#parts.node).catch(() => undefined);
  }

  called(record: EhrCallRecord): void {
    this.#calls.take(record, this.#beats.now());
  }

  /** Says it now: what turned is known at once. Never throws; a beat that is lost is followed by the next. */
  async beat(): Promise<void> {
    const { node, version, record, roster, jobLag } = this.#parts;
    try {
      this.#lag = await jobLag();
      await this.#beats.learnTime();
      await this.#beats.say({
        ...{ node, role: 'worker', version, at: this.#beats.now(), startedAt: this.#startedAt },
        ...{ load: this.#load.take(), lag: this.#lag, ehr: this.#ehr() },
        ...{ record: record(), roster: roster() },
      });
    } catch {
      // Whoever reads the beats sees that this one is missing.
    }
  }

  /** The breakers' states stand beside what calls met: whoever reads it puts them together. */
  #ehr(): Beat['ehr'] {
    const { account, breaker } = this.#parts;
    return {
      ...this.#calls.told,
      ...{ account, reads: breaker('reads').state, writes: breaker('writes').state },
    };
  }
}
