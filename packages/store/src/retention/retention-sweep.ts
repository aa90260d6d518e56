/**
 * Carries out what the schedule asks for, one clinic at a time.
 *
 *   in Redis → archived → cold (Redis lets go) → purging → purged → (whole month) key destroyed
 *
 * Each step does its effect first and notes it afterwards, and each effect may be repeated. A sweep that was killed
 * anywhere is simply begun again: an archive is the same bytes, a board is dropped only if the archive holds exactly
 * it, and a deletion that was begun is finished. Two sweeps at once do no harm for the same reason.
 */
import { randomBytes } from 'node:crypto';
import type { BoardKey, ClinicRetention, KeptDay, SecurityEvent, Visit } from '@workflow-bolt/contracts';
import { Fault } from '@workflow-bolt/contracts';
import {
  anonymousDay,
  type BoardState,
  type DayFacts,
  dayMetrics,
  monthsToShred,
  planRetention,
  type RetentionStep,
} from '@workflow-bolt/domain';
import type { BoardArchive } from '../archive/board-archive.ts';
import type { ObjectStore } from '../archive/object-store.ts';
import { dropBoardCall, forgetBoardCall } from '../generated/function-calls.generated.ts';
import { boardKeys } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import type { PatientIndex } from '../search/patient-index.ts';
import { outboxKey } from '../write-back/write-back-keys.ts';
import { readFreeze } from './freeze.ts';
import { RetainedDays } from './retained-days.ts';
import { RetentionStore } from './retention-store.ts';
import { type PeriodShredder, shredMonths } from './shred-months.ts';

export type SweepParts = {
  port: RedisPort;
  archive: BoardArchive;
  objects: ObjectStore;
  /** The board of a day, read through whatever decrypts it. */
  stateOf: (board: BoardKey) => Promise<BoardState>;
  /** Keeps what was done in the record of accesses; a step that cannot be recorded is not done. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Null where data is not encrypted by period: then only the archive and Redis are emptied. */
  shredder: PeriodShredder | null;
  /** Where patients of a day are found again; null where they are not. */
  index?: Pick<PatientIndex, 'forgetDay'> | null;
  /** Epoch ms. */
  now: () => number;
};

export type SweepReport = {
  clinic: string;
  archived: string[];
  cooled: string[];
  purged: string[];
  shredded: string[];
  /** Days that are due and that a hold keeps. */
  held: string[];
  /** True when the record of accesses is in doubt: then nothing was deleted. */
  isFrozen: boolean;
};
export type SweepProgress = (done: number, total: number, step: RetentionStep) => Promise<void>;

export class RetentionSweep {
  readonly #parts: SweepParts;
  readonly #store: RetentionStore;
  readonly #days: RetainedDays;
  readonly #clinic: string;
  readonly #rules: ClinicRetention;

  constructor(clinic: string, rules: ClinicRetention, parts: SweepParts) {
    this.#parts = parts;
    this.#clinic = clinic;
    this.#rules = rules;
    this.#store = new RetentionStore(parts.port, clinic);
    this.#days = new RetainedDays(clinic, this.#store, parts);
  }

