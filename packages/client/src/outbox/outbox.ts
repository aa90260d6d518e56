/**
 * Sends a lane, in order, until it is empty or held. Any tab appends; one sends at a time (Web Locks where
 * the browser has them; without, the server's count of `n` makes two senders harmless).
 */
import type { CommandEnvelope, CommandOutcome, ProblemCode } from '@workflow-bolt/contracts';
import type { Clock } from '../clock.ts';
import { type GuardContext, guardLane } from './guard-lane.ts';
import { takeBatch } from './next-batch.ts';
import {
  appendItem,
  laneItemsMax,
  leaveLine,
  type NewItem,
  type OutboxItem,
  type OutboxLane,
  queuedItems,
  withItem,
} from './outbox-lane.ts';
import type { ClientStorage } from './outbox-storage.ts';
import {
  dropDurable,
  restoreKnowledge,
  resubmitRetained,
  type SettleContext,
  type Settled,
  settleLane,
} from './settle-lane.ts';

export type SendAnswer =
  | { kind: 'outcomes'; outcomes: CommandOutcome[] }
  /** Keep and send again. `isUnknown`: the server may have done it. */
  | { kind: 'hold'; code: ProblemCode | null; retryAfterMs: number; isUnknown: boolean }
  /** The request as a whole was refused for good; nothing was done. */
  | { kind: 'refused'; code: ProblemCode; title: string };

export type OutboxPorts = {
  laneKey: string;
  storage: ClientStorage;
  clock: Clock;
  random: () => number;
  freshId: () => string;
  send: (commands: CommandEnvelope[]) => Promise<SendAnswer>;
  /** Runs `work` while no other tab sends this lane. */
  exclusively: (work: () => Promise<void>) => Promise<void>;
  settleContext: () => Omit<SettleContext, 'freshClientId'>;
  /** Null while nobody is signed in: nothing is sent. */
  guardContext: () => Omit<GuardContext, 'freshClientId'> | null;
  onChange: (lane: OutboxLane, settled: readonly Settled[]) => void;
};

const retryMinMs = 500;
const retryMaxMs = 15_000;

export class OutboxFull extends Error {}

export class Outbox {
  readonly #ports: OutboxPorts;
  #lane: OutboxLane = { clientId: '', nextN: 1, items: [] };
  #failures = 0;
  #hold: ProblemCode | null = null;
  #draining: Promise<void> | null = null;
  #isAskedAgain = false;
  #cancelRetry: (() => void) | null = null;
  #isClosed = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** As last read or written by this tab. */
  get lane(): OutboxLane {
    return this.#lane;
  }

  /** Why the line stands still; null while it moves or is empty. */
  get hold(): ProblemCode | null {
    return this.#hold;
  }

  /** Reads what other tabs, or an earlier life of this one, left behind. Tells nobody. */
  async refresh(): Promise<void> {
    this.#lane = await this.#ports.storage.updateLane(this.#ports.laneKey, (lane) => lane);
  }

