/** One work of one visit, from the entry that says so in Redis to the entry that says what became of it. */
import type { Day, Person, Visit, WriteBackMode } from '@workflow-bolt/contracts';
import {
  begin,
  settleRecord,
  type WriteBackRules,
  type WriteResult,
  type WriteWork,
  withNews,
} from '@workflow-bolt/domain';
import type { EhrPort } from '@workflow-bolt/ehr';
import type { BoardHost } from '@workflow-bolt/store';
import { type PreviewResult, performWork, previewWork } from './perform-work.ts';
import type { RelayRecords } from './relay-records.ts';
import type { FoundSubject, WriteSubjects } from './write-subject.ts';

export type WorkOutcome = WriteResult['kind'] | 'would' | 'would-conflict';

export type RelayWorkParts = {
  host: BoardHost;
  records: RelayRecords;
  subjects: WriteSubjects;
  /** The mode in force now. Throws Fault; nothing is sent while it is not known. */
  mode: () => Promise<WriteBackMode>;
  /** Aborted when the lease is not ours any more. */
  signal: AbortSignal;
};

export type WorkTask = { id: string; work: WriteWork; day: Day; rules: WriteBackRules; ehr: EhrPort };

/** The switch was turned before the call left: nothing was sent, and nothing is wrong. */
export class SwitchedOff extends Error {}

export class RelayWork {
  readonly #parts: RelayWorkParts;

  constructor(parts: RelayWorkParts) {
    this.#parts = parts;
  }

  /** Looks at what writing would come to. Throws LeaseLost, Fault, or the signal's reason. */
  async look(task: WorkTask): Promise<WorkOutcome> {
    const { id, work, rules } = task;
    const { records, signal } = this.#parts;
    const found = await this.#preview(task);
    signal.throwIfAborted();
    const record = records.get(id);
    if (record && isForeseen(found)) {
      const word = work.kind === 'create' ? work.status : work.desired;
      const dry = { word, found: found.kind === 'would' ? ('would' as const) : ('conflict' as const) };
      records.put(id, withNews(record, { ...record, dry }));
    } else if (record && !isForeseen(found)) records.put(id, settleRecord(record, found, rules));
    await records.flush();
    return found.kind;
  }

  /** The same questions as before a write: a walk-in whom the EHR does not know would not be written. */
  async #preview(task: WorkTask): Promise<PreviewResult> {
    const { records, signal } = this.#parts;
    const found = await this.#subjectOf(task, records.get(task.id)?.triedAt ?? null);
    if (found.kind === 'refused') return found;
    if (found.kind === 'away') return { kind: 'not-applied', isSent: false };
    return previewWork(task.ehr, task.work, found.subject, signal);
  }

  /** Writes. Throws LeaseLost, Fault, SwitchedOff, or the signal's reason; then what was kept says what may be so. */
  async write(task: WorkTask): Promise<WorkOutcome> {
    const { id, work, rules } = task;
    const { records, signal } = this.#parts;
    const triedAt = records.get(id)?.triedAt ?? null;
    const found = await this.#subjectOf(task, triedAt);
    const result = await this.#perform(task, found);
    // Whoever took over treats it as unknown: what we know is not ours to keep any more.
    signal.throwIfAborted();
    const record = records.get(id);
    if (!record) return result.kind;
    if (
      found.kind === 'found' &&
      work.kind === 'create' &&
      'appointmentId' in result &&
      result.appointmentId
    ) {
      records.noteCreated(id, { appointmentId: result.appointmentId, patientId: found.subject.patientId });
    }
    const isUnsent = result.kind === 'refused' || (result.kind === 'not-applied' && !result.isSent);
    records.put(id, settleRecord(isUnsent ? { ...record, triedAt } : record, result, rules));
    await records.flush();
    return result.kind;
  }

  async #perform({ id, work, rules, ehr }: WorkTask, found: FoundSubject): Promise<WriteResult> {
    if (found.kind === 'refused') return found;
    if (found.kind === 'away') return { kind: 'not-applied', isSent: false };
    await this.#begin(id, work, rules);
    return performWork(ehr, work, found.subject, this.#parts.signal);
  }

  async #subjectOf({ id, work, day }: WorkTask, triedAt: number | null): Promise<FoundSubject> {
    const { host, subjects, signal } = this.#parts;
    const visit = host.state.get(`v:${id}`)?.d;
    if (visit?.type !== 'visit') return { kind: 'refused', reason: 'not-found' };
    const triedAgoMs = work.kind === 'create' && triedAt !== null ? Math.max(0, host.now() - triedAt) : null;
    const others = work.kind === 'create' ? [...peopleOf(host)] : [];
    return subjects.find({ visit, person: personOf(host, id), day, others, triedAgoMs }, signal);
  }

  /** The entry says that something is on its way before it is. Throws; then nothing is sent. */
  async #begin(id: string, work: WriteWork, rules: WriteBackRules): Promise<void> {
    const { records, signal, mode, host } = this.#parts;
    // The kill switch holds for whatever has not left yet.
    if ((await mode()) !== 'on') throw new SwitchedOff('write-back was switched off');
    const before = records.get(id);
    if (!before) throw new Error('the record is gone');
    const triedAt = work.kind === 'create' ? host.now() : before.triedAt;
    records.put(id, { ...before, dry: null, entry: begin(before.entry, rules), triedAt });
    try {
      await records.flush();
      signal.throwIfAborted();
    } catch (error) {
      const present = records.get(id) ?? before;
      records.put(id, { ...present, triedAt: before.triedAt, entry: { ...present.entry, underWay: null } });
      throw error;
    }
  }
}

function isForeseen(
  found: PreviewResult,
): found is Extract<PreviewResult, { kind: 'would' | 'would-conflict' }> {
  return found.kind === 'would' || found.kind === 'would-conflict';
}

function personOf(host: BoardHost, visitId: string): Person | null {
  const found = host.state.get(`p:${visitId}`)?.d;
  return found?.type === 'person' ? found : null;
}

function* peopleOf(host: BoardHost): Iterable<{ visit: Visit; person: Person | null }> {
  for (const [, { d }] of host.state.entries()) {
    if (d.type === 'visit') yield { visit: d, person: personOf(host, d.id) };
  }
}
