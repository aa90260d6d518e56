/** Three workers of a day: each with its own guard and adapter, on one account; any of them may die at any call. */
import { type CallClock, createCallGaps, createTebraAdapter, type EhrPort } from '@workflow-bolt/ehr';
import type { EhrSimulator } from '@workflow-bolt/ehr-simulator';
import type { Rng } from '@workflow-bolt/testkit/generate';
import { SharedGuard } from '../../../apps/worker/src/ehr-link/shared-guard.ts';
import { performWork } from '../../../apps/worker/src/write-back/perform-work.ts';
import type { DayOutbox } from './day-outbox.ts';
import type { ModelLink } from './model-link.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type Passage, virtualTransport } from './virtual-transport.ts';

export type CrewParts = {
  time: VirtualTime;
  simulator: EhrSimulator;
  link: ModelLink;
  outbox: DayOutbox;
  rng: Rng;
  passage: (operation: string) => Passage;
};

/** As in the worker. */
const callMsMax = 45_000;
const idleMs = 30_000;
const never = new Promise<never>(() => {});

export class DayWorker {
  readonly port: EhrPort;
  readonly #parts: CrewParts;
  #isDead = false;
  readonly #death = Promise.withResolvers<null>();
  #token: number | null = null;

  constructor(name: string, parts: CrewParts) {
    this.#parts = parts;
    const { time, simulator, link, rng, passage } = parts;
    const sleep: CallClock['sleep'] = async (ms, signal) => {
      await time.sleep(ms, signal);
      if (this.#isDead) await never;
    };
    const clock: CallClock = { now: () => time.now, sleep, random: () => rng.next() };
    const gaps = createCallGaps();
    const watch = { denies: () => null, note: () => undefined };
    const guard = new SharedGuard({ link: link.of(name, sleep), watch, gaps, callMsMax, clock });
    this.port = createTebraAdapter({
      endpoint: simulator.url,
      credentials: simulator.credentials,
      ...{ gaps, clock, guard: guard.for('background') },
      // Real time: an exchange takes milliseconds. The deadline that counts is the transport's.
      deadlineMs: 10_000,
      fetch: virtualTransport({ time, sleep, deadlineMs: callMsMax, passage }),
    });
  }

  /** Works off the outbox until the signal; never returns once it is dead. */
  async run(stop: AbortSignal): Promise<void> {
    const { outbox, time } = this.#parts;
    while (!stop.aborted && !this.#isDead) {
      const claim = outbox.claim();
      if (!claim) {
        await Promise.race([outbox.bell, time.sleep(idleMs)]);
        continue;
      }
      this.#token = claim.token;
      outbox.settle(claim, await performWork(this.port, claim.work, claim.subject));
      this.#token = null;
    }
  }

  /** Resolves when it dies: what it was asked for then never comes. */
  get death(): Promise<null> {
    return this.#death.promise;
  }

  get isAtWork(): boolean {
    return this.#token !== null && !this.#isDead;
  }

  /** What it has sent is on its way, and nobody hears of the answer. */
  kill(): void {
    this.#isDead = true;
    this.#death.resolve(null);
    if (this.#token !== null) this.#parts.outbox.orphan(this.#token);
  }
}
