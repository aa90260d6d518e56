import type { BoardKey } from '@workflow-bolt/contracts';
import { LatencyHistogram, type LatencySummary } from '@workflow-bolt/testkit';
import type { RecordedCommit } from '../day/recorded-commit.ts';
import { boardPath } from '../processes/product-server.ts';
import { HttpLane, jsonHeaders } from './http-lane.ts';
import type { SessionHeaders } from './session-headers.ts';

export type LaneTarget = { port: number; session: SessionHeaders; board: BoardKey };

/** The request body of a recorded command: what a browser would send. */
export const bodyOf = ({ clientId, n, command }: RecordedCommit): string =>
  JSON.stringify({ clientId, n, command });

const resendMs = 100;
const isMade = ({ outcome }: { outcome: string }) => outcome === 'applied' || outcome === 'duplicate';

type Sender = { lane: HttpLane; commits: RecordedCommit[]; next: number; tail: Promise<unknown> };

/**
 * Stations that send recorded commands, each its own clients' in order over one connection. What a station has not
 * got an answer for holds back its next command, as a browser's outbox does.
 */
export class CommitLanes {
  readonly #senders: Sender[];
  readonly #path: string;
  readonly #headers: string;

  /** `stations` connections share the recording's clients. */
  constructor({ port, session, board }: LaneTarget, work: readonly RecordedCommit[], stations: number) {
    const byClient = Map.groupBy(work, (commit) => commit.clientId);
    const clients = [...byClient.values()];
    this.#senders = Array.from({ length: stations }, (_, i) => ({
      lane: new HttpLane(port),
      commits: clients.filter((_commits, c) => c % stations === i).flat(),
      next: 0,
      tail: Promise.resolve(),
    }));
    this.#path = `${boardPath(board)}/commands`;
    this.#headers = jsonHeaders(session);
  }

  /** Sends the next command of a station; answers its position. Rejects unless it is applied. */
  send(station: number): Promise<number> {
    const sender = this.#senders[station % this.#senders.length];
    if (!sender) throw new RangeError('there are no stations');
    const sent = sender.tail.then(() => this.#sendCommit(sender, this.#take(sender)));
    sender.tail = sent.catch(() => {});
    return sent;
  }

  /** As `send`, but the same command again until it is answered, as an outbox does while its server is away. */
  sendUntilDone(station: number, giveUpAt: number): Promise<number> {
    const sender = this.#senders[station % this.#senders.length];
    if (!sender) throw new RangeError('there are no stations');
    const sent = sender.tail.then(async () => {
      const commit = this.#take(sender);
      for (;;) {
        try {
          return await this.#sendCommit(sender, commit);
        } catch (error) {
          if (performance.now() > giveUpAt) throw error;
          await new Promise((resolve) => setTimeout(resolve, resendMs));
        }
      }
    });
    sender.tail = sent.catch(() => {});
    return sent;
  }

  #take(sender: Sender): RecordedCommit {
    const commit = sender.commits[sender.next++];
    if (!commit) throw new RangeError('the recording is over');
    return commit;
  }

  async #sendCommit({ lane }: Sender, commit: RecordedCommit): Promise<number> {
    const { status, body } = await lane.request('POST', this.#path, this.#headers, bodyOf(commit));
    if (status !== 200) throw new Error(`${status} ${body.toString().slice(0, 200)}`);
    const { outcomes } = JSON.parse(body.toString()) as { outcomes: { outcome: string; seq: number }[] };
    const [outcome] = outcomes;
    if (!outcome || !isMade(outcome)) throw new Error(`not applied: ${body.toString().slice(0, 200)}`);
    return outcome.seq;
  }

  /** Sends up to `count` commands as fast as answers come: capacity, not what users see. */
  async runClosed(count: number): Promise<ClosedRun> {
    const service = new LatencyHistogram();
    const startedAt = performance.now();
    let left = count;
    let done = 0;
    const run = async (station: number, commits: number): Promise<void> => {
      for (let i = 0; i < commits && left > 0; i += 1) {
        left -= 1;
        const sentAt = performance.now();
        await this.send(station);
        done += 1;
        service.record(performance.now() - sentAt);
      }
    };
    await Promise.all(this.#senders.map(({ commits }, i) => run(i, commits.length)));
    const perS = (done * 1_000) / (performance.now() - startedAt);
    const intervalMs = (1_000 * this.#senders.length) / perS;
    return { kind: 'closed-loop', done, perS, serviceMs: service.corrected(intervalMs).summary() };
  }

  close(): void {
    for (const { lane } of this.#senders) lane.close();
  }
}

/** `serviceMs` is corrected for what a closed loop leaves out while it waits. */
export type ClosedRun = { kind: 'closed-loop'; done: number; perS: number; serviceMs: LatencySummary };
