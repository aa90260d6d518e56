/** What a record may still claim when the board's log has lost its end and begins another history. */
import type { Visit } from '@workflow-bolt/contracts';
import type { WriteRecord } from './follow-board.ts';
import { wordFor } from './sync-of.ts';
import { openWriteBack } from './write-back.ts';
import type { WriteBackRules } from './write-policy.ts';

export type NewHistory = {
  rules: WriteBackRules;
  /** Epoch ms. */
  now: number;
  /** The appointment that this holder is known to have made for the visit; null when there is none. */
  madeId: string | null;
};

/**
 * The record on the new history; null where it is to be forgotten. A step that this history does not know was not taken
 * back by anybody: nothing is written for its absence. It comes again from the outbox of whoever took it, or as what the
 * EHR holds, and then the appointment is read before anything is sent. `visit` is null where the visit itself is gone.
 */
export function rebasedRecord(
  record: WriteRecord,
  visit: Visit | null,
  { rules, now, madeId }: NewHistory,
): WriteRecord | null {
  const { entry } = record;
  if (visit?.external?.appointmentId) {
    if (wordFor(visit, rules) !== record.seen) return null;
    return { ...record, told: 0, entry: { ...entry, wish: entry.wish && { ...entry.wish, seq: 0 } } };
  }
  // Whether an appointment was made is known to nobody but the EHR, and it may take its time to show it.
  const isMaybeMade = entry.wish !== null || entry.agreed !== null || record.triedAt !== null;
  const known = openWriteBack(madeId, madeId === null ? null : entry.agreed);
  return { ...record, seen: null, told: 0, triedAt: isMaybeMade ? now : null, entry: known };
}
