/**
 * How the outbox follows its board. It is a comparison of states, not a replay of events: whoever takes over, however
 * late and after whatever loss, reaches the same record from the same board.
 */
import type { CommandOf, EhrStatus, Visit, WriteFailure } from '@workflow-bolt/contracts';
import { writeFailures } from '@workflow-bolt/contracts';
import { isWritten, wordFor } from './sync-of.ts';
import {
  openWriteBack,
  pulled,
  resolveWrite,
  retryWrite,
  settle,
  type WriteBack,
  type WriteResult,
  wishFor,
  withdraw,
} from './write-back.ts';
import { says, type WriteBackRules } from './write-policy.ts';

/** One visit in the outbox. Holds no number of the EHR's: the appointment is named by the visit. */
export type WriteRecord = {
  entry: WriteBack;
  /** The board's word and the EHR's, as they were when they were last looked at. */
  seen: EhrStatus | null;
  theirs: EhrStatus | null;
  /** Counts news for the board; `told` is the newest that the board has taken. */
  turn: number;
  told: number;
  /** Epoch ms of a creation that may have been done and that the board does not show; null when there is none. */
  triedAt: number | null;
  /** What a dry run found for the present wish. */
  dry: { word: EhrStatus; found: 'would' | 'conflict' } | null;
};

export type BoardMoment = { seq: number; rules: WriteBackRules };

const isSamePlace = (visit: Visit, rules: WriteBackRules, word: EhrStatus | null): boolean =>
  word === null || (visit.external !== null && says(visit.external.status, word, rules));

function opened({ external }: Visit): WriteRecord {
  const agreed = external && { status: external.status, version: null };
  const entry = openWriteBack(external?.appointmentId ?? null, external?.appointmentId ? agreed : null);
  return { entry, seen: null, theirs: external?.status ?? null, turn: 0, told: 0, triedAt: null, dry: null };
}

/** True while the board has not taken the newest news yet; what it shows is then older than the record. */
export function isUntold({ turn, told }: WriteRecord, visit: Visit): boolean {
  return Math.max(told, visit.ehrWrite?.turn ?? 0) < turn;
}

/** What a record says that the board must learn. */
export function withNews(before: WriteRecord | null, after: WriteRecord): WriteRecord {
  return before && newsOf(before) === newsOf(after) ? after : { ...after, turn: after.turn + 1 };
}

function newsOf({ entry, seen, dry }: WriteRecord): string {
  const { agreed, failed, conflict, isTaken, appointmentId } = entry;
  const told = conflict && [conflict.reason, conflict.theirs?.status, conflict.ours, conflict.members];
  const dropped = isTaken ? seen : null;
  return JSON.stringify([agreed?.status ?? null, failed, told, dropped, appointmentId !== null, dry]);
}

/** Brings a record up to the board's visit; null while there is nothing to write and nothing is known. */
export function followVisit(
  former: WriteRecord | null,
  visit: Visit,
  moment: BoardMoment,
): WriteRecord | null {
  const word = wordFor(visit, moment.rules);
  if (!former && isSamePlace(visit, moment.rules, word) && !visit.conflict) return null;
  const present = former ?? opened(visit);
  const named = withAppointment(present, visit);
  if (!isWritten(visit)) return { ...named, entry: withdraw(named.entry), seen: null };
  const wished = withWish(withChoice(withRetry(named, visit), visit), word, moment);
  return withPull(withTheirQuestion(wished, visit), visit, moment.rules);
}

/** The appointment of a walk-in is known once the board has it; what was agreed on without one has been lost. */
function withAppointment(record: WriteRecord, visit: Visit): WriteRecord {
  const appointmentId = visit.external?.appointmentId ?? record.entry.appointmentId;
  const isLost = appointmentId === null && record.entry.agreed !== null;
  const entry = { ...record.entry, appointmentId, ...(isLost ? { agreed: null } : {}) };
  const told = Math.max(record.told, visit.ehrWrite?.turn ?? 0);
  const triedAt = visit.external?.appointmentId ? null : record.triedAt;
  return { ...record, entry, told, triedAt, turn: Math.max(record.turn, visit.ehrWrite?.turn ?? 0) };
}

function withRetry(record: WriteRecord, visit: Visit): WriteRecord {
  const isAsked = record.entry.failed !== null && !isUntold(record, visit) && !visit.ehrWrite?.failed;
  return isAsked && visit.ehrWrite ? { ...record, entry: retryWrite(record.entry) } : record;
}

