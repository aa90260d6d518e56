/**
 * Writes one board back to the EHR while this process holds its lease.
 *
 *   board changed → follow it → keep entry (under way) → call the EHR → keep outcome → tell the board
 *
 * Nothing is sent before Redis holds the entry that says so, and nothing that a former holder learns is kept after
 * another has taken over: the fence refuses it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Day, WriteBackMode } from '@workflow-bolt/contracts';
import { type Created, type WriteBackRules, writeRulesOf } from '@workflow-bolt/domain';
import type { EhrPort } from '@workflow-bolt/ehr';
import { type BoardHost, LeaseLost, type OutboxContents, type WriteOutbox } from '@workflow-bolt/store';
import type { BoardPort } from '../board-port.ts';
import { paceMs, RelayPace } from './relay-pace.ts';
import { type DueWork, RelayRecords } from './relay-records.ts';
import { RelayWork, SwitchedOff, type WorkOutcome } from './relay-work.ts';
import type { WriteSubjects } from './write-subject.ts';

export type RelayEvent =
  | { kind: 'settled'; result: WorkOutcome; tookMs: number }
  | { kind: 'trouble'; reason: string };

export type BoardRelayParts = {
  host: BoardHost;
  commands: Pick<BoardPort, 'submit'>;
  outbox: Pick<WriteOutbox, 'keep'>;
  /** `interactive` for what somebody at a screen waits for. */
  ehr: { interactive: EhrPort; background: EhrPort };
  subjects: WriteSubjects;
  /** Appointments that this process has made for the board's visits. */
  made: Map<string, Created>;
  mode: () => Promise<WriteBackMode>;
  /** Ms until the EHR may be asked again as far as is known; 0 when it may. */
  closedMs: () => number;
  /** Says that the outbox has, or has no longer, something to do. Throws Fault. */
  onPending: (isPending: boolean) => Promise<void>;
  onLost: () => void;
  onEvent: (event: RelayEvent) => void;
};

/** Visits written at a time: enough that one is read while another is written and a third settles. */
const parallelMost = 4;
/** A wish younger than this has somebody at a screen waiting for it (ms). */
const freshMs = 30_000;

export class BoardRelay {
  readonly #parts: BoardRelayParts;
  readonly #records: RelayRecords;
  readonly #work: RelayWork;
  readonly #cancel = new AbortController();
  readonly #pace = new RelayPace(() => performance.now());
  readonly #wishedAt = new Map<string, number>();
  readonly #offs: (() => void)[] = [];
  readonly #jobs = new Map<string, Promise<void>>();
  #isPending: boolean | null = null;
  #isInheriting = true;
  #isStopping = false;
  #turning: Promise<void> | null = null;
  #isAskedAgain = false;
  #timer: NodeJS.Timeout | null = null;

  /** `contents`: what the outbox held when the lease was taken. */
  constructor(contents: OutboxContents, parts: BoardRelayParts) {
    this.#parts = parts;
    const { host, commands, outbox, subjects, mode, made } = parts;
    const onNews = (id: string) => this.#onNews(id);
    this.#records = new RelayRecords(contents, { host, commands, outbox, made, onNews });
    const { signal } = this.#cancel;
    this.#work = new RelayWork({ host, records: this.#records, subjects, mode, signal });
  }

