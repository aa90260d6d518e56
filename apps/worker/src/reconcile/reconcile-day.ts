/**
 * Compares a clinic's day with the EHR and keeps the report. It changes neither side: what is to be done stands in the
 * report, for people and for the jobs whose work it is.
 */
import type { ClinicSettings, Day, ReconcileJob, StoredDrift, Visit } from '@workflow-bolt/contracts';
import { type Absence, compareDay, type DriftContext, writeRulesOf } from '@workflow-bolt/domain';
import {
  areTimesApart,
  type ClinicDaySchedule,
  calibrate,
  clinicDay,
  type EhrReadPort,
  readClinicDay,
} from '@workflow-bolt/ehr';
import type { DriftStore } from '@workflow-bolt/store';
import { type BoardPort, readJobBoard } from '../board-port.ts';
import { isSuspect } from '../sync-schedule.ts';
import { absentPairs, pairDay } from './pair-day.ts';
import { writeStateOf } from './write-state.ts';

type AskedPort = Pick<EhrReadPort, 'schedule' | 'appointment'>;

export type ReconcileParts = {
  board: BoardPort;
  ehr: AskedPort;
  settings: ClinicSettings;
  reports: Pick<DriftStore, 'find' | 'save' | 'saveFailure'>;
  /** Visits for which write-back may have made an appointment that the board does not show; nobody's when absent. */
  beingMade?: () => Promise<ReadonlySet<string>>;
  /** Epoch ms. */
  now: () => number;
  signal?: AbortSignal;
};
export type ReconcileRequest = { jobId: string; trigger: ReconcileJob['trigger']; requestedBy: string };

/** What the queue keeps of it: counts and codes. */
export type ReconcileResult = { ok: true; compared: number; drifted: number } | { ok: false; code: string };

/** Appointments asked for one by one; each takes half a second of the account's budget. */
export const askedMax = 20;

type Read = { ok: true; schedule: ClinicDaySchedule } | { ok: false; code: string };

/** A day that lost half of its rows is asked for twice, and then not believed. */
async function readTheirDay({ ehr, settings, board, signal }: ReconcileParts, visits: readonly Visit[]) {
  const location = settings.ehr?.serviceLocationName;
  const question = {
    ...{ practiceName: settings.ehr?.practiceName ?? '', zone: settings.zone, date: board.date },
    ...(location ? { serviceLocationName: location } : {}),
  };
  let read: Read = { ok: false, code: 'suspect-answer' };
  for (let i = 0; i < 2; i += 1) {
    const answer = await readClinicDay(ehr, question, signal);
    if (!answer.ok) return { ok: false, code: answer.failure.kind } satisfies Read;
    if (!isSuspect(answer.value.appointments.length, visits)) {
      read = { ok: true, schedule: answer.value };
      break;
    }
  }
  return read;
}

/**
 * Whether the list writes its times in another zone than it was asked for: the single call answers true UTC. Unnoticed, it
 * would move a whole day.
 */
async function isListShifted({ ehr, signal }: ReconcileParts, { appointments }: ClinicDaySchedule) {
  const rows = appointments.map(({ appointmentId, recurring, startAt: at }) => ({
    ...{ appointmentId, recurring, start: { kind: 'instant', at, text: '' } as const },
  }));
  return areTimesApart(await calibrate(ehr, rows, signal));
}

async function absenceOf(visit: Visit, { ehr, settings, board, signal }: ReconcileParts): Promise<Absence> {
  const found = await ehr.appointment(visit.external?.appointmentId ?? '', signal);
  if (!found.ok) return 'unasked';
  if (found.value === null || found.value.isDeleted === true) return 'deleted';
  const { start } = found.value;
  if (start?.kind !== 'instant') return 'unlisted';
  const { startAt, endAt } = clinicDay(settings.zone, board.date);
  return start.at >= startAt && start.at < endAt ? 'unlisted' : 'moved';
}

/** Asks for each absent appointment by its number; those beyond the limit stay unasked. */
async function judgeAbsent(absent: readonly Visit[], parts: ReconcileParts): Promise<Map<string, Absence>> {
  const judged = new Map<string, Absence>();
  for (const visit of absent.slice(0, askedMax)) judged.set(visit.id, await absenceOf(visit, parts));
  return judged;
}

const contextOf = (day: Day, before: StoredDrift | null): DriftContext => ({
  day,
  rules: writeRulesOf(day),
  syncOf: (visit) => writeStateOf(visit, day),
  agreed: before?.agreed ?? {},
  agreedStatusOf: (visit) => visit.ehrWrite?.agreed ?? visit.external?.status,
});

async function failed(parts: ReconcileParts, code: string): Promise<ReconcileResult> {
  const { clinic, date } = parts.board;
  await parts.reports.saveFailure({ clinic, date }, { at: parts.now(), code });
  return { ok: false, code };
}

async function seqOf(board: BoardPort): Promise<number> {
  let seq = 0;
  for (const [, { v }] of await board.entities()) seq = Math.max(seq, v);
  return seq;
}

/**
 * One comparison. Never throws for what the EHR does: the failure stands beside the last report. Throws Fault when the
 * store is away. A day that nobody has opened has nothing to compare.
 */
export async function reconcileDay(
  parts: ReconcileParts,
  request: ReconcileRequest,
): Promise<ReconcileResult> {
  const { board, reports } = parts;
  const key = { clinic: board.clinic, date: board.date };
  const before = await readJobBoard(board);
  if (!before.day) return failed(parts, 'day-not-open');
  const read = await readTheirDay(parts, before.visits);
  if (!read.ok) return failed(parts, read.code);
  if (await isListShifted(parts, read.schedule)) return failed(parts, 'list-times-wrong');
  // The board after the answer: a step that was taken meanwhile must not look as if the EHR had missed it for long.
  const beingMade = await parts.beingMade?.();
  const { day, ...known } = await readJobBoard(board);
  if (!day) return failed(parts, 'day-not-open');
  const opaqueId = await board.idMaker?.();
  const { pairs, absent } = pairDay(day, read.schedule.appointments, { ...known, beingMade, opaqueId });
  pairs.push(...absentPairs(absent, await judgeAbsent(absent, parts)));
  const { compared, drifted, rows, agreed } = compareDay(pairs, contextOf(day, await reports.find(key)));
  const quarantined = read.schedule.quarantined.length;
  const counts = { compared, drifted, quarantined };
  const seq = await seqOf(board);
  await reports.save(key, { at: parts.now(), ...request, seq, ...counts, rows, agreed });
  return { ok: true, compared, drifted };
}
