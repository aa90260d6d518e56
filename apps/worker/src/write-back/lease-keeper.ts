/** The lease of one board: taken, renewed, and given up in time when it cannot be renewed. */
import type { BoardKey } from '@workflow-bolt/contracts';
import type { OutboxContents, WriteOutbox } from '@workflow-bolt/store';
import type { BoardRelay } from './board-relay.ts';

export type LeaseTimes = {
  /** How long a lease holds without being renewed (ms). */
  ttlMs: number;
  /** How often it is renewed, or asked for (ms). */
  lookMs: number;
};

/** A worker that died is replaced within 7.5 s at most, and one that is slow has three chances to renew. */
export const leaseTimes: LeaseTimes = { ttlMs: 6_000, lookMs: 1_500 };

export type LeaseKeeperParts = {
  times: LeaseTimes;
  /** Each try to hold is a holder of its own: nothing of an earlier one of this process counts either. */
  newOutbox: () => WriteOutbox;
  newRelay: (contents: OutboxContents, outbox: WriteOutbox, onLost: () => void) => Promise<BoardRelay>;
};

export class LeaseKeeper {
  readonly clinic: string;
  readonly date: string;
  readonly #parts: LeaseKeeperParts;
  #outbox: WriteOutbox;
  #relay: BoardRelay | null = null;
  #deadline: NodeJS.Timeout | null = null;

  constructor(board: BoardKey, parts: LeaseKeeperParts) {
    this.clinic = board.clinic;
    this.date = board.date;
    this.#parts = parts;
    this.#outbox = parts.newOutbox();
  }

  /** The relay while the lease is held. */
  get relay(): BoardRelay | null {
    return this.#relay;
  }

  /** Takes or renews the lease. Throws Fault when Redis does not answer; the relay then ends with the lease. */
  async look(): Promise<void> {
    const { times, newRelay } = this.#parts;
    const askedAt = performance.now();
    const answer = await this.#outbox.hold(times.ttlMs);
    if (answer.kind === 'busy') return this.#lose();
    this.#setDeadline(times.ttlMs - (performance.now() - askedAt));
    if (answer.contents === null) return;
    // A lease that had ended was given to us anew: what an earlier relay of ours knows is void.
    this.#relay?.abandon();
    this.#relay = null;
    try {
      this.#relay = await newRelay(answer.contents, this.#outbox, () => this.#lose());
    } catch (error) {
      // The contents come with a new lease only: this one is left to end, and asked for anew under another name.
      this.#outbox = this.#parts.newOutbox();
      throw error;
    }
    this.#relay.start();
  }

  /** Gives the lease back once calls have ended, or after `graceMs`. Never throws. */
  async stop(graceMs: number): Promise<void> {
    const relay = this.#relay;
    await relay?.stop(graceMs);
    this.#lose();
  }

  /** A process that stood still must not go on as if it had not: the clock that ran meanwhile ends the relay first. */
  #setDeadline(ms: number): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lose(), Math.max(0, ms)).unref();
  }

  #lose(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    this.#deadline = null;
    if (!this.#relay) return;
    this.#relay.abandon();
    this.#relay = null;
    this.#outbox = this.#parts.newOutbox();
  }
}
