/** The outbox of one board in the memory of its holder: follows the board, is kept in Redis, and tells the board. */
import type { Visit, WriteBackMode } from '@workflow-bolt/contracts';
import {
  type Created,
  followVisit,
  isUntold,
  nextWork,
  rebasedRecord,
  settlement,
  settleRecord,
  type WriteBackRules,
  type WriteRecord,
  type WriteWork,
  withNews,
} from '@workflow-bolt/domain';
import type { BoardHost, OutboxContents, WriteOutbox } from '@workflow-bolt/store';
import type { BoardPort } from '../board-port.ts';

export type RelayRecordsParts = {
  host: BoardHost;
  /** Sends the relay's commands to the board. */
  commands: Pick<BoardPort, 'submit'>;
  outbox: Pick<WriteOutbox, 'keep'>;
  /** Appointments that this process has made for the board's visits: the board may lose what it was told of them. */
  made: Map<string, Created>;
  /** The visit has a new wish, or a person has chosen. */
  onNews: (visitId: string) => void;
};

export type DueWork = { id: string; work: WriteWork };

export class RelayRecords {
  readonly #parts: RelayRecordsParts;
  readonly #records: Map<string, WriteRecord>;
  readonly #dirty = new Set<string>();
  #epoch: string;
  #keeping: Promise<void> = Promise.resolve();

  /** `contents`: what the outbox held when the lease was taken. */
  constructor(contents: OutboxContents, parts: RelayRecordsParts) {
    this.#parts = parts;
    this.#records = contents.records;
    this.#epoch = contents.epoch;
  }

  get(id: string): WriteRecord | undefined {
    return this.#records.get(id);
  }

  put(id: string, record: WriteRecord): void {
    this.#records.set(id, record);
    this.#dirty.add(id);
  }

  noteCreated(id: string, created: Created): void {
    this.#parts.made.set(id, created);
  }

  /** What a former holder had under way may have been applied: it is read before anything is sent again. */
  settleInherited(rules: WriteBackRules): void {
    for (const [id, record] of this.#records)
      if (record.entry.underWay) this.put(id, settleRecord(record, { kind: 'unknown' }, rules));
  }

  /** Brings every record up to the board, whatever was missed. */
  follow(rules: WriteBackRules): void {
    const { epoch, seq } = this.#parts.host.position;
    if (epoch !== this.#epoch) this.#rebase(epoch, rules);
    for (const [, { d: visit }] of this.#parts.host.state.entries()) {
      if (visit.type !== 'visit') continue;
      const before = this.#records.get(visit.id) ?? null;
      const after = this.#named(followVisit(before, visit, { seq, rules }), visit.id);
      if (after === null || isSame(before, after)) continue;
      this.#parts.onNews(visit.id);
      this.put(visit.id, withNews(before, after));
    }
  }

  /** A walk-in who was registered anew after a lost tail has the appointment that was made in it. */
  #named(record: WriteRecord | null, id: string): WriteRecord | null {
    const made = this.#parts.made.get(id);
    if (!record || !made || record.entry.appointmentId !== null) return record;
    return { ...record, entry: { ...record.entry, appointmentId: made.appointmentId } };
  }

  /** Another history: positions start anew, the board may have forgotten what it was told, and we what we began. */
  #rebase(epoch: string, rules: WriteBackRules): void {
    const isFirst = this.#epoch === '';
    this.#epoch = epoch;
    if (isFirst) return;
    const now = this.#parts.host.now();
    for (const [id, record] of this.#records) {
      const madeId = this.#parts.made.get(id)?.appointmentId ?? null;
      const rebased = rebasedRecord(record, this.#visitOf(id), { rules, now, madeId });
      if (rebased) this.put(id, rebased);
      else this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#records.delete(id);
    this.#dirty.add(id);
  }

  #visitOf(id: string): Visit | null {
    const found = this.#parts.host.state.get(`v:${id}`)?.d;
    return found?.type === 'visit' ? found : null;
  }

  /** Keeps what has changed; one write at a time. `isLast` gives the lease back. Throws LeaseLost or Fault. */
  flush(isLast = false): Promise<void> {
    const run = () => this.#keep(isLast);
    this.#keeping = this.#keeping.then(run, run);
    return this.#keeping;
  }

  async #keep(isLast: boolean): Promise<void> {
    const ids = [...this.#dirty];
    if (ids.length === 0 && !isLast) return;
    this.#dirty.clear();
    const set = new Map<string, WriteRecord>();
    for (const id of ids) {
      const record = this.#records.get(id);
      if (record) set.set(id, record);
    }
    const drop = ids.filter((id) => !set.has(id));
    const { epoch, seq } = this.#parts.host.position;
    try {
      await this.#parts.outbox.keep({ set, drop, cursor: { epoch, seq }, isLast });
    } catch (error) {
      for (const id of ids) this.#dirty.add(id);
      throw error;
    }
  }

  /** Tells the board what it does not know yet, and remembers that it does. Throws Fault. */
  async tell(): Promise<void> {
    const { commands } = this.#parts;
    for (const [id, record] of this.#records) {
      const visit = this.#visitOf(id);
      if (!visit || !isUntold(record, visit)) continue;
      const created = this.#parts.made.get(id) ?? null;
      await commands.submit([settlement(id, record, created)]);
      const present = this.#records.get(id) ?? record;
      this.put(id, { ...present, told: Math.max(present.told, record.turn) });
    }
  }

  /** True while something is to be written, or a person has to act before it is. */
  isPending(rules: WriteBackRules): boolean {
    return [...this.#records.values()].some(({ entry }) => {
      const isHeld = entry.underWay !== null || entry.conflict !== null || entry.failed !== null;
      return isHeld || nextWork(entry, rules) !== null;
    });
  }

  /** What can be done now, oldest wish first. A dry run looks once at each wish. */
  due(rules: WriteBackRules, mode: WriteBackMode): DueWork[] {
    const due = [...this.#records].flatMap(([id, { entry, dry }]) => {
      const work = mode === 'dry-run' && dry !== null ? null : nextWork(entry, rules);
      return work ? [{ id, work, seq: entry.wish?.seq ?? 0 }] : [];
    });
    return due.sort((a, b) => a.seq - b.seq);
  }
}

const isSame = (a: WriteRecord | null, b: WriteRecord): boolean => JSON.stringify(a) === JSON.stringify(b);