  /** On disk before it is shown. Throws `OutboxFull` at 500 open items. */
  async append(item: NewItem): Promise<OutboxItem> {
    const lane = await this.#change((before) => {
      if (before.items.length >= laneItemsMax) throw new OutboxFull('too many steps wait to be sent');
      return appendItem(before, item);
    });
    this.kick();
    return lane.items.find((it) => it.id === item.id) as OutboxItem;
  }

  /** Takes back an item that was never sent; false when it is already on its way. */
  async cancel(id: string): Promise<boolean> {
    let isTaken = false;
    await this.#change((lane) => {
      isTaken = lane.items.some((item) => item.id === id && item.state === 'queued' && !item.isSent);
      return isTaken ? leaveLine(lane, id, this.#ports.freshId()) : lane;
    });
    return isTaken;
  }

  /** The person has seen the problem and lets the step go. */
  async dismiss(id: string): Promise<void> {
    await this.#change((lane) => ({
      ...lane,
      items: lane.items.filter((item) => item.id !== id || item.state !== 'attention'),
    }));
  }

  /**
   * Sends an attention item once more. A step whose outcome is unknown keeps its `(clientId, n)`, so that it
   * cannot happen twice; any other goes to the end of the line as a new one with `expectedVersion`.
   */
  async retry(id: string, fresh: Pick<NewItem, 'expectedVersion' | 'at' | 'madeOn'>): Promise<void> {
    await this.#change((lane) => {
      const item = lane.items.find((it) => it.id === id && it.state === 'attention');
      if (!item || item.problem?.kind === 'other-actor') return lane;
      if (item.isUnknown) return withItem(lane, id, { ...fresh, state: 'queued', problem: null });
      const without = { ...lane, items: lane.items.filter((it) => it.id !== id) };
      return appendItem(without, { ...item, ...fresh });
    });
    this.kick();
  }

  /** The stream reports what is durable. */
  async noteDurable(position: { epoch: string; durableSeq: number }): Promise<void> {
    if (dropDurable(this.#lane, position) !== this.#lane)
      await this.#change((lane) => dropDurable(lane, position));
  }

  /** The server lost or replaced its history: what it may have lost is sent again. */
  async resubmit(): Promise<void> {
    if (this.#lane.items.some((item) => item.state === 'applied')) await this.#change(resubmitRetained);
    this.kick();
  }

  /** Sends now, past any waiting: the connection is back, or someone signed in. */
  kick(): void {
    if (this.#isClosed) return;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (this.#draining !== null) {
      this.#isAskedAgain = true;
      return;
    }
    this.#draining = this.#ports
      .exclusively(() => this.#drain())
      .catch(() => this.#waitToRetry(retryMinMs))
      .finally(() => this.#settleDown());
  }

  #settleDown(): void {
    this.#draining = null;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.kick();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry?.();
  }

  async #change(change: (lane: OutboxLane) => OutboxLane, settledOf?: () => Settled[]): Promise<OutboxLane> {
    let isChanged = false;
    this.#lane = await this.#ports.storage.updateLane(this.#ports.laneKey, (before) => {
      const after = change(before);
      isChanged = after !== before;
      return after;
    });
    if (isChanged) this.#ports.onChange(this.#lane, settledOf?.() ?? []);
    return this.#lane;
  }

  async #drain(): Promise<void> {
    while (!this.#isClosed) {
      const batch = await this.#takeBatch();
      if (batch.length === 0) return;
      const answer = await this.#ports.send(batch.map(envelopeOf));
      const isHeld = await this.#settle(batch, answer);
      if (isHeld) return;
    }
  }

  async #takeBatch(): Promise<OutboxItem[]> {
    const guard = this.#ports.guardContext();
    if (guard === null || this.#isClosed) return [];
    let batch: OutboxItem[] = [];
    await this.#change((lane) => {
      if (queuedItems(lane).length === 0) return lane;
      const taken = takeBatch(guardLane(lane, { ...guard, freshClientId: this.#ports.freshId }));
      batch = taken.batch;
      return taken.lane;
    });
    if (batch.length === 0) this.#hold = null;
    return batch;
  }

  /** True when the line is held. */
  async #settle(batch: OutboxItem[], answer: SendAnswer): Promise<boolean> {
    if (answer.kind === 'hold') return this.#holdOn(batch, answer);
    if (answer.kind === 'refused' && batch.length > 1) return this.#sendSingly(batch);
    const outcomes: CommandOutcome[] =
      answer.kind === 'outcomes' ? answer.outcomes : batch.map((item) => refusedOutcome(item, answer));
    const hold = await this.#settleOutcomes(batch, outcomes, answer.kind === 'refused');
    if (hold === null && outcomes.length > 0) {
      this.#failures = 0;
      this.#hold = null;
      return false;
    }
    this.#hold = hold?.code ?? null;
    if (hold?.code === 'sequence_gap' && this.#failures++ < 3) return false;
    this.#waitToRetry(hold?.retryAfterMs ?? 0);
    return true;
  }

  async #settleOutcomes(batch: OutboxItem[], outcomes: CommandOutcome[], isUnseen: boolean) {
    const context = { ...this.#ports.settleContext(), freshClientId: this.#ports.freshId, isUnseen };
    let result: ReturnType<typeof settleLane> | null = null;
    await this.#change(
      (lane) => {
        // The server never saw these numbers, so the hole they leave is closed first.
        const closed = isUnseen ? closeHole(lane, batch, this.#ports.freshId) : lane;
        result = settleLane(closed, batch, outcomes, context);
        return result.lane;
      },
      () => result?.settled ?? [],
    );
    return (result as ReturnType<typeof settleLane> | null)?.hold ?? null;
  }

  async #holdOn(batch: OutboxItem[], answer: Extract<SendAnswer, { kind: 'hold' }>): Promise<boolean> {
    if (!answer.isUnknown) await this.#change((lane) => restoreKnowledge(lane, batch));
    this.#hold = answer.code ?? 'outcome_unknown';
    this.#waitToRetry(answer.retryAfterMs);
    return true;
  }

  /** One of them made the whole request invalid; alone, each gets its own answer. */
  async #sendSingly(batch: OutboxItem[]): Promise<boolean> {
    await this.#change((lane) => restoreKnowledge(lane, batch));
    for (const { id } of batch) {
      const item = this.#lane.items.find((it) => it.id === id && it.state === 'queued');
      if (!item) continue;
      await this.#change((lane) => withItem(lane, id, { isSent: true, isUnknown: true }));
      if (await this.#settle([item], await this.#ports.send([envelopeOf(item)]))) return true;
    }
    return false;
  }

  #waitToRetry(atLeastMs: number): void {
    if (this.#isClosed) return;
    const ceilingMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(this.#failures, 8));
    this.#failures += 1;
    const ms = atLeastMs + ceilingMs * this.#ports.random();
    this.#cancelRetry = this.#ports.clock.after(ms, () => this.kick());
  }
}

function envelopeOf({ clientId, n, command, expectedVersion }: OutboxItem): CommandEnvelope {
  return { clientId, n, command, expectedVersion };
}

function refusedOutcome(item: OutboxItem, answer: Extract<SendAnswer, { kind: 'refused' }>): CommandOutcome {
  return { outcome: 'rejected', n: item.n, code: answer.code, title: answer.title, details: {} };
}

/** The items stay in the list, but the numbers of those behind them close up. */
function closeHole(lane: OutboxLane, batch: readonly OutboxItem[], freshId: () => string): OutboxLane {
  return batch.reduce((next, item) => {
    const known = withItem(next, item.id, { isUnknown: item.isUnknown });
    const gone = known.items.find((it) => it.id === item.id);
    if (!gone) return known;
    const closed = leaveLine(known, item.id, freshId());
    return { ...closed, items: [gone, ...closed.items] };
  }, lane);
}