  /**
   * Everything that is due at the clinic's local date. Throws Fault; what was done until then stays done, and the
   * next sweep goes on from there.
   */
  async run(today: string, progress: SweepProgress = async () => {}): Promise<SweepReport> {
    const report = emptyReport(this.#clinic);
    for (;;) {
      const days = await this.#days.facts(today);
      const { holds, requests } = await this.#store.read();
      const plan = planRetention(days, { ...this.#rules, holds, requests }, today);
      report.held = plan.held.map(({ date }) => date);
      const steps = (await this.#isFrozen(report))
        ? plan.steps.filter(({ kind }) => kind === 'archive')
        : plan.steps;
      const isMoved = await this.#carryOut(steps, days, report, progress);
      if (!isMoved) break;
    }
    if (!(await this.#isFrozen(report))) await this.#shred(today, report);
    return report;
  }

  /** Asked before each thing that deletes: a sweep lasts, and the doubt may come in the middle of it. */
  async #isFrozen(report: SweepReport): Promise<boolean> {
    report.isFrozen = (await readFreeze(this.#parts.port)) !== null;
    return report.isFrozen;
  }

  /** True when a step was done, so that the days behind it may be ready for their next one. */
  async #carryOut(
    steps: readonly RetentionStep[],
    days: readonly DayFacts[],
    report: SweepReport,
    progress: SweepProgress,
  ): Promise<boolean> {
    let isMoved = false;
    for (const [done, step] of steps.entries()) {
      await progress(done, steps.length, step);
      const facts = days.find(({ date }) => date === step.date);
      if (facts && (await this.#step(step, facts, report))) isMoved = true;
    }
    return isMoved;
  }

  async #step({ kind, date }: RetentionStep, facts: DayFacts, report: SweepReport): Promise<boolean> {
    if (kind === 'archive') return noteIf(await this.#archive(date, facts.isClosed), report.archived, date);
    if (!facts.kept || (await this.#isFrozen(report))) return false;
    if (kind === 'cool') return noteIf(await this.#cool(facts.kept), report.cooled, date);
    return noteIf(await this.#purge(facts.kept), report.purged, date);
  }

  /** Board and numbers of the day, both in the archive before it is noted. */
  async #archive(date: string, isClosed: boolean): Promise<boolean> {
    const { archive, port, now } = this.#parts;
    const board = { clinic: this.#clinic, date };
    const written = await archive.write(port, board);
    if (!written) return false;
    const metricsObject = await this.#keepNumbers(board, written);
    await this.#record('C', 'retention', written.object);
    await this.#store.keepDay({
      date,
      state: 'archived',
      ...written,
      metricsObject,
      isClosed,
      archivedAt: now(),
      coldAt: null,
      purgedAt: null,
    });
    return true;
  }

  /** Judged at the last change of the board, so that the same board gives the same numbers. */
  async #keepNumbers(board: BoardKey, { seq, chain }: Pick<KeptDay, 'seq' | 'chain'>): Promise<string> {
    const state = await this.#parts.stateOf(board);
    const visits: Visit[] = [];
    for (const [, { d }] of state.entries()) if (d.type === 'visit') visits.push(d);
    const lastAt = Math.max(0, ...visits.map((visit) => visit.statusSince));
    const numbers = { ...board, seq, ...anonymousDay(dayMetrics(visits, lastAt)) };
    const place = `${board.clinic}/${board.date.slice(0, 7)}/${board.date}`;
    const name = `metrics/${place}-${seq}-${chain.slice(0, 16)}.json`;
    await this.#parts.objects.create(name, Buffer.from(`${JSON.stringify(numbers)}\n`));
    return name;
  }

  /** Redis lets go. A board that went on after it was archived is archived again. */
  async #cool(day: KeptDay): Promise<boolean> {
    const { port, now } = this.#parts;
    const keys = boardKeys({ clinic: this.#clinic, date: day.date });
    await this.#record('D', 'retention', day.object);
    const { epoch, seq, chain, object } = day;
    const bell = { newEpoch: newEpoch(), doorbell: port.doorbell, channel: keys.channel };
    const reply = await port.fcall(dropBoardCall(keys, { epoch, seq, chain, object, ...bell }));
    if (reply.status === 'changed') return this.#archiveAgain(day);
    if (reply.status === 'owed') return false;
    if (reply.status === 'already' && reply.object !== object) {
      throw new Fault('archive_conflict', { date: day.date });
    }
    // An archived board takes no outcome any more: what was not written to the EHR by now stays unwritten.
    await port.command('UNLINK', outboxKey({ clinic: this.#clinic, date: day.date }));
    await this.#store.keepDay({ ...day, state: 'cold', coldAt: now() });
    return true;
  }

  async #archiveAgain(day: KeptDay): Promise<boolean> {
    const isClosed = await this.#days.isClosed(day.date);
    const isArchived = await this.#archive(day.date, isClosed);
    const fresh = (await this.#store.read()).days.get(day.date);
    if (fresh && fresh.object !== day.object) await this.#removeObjects(day);
    return isArchived;
  }

  /** Held against a hold by the note that begins it; then the archive goes, then the name is closed for good. */
  async #purge(day: KeptDay): Promise<boolean> {
    const { port, archive, now } = this.#parts;
    if (day.state !== 'purging' && !(await this.#store.beginPurge(day))) return false;
    await this.#record('D', 'retention', day.object);
    await this.#parts.index?.forgetDay({ clinic: this.#clinic, date: day.date });
    await archive.remove(day.object);
    const keys = boardKeys({ clinic: this.#clinic, date: day.date });
    const bell = { newEpoch: newEpoch(), doorbell: port.doorbell, channel: keys.channel };
    const reply = await port.fcall(forgetBoardCall(keys, { object: day.object, ...bell }));
    if (reply.status === 'kept') throw new Fault('archive_conflict', { date: day.date });
    await this.#store.keepDay({ ...day, state: 'purged', purgedAt: now() });
    return true;
  }

  async #removeObjects(day: KeptDay): Promise<void> {
    await this.#parts.archive.remove(day.object);
    await this.#parts.objects.delete(day.metricsObject);
  }

  async #shred(today: string, report: SweepReport): Promise<void> {
    const { shredder, objects, now } = this.#parts;
    if (!shredder) return;
    const days = await this.#days.facts(today);
    const { holds, requests } = await this.#store.read();
    const months = monthsToShred(days, { ...this.#rules, holds, requests }, today);
    const record = (what: string) => this.#record('D', 'shred', what);
    const parts = { clinic: this.#clinic, store: this.#store, shredder, objects, record, now };
    report.shredded.push(...(await shredMonths(parts, months)));
  }

  #record(act: 'C' | 'D', sub: 'retention' | 'shred', what: string): Promise<void> {
    return this.#parts.record({
      cid: this.#clinic,
      type: 'job',
      sub,
      act,
      out: 0,
      agent: { uid: 'system', kind: 'service', role: 'system' },
      ent: [{ t: 'Archive', id: what }],
      job: 'retention-sweep',
    });
  }
}

const newEpoch = (): string => randomBytes(16).toString('hex');

function noteIf(isDone: boolean, list: string[], date: string): boolean {
  if (isDone) list.push(date);
  return isDone;
}

const emptyReport = (clinic: string): SweepReport => ({
  clinic,
  archived: [],
  cooled: [],
  purged: [],
  shredded: [],
  held: [],
  isFrozen: false,
});
