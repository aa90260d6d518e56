/**
 * A person who registers walk-in patients and writes a note on each, through the real client and its outbox in
 * IndexedDB: what was acknowledged stays there until it is known to be safe.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { SubmitRefused } from '@workflow-bolt/client';
import type { Command, CommandOf, CommandOutcome } from '@workflow-bolt/contracts';
import { awaitUntil, type Rng } from '@workflow-bolt/testkit';
import type { BoardObserver } from './board-observer.ts';

/** What one visit must hold in the end: its last acknowledged note. */
export type Registered = Map<string, string | null>;

export class OutboxDesk {
  readonly observer: BoardObserver;
  /** Acknowledged: visit id and the last note that was answered with `applied`. */
  readonly registered: Registered = new Map();
  readonly #rng: Rng;
  #isOn = false;
  #done: Promise<void> = Promise.resolve();
  readonly #arrivals: Promise<boolean>[] = [];

  constructor(observer: BoardObserver, rng: Rng) {
    this.observer = observer;
    this.#rng = rng;
  }

  work(): void {
    this.#isOn = true;
    this.#done = this.#run();
    this.#done.catch(() => {});
  }

  /** Begins nothing new; resolves when everything it gave has an answer and nothing waits to be sent. */
  async rest(): Promise<void> {
    this.#isOn = false;
    await this.#done;
    await Promise.all(this.#arrivals);
    await awaitUntil(
      `${this.observer.name} has sent everything`,
      () => this.observer.client.getSnapshot().pending.every(({ stage }) => stage === 'confirming'),
      30_000,
    );
  }

  /** Somebody has come. */
  note(command: CommandOf<'moveVisit' | 'createVisit'>): void {
    this.#arrivals.push(this.#give(command));
  }

  /** Steps that a person would have to look at. */
  get attention(): string[] {
    const { attention } = this.observer.client.getSnapshot();
    return attention.map(({ command, problem }) => `${this.observer.name} ${command.type}: ${problem.code}`);
  }

  async #run(): Promise<void> {
    while (this.#isOn) {
      const visitId = `w${this.#rng.int(1, 2 ** 50)}`;
      const fullName = `Walk In ${this.#rng.int(1, 9_999)}`;
      if (await this.#give({ type: 'createVisit', visitId, kind: 'walk-in', fullName })) {
        this.registered.set(visitId, null);
        const note = `note ${this.#rng.int(1, 999_999)}`;
        if (await this.#give({ type: 'setNote', visitId, note })) this.registered.set(visitId, note);
      }
      await sleep(this.#rng.int(5, 30));
    }
  }

  /** True when it was acknowledged. */
  async #give(command: Command): Promise<boolean> {
    try {
      const outcome: CommandOutcome = await this.observer.client.submit(command).settled;
      return outcome.outcome === 'applied' || (outcome.outcome === 'duplicate' && outcome.code === null);
    } catch (error) {
      if (error instanceof SubmitRefused) return false;
      throw error;
    }
  }
}
