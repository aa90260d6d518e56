/** What is to be written back: a record for each visit that follows the board, and a lease on each that is worked on. */
import type { CommandOf, Visit } from '@workflow-bolt/contracts';
import {
  begin,
  followVisit,
  isUntold,
  nextWork,
  settlement,
  settleRecord,
  standingWish,
  type WriteBackRules,
  type WriteRecord,
  type WriteResult,
  type WriteWork,
  withNews,
} from '@workflow-bolt/domain';
import type { WriteSubject } from '../../../apps/worker/src/write-back/perform-work.ts';
import type { Wish } from './journal-judges.ts';

export type OutboxParts = {
  rules: WriteBackRules;
  now: () => number;
  /** Tells the board what became of a write. */
  tell: (command: CommandOf<'settleWrite'>) => void;
  /** What a walk-in's appointment is made of; null for a visit that the EHR has booked. */
  creationOf: (
    visitId: string,
  ) => { patientId: string; creation: NonNullable<WriteSubject['creation']> } | null;
};
export type Claim = { entry: OutboxEntry; work: WriteWork; subject: WriteSubject; token: number };

type OutboxEntry = {
  readonly visitId: string;
  readonly wishes: Wish[];
  visit: Visit;
  record: WriteRecord | null;
  /** Who works on it, and until when that holds without a sign of life; null when nobody does. */
  lease: { token: number; till: number } | null;
  notBefore: number;
};

const leaseMs = 10_000;
const backoffMs = 5_000;

export class DayOutbox {
  readonly #entries = new Map<string, OutboxEntry>();
  readonly #parts: OutboxParts;
  #token = 0;
  #bell = Promise.withResolvers<void>();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Resolves when something may be to do. */
  get bell(): Promise<void> {
    return this.#bell.promise;
  }

  ring(): void {
    this.#bell.resolve();
    this.#bell = Promise.withResolvers();
  }

  /** Visits for which an appointment may have been made that the board does not show yet. */
  get beingMade(): ReadonlySet<string> {
    const made = [...this.#entries.values()].filter(({ record }) => record?.triedAt != null);
    return new Set(made.map(({ visitId }) => visitId));
  }

  get wishes(): ReadonlyMap<string, readonly Wish[]> {
    return new Map([...this.#entries].map(([id, { wishes }]) => [id, wishes]));
  }

  /** The board has changed a visit; `seq` is its position. */
  follow(visit: Visit, seq: number): void {
    const entry = this.#entryOf(visit);
    entry.visit = visit;
    const { rules, now } = this.#parts;
    const status = standingWish(visit, rules);
    if (status !== null && entry.wishes.at(-1)?.status !== status) entry.wishes.push({ at: now(), status });
    const followed = followVisit(entry.record, visit, { seq, rules });
    this.#put(entry, followed && withNews(entry.record, followed));
    this.ring();
  }

  #entryOf(visit: Visit): OutboxEntry {
    const known = this.#entries.get(visit.id);
    if (known) return known;
    const { external } = visit;
    const wishes = external ? [{ at: this.#parts.now(), status: external.status }] : [];
    const entry = { visitId: visit.id, visit, wishes, record: null, lease: null, notBefore: 0 };
    this.#entries.set(visit.id, entry);
    return entry;
  }

  #put(entry: OutboxEntry, record: WriteRecord | null): void {
    entry.record = record;
    if (!record || !isUntold(record, entry.visit)) return;
    const walkIn = this.#parts.creationOf(entry.visitId);
    const { appointmentId } = record.entry;
    const created = walkIn && appointmentId ? { appointmentId, patientId: walkIn.patientId } : null;
    // The board's answer comes back through `follow`; what it took is told from now on.
    entry.record = { ...record, told: record.turn };
    this.#parts.tell(settlement(entry.visitId, record, created));
  }

  /** The next thing to do and the token it is done under; null when there is nothing now. */
  claim(): Claim | null {
    const now = this.#parts.now();
    for (const entry of this.#entries.values()) {
      if (!entry.record || entry.notBefore > now || (entry.lease && entry.lease.till > now)) continue;
      // Whoever held it is gone, and nobody knows how far he came.
      if (entry.lease && entry.record.entry.underWay) this.#settle(entry, { kind: 'unknown' });
      entry.lease = null;
      const work = nextWork(entry.record.entry, this.#parts.rules);
      if (work) return this.#begin(entry, entry.record, work);
    }
    return null;
  }

  #begin(entry: OutboxEntry, record: WriteRecord, work: WriteWork): Claim {
    const { rules, now, creationOf } = this.#parts;
    const walkIn = creationOf(entry.visitId);
    const { triedAt } = record;
    entry.record = {
      ...record,
      entry: begin(record.entry, rules),
      triedAt: work.kind === 'create' ? (triedAt ?? now()) : triedAt,
    };
    this.#token += 1;
    entry.lease = { token: this.#token, till: Number.POSITIVE_INFINITY };
    const patientId = walkIn?.patientId ?? entry.visit.external?.patientId ?? '';
    const triedAgoMs = triedAt === null ? null : now() - triedAt;
    const subject = { patientId, creation: walkIn?.creation ?? null, occurrenceId: null, triedAgoMs };
    return { entry, work, subject, token: this.#token };
  }

  /** Only who still holds the lease may say what became of it. */
  settle({ entry, token }: Claim, result: WriteResult): void {
    if (entry.lease?.token !== token) return;
    entry.lease = null;
    const isDone = result.kind === 'written' || result.kind === 'already-so';
    if (!isDone) entry.notBefore = this.#parts.now() + backoffMs;
    this.#settle(entry, result);
    this.ring();
  }

  #settle(entry: OutboxEntry, result: WriteResult): void {
    if (entry.record) this.#put(entry, settleRecord(entry.record, result, this.#parts.rules));
  }

  /** Its holder is lost: the lease runs out. */
  orphan(token: number): void {
    for (const entry of this.#entries.values())
      if (entry.lease?.token === token) entry.lease.till = this.#parts.now() + leaseMs;
  }

  get isIdle(): boolean {
    return [...this.#entries.values()].every(
      ({ record }) =>
        !record || (!record.entry.underWay && nextWork(record.entry, this.#parts.rules) === null),
    );
  }
}
