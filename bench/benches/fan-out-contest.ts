import type { BoardKey } from '@workflow-bolt/contracts';
import { constantSchedule, LatencyHistogram, runOpenLoop } from '@workflow-bolt/testkit';
import type { RecordedCommit } from '../day/recorded-commit.ts';
import type { BenchProcess } from '../processes/bench-process.ts';
import { CommitLanes } from '../wire/commit-lanes.ts';
import { Deliveries } from '../wire/deliveries.ts';
import type { SessionHeaders } from '../wire/session-headers.ts';
import type { ReaderOptions, Readers } from '../wire/stream-readers.ts';

export type ContestantSpec = {
  process: BenchProcess;
  port: number;
  session: SessionHeaders;
  openReaders: (options: ReaderOptions) => Readers;
};

/** What one slice of load showed. `latency`: commit request sent → last client has applied it. */
export type Slice = {
  latency: LatencyHistogram;
  cpuMsPerDelivery: number;
  offeredPerS: number;
  achievedPerS: number;
  lateStarts: number;
  errors: number;
};

/** `expected`: committed and acknowledged events × readers. `unanswered`: commands that got no answer in time. */
export type Lost = { expected: number; lost: number; unanswered: number };

export type Load = { clients: number; ratePerS: number; durationMs: number };

/** Stations that send the commits; never the bottleneck at these rates. */
const stations = 50;
const settleMs = 20_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One server with its readers, kept open over all rounds: contestants take turns, idle readers cost nothing. */
export class FanOutContestant {
  readonly #spec: ContestantSpec;
  readonly #deliveries: Deliveries;
  readonly #readers: Readers;
  readonly #lanes: CommitLanes;
  readonly #clients: number;
  #sent = 0;

  constructor(
    spec: ContestantSpec,
    place: {
      board: BoardKey;
      baseSeq: number;
      work: readonly RecordedCommit[];
      clients: number;
      isPersistent: boolean;
    },
  ) {
    const { port, session } = spec;
    const { board, clients, isPersistent } = place;
    this.#spec = spec;
    this.#clients = clients;
    this.#deliveries = new Deliveries(clients, place.baseSeq);
    this.#readers = spec.openReaders({
      port,
      session,
      board,
      count: clients,
      deliveries: this.#deliveries,
      isPersistent,
    });
    this.#lanes = new CommitLanes({ port, session, board }, place.work, stations);
  }

  async open(): Promise<void> {
    await this.#readers.openAll();
    // A reader is in when its server says so, which may be after its handshake.
    await pause(500);
  }

  async slice({ ratePerS, durationMs }: Load): Promise<Slice> {
    const latency = new LatencyHistogram();
    const cpuBefore = this.#spec.process.cpuMs();
    const deliveredBefore = this.#deliveries.count;
    const result = await runOpenLoop({
      schedule: constantSchedule({ ratePerS, durationMs }),
      operation: async () => {
        const sentAt = performance.now();
        const seq = await this.#lanes.send(this.#sent++);
        latency.record((await this.#deliveries.applied(seq)) - sentAt);
      },
    });
    const delivered = this.#deliveries.count - deliveredBefore;
    const { offeredPerS, achievedPerS, lateStarts, unfinished, errors } = result;
    return {
      latency,
      cpuMsPerDelivery: (this.#spec.process.cpuMs() - cpuBefore) / delivered,
      offeredPerS,
      achievedPerS,
      lateStarts,
      errors: unfinished + Object.values(errors).reduce((sum, count) => sum + count, 0),
    };
  }

  /**
   * Kills the server in the middle of the load and starts it again. Commands are repeated until they are answered,
   * readers come back by their own means. Answers what was committed and never delivered.
   */
  async kill({ ratePerS, durationMs }: Load): Promise<Lost> {
    const { process } = this.#spec;
    const giveUpAt = performance.now() + durationMs + settleMs;
    const before = this.#deliveries.count;
    const seqs = new Set<number>();
    const schedule = constantSchedule({ ratePerS, durationMs });
    const load = runOpenLoop({
      schedule,
      drainMs: settleMs,
      operation: async () => seqs.add(await this.#lanes.sendUntilDone(this.#sent++, giveUpAt)),
    });
    await pause(durationMs / 3);
    await process.end('SIGKILL');
    await process.start();
    await load;
    const expected = seqs.size * this.#clients;
    const isAll = () => this.#deliveries.count - before >= expected;
    for (let waited = 0; waited < settleMs && !isAll(); waited += 50) await pause(50);
    return {
      expected,
      lost: expected - (this.#deliveries.count - before),
      unanswered: schedule.length - seqs.size,
    };
  }

  async close(): Promise<void> {
    this.#lanes.close();
    await this.#readers.close();
  }
}
