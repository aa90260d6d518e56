/** What is to be written back: the product's policy for each visit, and a lease on each that is being worked on. */
import type { Visit } from '@workflow-bolt/contracts';
import {
  begin,
  nextWork,
  openWriteBack,
  pulled,
  retryWrite,
  settle,
  type WriteBack,
  type WriteBackRules,
  type WriteResult,
  type WriteWork,
  wishedStatus,
  wishFor,
  withdraw,
} from '@workflow-bolt/domain';
import type { WriteSubject } from '../../../apps/worker/src/write-back/perform-work.ts';
import type { Wish } from './journal-judges.ts';

export type OutboxEntry = {
  readonly visitId: string;
  readonly patientId: string;
  readonly creation: WriteSubject['creation'];
  readonly wishes: Wish[];
  state: WriteBack;
  /** Who works on it, and until when that holds without a sign of life; null when nobody does. */
  lease: { token: number; till: number } | null;
  notBefore: number;
  triedAt: number | null;
};

const leaseMs = 10_000;
const backoffMs = 5_000;

export class DayOutbox {
  readonly entries = new Map<string, OutboxEntry>();
  readonly #rules: WriteBackRules;
  readonly #now: () => number;
  #token = 0;
  #bell = Promise.withResolvers<void>();

  constructor(rules: WriteBackRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Resolves when something may be to do. */
  get bell(): Promise<void> {
    return this.#bell.promise;
  }

  ring(): void {
    this.#bell.resolve();
    this.#bell = Promise.withResolvers();
  }

  open(visit: Visit, subject: Pick<OutboxEntry, 'patientId' | 'creation'>): OutboxEntry {
    const { external } = visit;
    const agreed = external && { status: external.status, version: null };
    const entry: OutboxEntry = {
      ...subject,
      visitId: visit.id,
      wishes: agreed ? [{ at: this.#now(), status: agreed.status }] : [],
      state: openWriteBack(external?.appointmentId ?? null, agreed),
      ...{ lease: null, notBefore: 0, triedAt: null },
    };
    this.entries.set(visit.id, entry);
    return entry;
  }

  /** The board has changed a visit. */
  take(visit: Visit, seq: number): void {
    const entry = this.entries.get(visit.id);
    if (!entry) return;
    if (visit.status === 'entered-in-error') entry.state = withdraw(entry.state);
    const status = wishedStatus(visit, this.#rules);
    if (status === null || entry.wishes.at(-1)?.status === status) return;
    entry.wishes.push({ at: this.#now(), status });
    entry.state = wishFor(entry.state, { status, seq }, this.#rules);
    this.ring();
  }

  /** A pull has shown what the EHR lists. */
  pulled(visitId: string, status: WriteBack['agreed']): void {
    const entry = this.entries.get(visitId);
    if (entry && status) entry.state = pulled(entry.state, status, this.#rules);
    this.ring();
  }

  /** The next thing to do and the token it is done under; null when there is nothing now. */
  claim(): { entry: OutboxEntry; work: WriteWork; subject: WriteSubject; token: number } | null {
    for (const entry of this.entries.values()) {
      if (entry.notBefore > this.#now() || (entry.lease && entry.lease.till > this.#now())) continue;
      // Whoever held it is gone, and nobody knows how far he came.
      if (entry.lease && entry.state.underWay) {
        entry.state = settle(entry.state, { kind: 'unknown' }, this.#rules);
      }
      entry.lease = null;
      const work = nextWork(entry.state, this.#rules);
      if (!work) continue;
      return { entry, work, ...this.#begin(entry, work) };
    }
    return null;
  }

  #begin(entry: OutboxEntry, work: WriteWork): { subject: WriteSubject; token: number } {
    const { patientId, creation, triedAt } = entry;
    const triedAgoMs = triedAt === null ? null : this.#now() - triedAt;
    entry.state = begin(entry.state, this.#rules);
    if (work.kind === 'create' && triedAgoMs === null) entry.triedAt = this.#now();
    this.#token += 1;
    entry.lease = { token: this.#token, till: Number.POSITIVE_INFINITY };
    return { token: this.#token, subject: { patientId, creation, occurrenceId: null, triedAgoMs } };
  }

  /** Only who still holds the lease may say what became of it. */
  settle(entry: OutboxEntry, token: number, result: WriteResult): void {
    if (entry.lease?.token !== token) return;
    entry.lease = null;
    entry.state = settle(entry.state, result, this.#rules);
    const isDone = result.kind === 'written' || result.kind === 'already-so';
    if (!isDone) entry.notBefore = this.#now() + backoffMs;
    this.ring();
  }

  /** Its holder is lost: the lease runs out. */
  orphan(token: number): void {
    for (const entry of this.entries.values())
      if (entry.lease?.token === token) entry.lease.till = this.#now() + leaseMs;
  }

  retryAll(): void {
    for (const entry of this.entries.values()) {
      entry.state = retryWrite(entry.state);
      entry.notBefore = 0;
    }
    this.ring();
  }

  get isIdle(): boolean {
    return [...this.entries.values()].every(
      ({ state }) => !state.underWay && nextWork(state, this.#rules) === null,
    );
  }
}