  start(): void {
    const { host } = this.#parts;
    this.#offs.push(
      host.onChange(() => this.wake()),
      host.onReset(() => this.wake()),
    );
    this.wake();
  }

  /** Looks again, now or as soon as the present look is over. Never throws. */
  wake(): void {
    if (this.#cancel.signal.aborted || this.#isStopping) return;
    this.#isAskedAgain = this.#turning !== null;
    this.#turning ??= this.#turn()
      .catch((error: unknown) => this.#onTrouble(error))
      .finally(() => {
        this.#turning = null;
        if (this.#isAskedAgain) this.wake();
      });
  }

  /** The EHR answers again: what was put off is due. */
  hurry(): void {
    this.#pace.clearAll();
    this.wake();
  }

  /** The board as this process holds it. */
  get board(): BoardHost['state'] {
    return this.#parts.host.state;
  }

  /** Nothing is to be written, nothing waits for a person, nothing is on its way. */
  get isDrained(): boolean {
    return this.#isPending === false && this.#jobs.size === 0;
  }

  /** Ends at once: what comes back from the EHR after this is not kept. */
  abandon(): void {
    this.#isStopping = true;
    this.#cancel.abort(new Error('the lease is not ours any more'));
    for (const off of this.#offs.splice(0)) off();
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Lets calls that are under way end within `graceMs`, keeps what became of them, gives the lease back. Never throws. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const ended = Promise.allSettled([...this.#jobs.values(), this.#turning]);
    const isInTime = await Promise.race([ended.then(() => true), sleep(graceMs, false, { ref: false })]);
    if (!isInTime) this.abandon();
    if (!this.#cancel.signal.aborted) await this.#records.flush(true).catch(() => undefined);
    this.abandon();
  }

  async #turn(): Promise<void> {
    const day = this.#parts.host.state.get('day')?.d;
    if (day?.type !== 'day') return;
    const mode = await this.#parts.mode();
    if ((day.writeBack ?? 'off') !== mode)
      await this.#parts.commands.submit([{ type: 'setWriteBack', mode }]);
    const rules = writeRulesOf(day);
    if (this.#isInheriting) this.#records.settleInherited(rules);
    this.#isInheriting = false;
    this.#records.follow(rules);
    await this.#tellPending(rules);
    await this.#records.flush();
    await this.#records.tell();
    if (mode !== 'off') this.#startDue(day, rules, mode);
    this.#planNext(rules, mode);
  }

  /** A person who chose, or a new step, does not wait for what held before. */
  #onNews(visitId: string): void {
    this.#wishedAt.set(visitId, performance.now());
    this.#pace.clear(visitId);
  }

  /** The clinic's list of days with work is right before anything is sent. */
  async #tellPending(rules: WriteBackRules): Promise<void> {
    const isPending = this.#records.isPending(rules);
    if (isPending === this.#isPending) return;
    await this.#parts.onPending(isPending);
    this.#isPending = isPending;
  }

  #dueNow(rules: WriteBackRules, mode: WriteBackMode): DueWork[] {
    return this.#records.due(rules, mode).filter(({ id }) => !this.#jobs.has(id));
  }

  #startDue(day: Day, rules: WriteBackRules, mode: WriteBackMode): void {
    if (this.#parts.closedMs() > 0) return;
    for (const due of this.#dueNow(rules, mode)) {
      if (this.#jobs.size >= parallelMost || this.#isStopping) return;
      if (this.#pace.leftMs(due.id) === 0) this.#begin(due, day, rules, mode);
    }
  }

  #begin({ id, work }: DueWork, day: Day, rules: WriteBackRules, mode: WriteBackMode): void {
    const startedAt = performance.now();
    const task = { id, work, day, rules, ehr: this.#ehrFor(id, mode) };
    const job = (mode === 'dry-run' ? this.#work.look(task) : this.#work.write(task))
      .then((result) => this.#onDone(id, result, performance.now() - startedAt))
      .catch((error: unknown) => this.#onTrouble(error, id))
      .finally(() => {
        this.#jobs.delete(id);
        this.wake();
      });
    this.#jobs.set(id, job);
  }

  #ehrFor(id: string, mode: WriteBackMode): EhrPort {
    const isFresh = performance.now() - (this.#wishedAt.get(id) ?? Number.NEGATIVE_INFINITY) < freshMs;
    return isFresh && mode === 'on' ? this.#parts.ehr.interactive : this.#parts.ehr.background;
  }

  #onDone(id: string, result: WorkOutcome, tookMs: number): void {
    if (result === 'not-applied' || result === 'unknown') this.#pace.defer(id);
    else this.#pace.clear(id);
    this.#parts.onEvent({ kind: 'settled', result, tookMs });
  }

  /** A look of its own for what nobody rings for: what is put off, and a breaker that may be tried again. */
  #planNext(rules: WriteBackRules, mode: WriteBackMode): void {
    if (mode === 'off') return;
    const waits = this.#dueNow(rules, mode).map(({ id }) => this.#pace.leftMs(id));
    if (waits.length > 0) this.#wakeIn(Math.max(Math.min(...waits), this.#parts.closedMs()));
  }

  #wakeIn(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (!this.#cancel.signal.aborted) this.#timer = setTimeout(() => this.wake(), Math.max(50, ms)).unref();
  }

  #onTrouble(error: unknown, id: string | null = null): void {
    if (this.#cancel.signal.aborted) return;
    if (id) this.#pace.defer(id);
    if (error instanceof LeaseLost) {
      this.#parts.onLost();
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof SwitchedOff)) this.#parts.onEvent({ kind: 'trouble', reason });
    this.#wakeIn(paceMs.told);
  }
}