/** A conflict that the board was told of and does not show any more was settled, by a person or by the EHR. */
function withChoice(record: WriteRecord, visit: Visit): WriteRecord {
  const { entry } = record;
  if (!entry.conflict || visit.conflict || isUntold(record, visit)) return record;
  const choice = visit.ehrWrite?.resolved ?? null;
  if (choice === null) return { ...record, entry: { ...entry, conflict: null, isDoubted: true } };
  const isNowhere = choice === 'accept' && entry.appointmentId === null && entry.conflict.theirs === null;
  // Whoever accepts what the EHR has made of it wants it to be seen: its rows are nobody's any more.
  if (isNowhere) return { ...record, triedAt: null, entry: withdraw(entry) };
  return { ...record, entry: resolveWrite(entry, choice) };
}

function withWish(record: WriteRecord, word: EhrStatus | null, { seq, rules }: BoardMoment): WriteRecord {
  if (word === null || word === record.seen) return record;
  return { ...record, seen: word, dry: null, entry: wishFor(record.entry, { status: word, seq }, rules) };
}

/** The schedule raised a question that the outbox did not: nothing is written over it unasked. */
function withTheirQuestion(record: WriteRecord, visit: Visit): WriteRecord {
  const { entry } = record;
  const { conflict } = visit;
  if (!conflict || entry.conflict || entry.underWay || !entry.wish || isUntold(record, visit)) return record;
  const theirs = conflict.ehrStatus === 'Unknown' ? null : { status: conflict.ehrStatus, version: null };
  const { reason = 'status-changed', members = [] } = conflict;
  const ours = entry.wish.status;
  return {
    ...record,
    entry: { ...entry, conflict: { reason, theirs, ours, lastAgreed: entry.agreed, members } },
  };
}

/** What the board shows of the EHR is a pull's only once the board knows all that was read since. */
function withPull(record: WriteRecord, visit: Visit, rules: WriteBackRules): WriteRecord {
  const { external } = visit;
  if (!external?.appointmentId || external.status === record.theirs || isUntold(record, visit)) return record;
  const { entry } = record;
  const theirs = { status: external.status, version: null };
  const isSeen = isChosenOver(visit, external.status) && entry.underWay === null;
  const next = isSeen ? { ...entry, agreed: theirs, isDoubted: false } : pulled(entry, theirs, rules);
  return { ...record, theirs: external.status, entry: next };
}

/** Staff kept the board's over this very word before the outbox had seen it. */
function isChosenOver({ ehrWrite, conflict }: Visit, status: EhrStatus): boolean {
  return conflict === null && ehrWrite?.resolved === 'keep-mine' && ehrWrite.agreed === status;
}

const failureOf = (reason: string | null): WriteFailure | null =>
  reason === null ? null : (writeFailures.find((known) => known === reason) ?? 'ehr-refused');

/** Takes the outcome of what was under way, and what it says of the EHR. */
export function settleRecord(record: WriteRecord, result: WriteResult, rules: WriteBackRules): WriteRecord {
  const entry = settle(record.entry, result, rules);
  const read = 'status' in result ? result.status : result.kind === 'conflict' ? result.theirs?.status : null;
  // What was refused now may have been done by an earlier try; what was made is open until the board shows it.
  const isNothingMade = result.kind === 'refused' && entry.maybe.length === 0;
  const next = {
    ...record,
    entry,
    theirs: read ?? record.theirs,
    triedAt: isNothingMade ? null : record.triedAt,
  };
  // The board shows what was pulled last; a reading of the appointment that says otherwise is news.
  const isNews = next.theirs !== record.theirs || newsOf(record) !== newsOf(next);
  return isNews ? { ...next, turn: next.turn + 1 } : next;
}

export type Created = { appointmentId: string; patientId: string };

/** What the board is to be told of a record; `created` for the appointment that was made for a walk-in. */
export function settlement(
  visitId: string,
  record: WriteRecord,
  created: Created | null,
): CommandOf<'settleWrite'> {
  const { entry, turn, seen, dry } = record;
  const { conflict, agreed, isTaken } = entry;
  const failed = dry?.found === 'conflict' ? 'dry-run-conflict' : failureOf(entry.failed);
  return {
    type: 'settleWrite',
    ...{ visitId, turn, failed, created },
    theirs: conflict ? (conflict.theirs?.status ?? null) : (record.theirs ?? null),
    agreed: agreed?.status ?? null,
    dropped: isTaken ? seen : null,
    conflict: conflict && {
      ...{ reason: conflict.reason, ours: conflict.ours, members: [...conflict.members] },
      theirs: conflict.theirs?.status ?? null,
      lastAgreed: conflict.lastAgreed?.status ?? null,
    },
    would: dry?.found === 'would' ? dry.word : null,
  };
}
