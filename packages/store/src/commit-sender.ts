/**
 * Sends prepared commits: on the store connection, or on the commit lane, where every batch ends in WAIT and a
 * commit counts only when enough replicas hold it (docs/adr/0003).
 */
import { Fault } from '@workflow-bolt/contracts';
import type { FunctionCall } from './function-call.ts';
import type { CommitReply } from './generated/function-calls.generated.ts';
import type { BatchReply, Durability, RedisPort } from './redis-port.ts';

type Job = {
  calls: readonly FunctionCall<CommitReply>[];
  done: (replies: BatchReply<CommitReply>[]) => void;
};

/** Commits that share one WAIT; more would make the first of them wait for the last. */
const laneBatchMax = 50;

/**
 * How long a commit waits for its replicas. One that is in sync answers within a few ms; a person waits for the rest.
 */
const laneWaitMs = 500;

/** The commit lane for so many replicas; null for 0, where one durable server is the promise. */
export function commitLaneOf(numReplicas: number): Durability | null {
  return numReplicas === 0 ? null : { numReplicas, timeoutMs: laneWaitMs };
}

export class CommitSender {
  readonly #port: RedisPort;
  readonly #durability: Durability | null;
  readonly #queue: Job[] = [];
  #isRunning = false;

  constructor(port: RedisPort, durability: Durability | null) {
    this.#port = port;
    this.#durability = durability;
  }

  /** Sends commits in order. Never throws: each reply says how it went. */
  send(calls: readonly FunctionCall<CommitReply>[]): Promise<BatchReply<CommitReply>[]> {
    if (!this.#durability) return this.#port.fcallMany(calls);
    const { promise, resolve } = Promise.withResolvers<BatchReply<CommitReply>[]>();
    this.#queue.push({ calls, done: resolve });
    if (!this.#isRunning) this.#drain(this.#durability);
    return promise;
  }

  async #drain(durability: Durability): Promise<void> {
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      const jobs = this.#takeJobs();
      const calls = jobs.flatMap((job) => job.calls);
      const { replies, numAcked } = await this.#port.fcallDurable(calls, durability);
      const isDurable = numAcked >= durability.numReplicas;
      let at = 0;
      for (const job of jobs) {
        const own = replies.slice(at, at + job.calls.length);
        at += job.calls.length;
        job.done(isDurable ? own : own.map(notDurable));
      }
    }
    this.#isRunning = false;
  }

  #takeJobs(): Job[] {
    const jobs = [];
    let numCalls = 0;
    while (this.#queue.length > 0 && numCalls < laneBatchMax) {
      const job = this.#queue.shift();
      if (!job) break;
      numCalls += job.calls.length;
      jobs.push(job);
    }
    return jobs;
  }
}

/** Made on the primary, not yet safe: the sender repeats it and gets `duplicate` once it is. */
function notDurable(reply: BatchReply<CommitReply>): BatchReply<CommitReply> {
  const isWritten = reply.ok && (reply.reply.status === 'committed' || reply.reply.status === 'refused');
  const isRepeated = reply.ok && reply.reply.status === 'duplicate';
  if (!isWritten && !isRepeated) return reply;
  return { ok: false, error: new Fault('outcome_unknown', { reason: 'too_few_replicas' }) };
}
