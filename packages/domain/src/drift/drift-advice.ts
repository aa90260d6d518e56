/** Who moved, and what a person does about it. Nothing here repairs anything. */
import type { Day, DriftAdvice, DriftField, DriftSide, DriftValue, Visit } from '@workflow-bolt/contracts';
import { isExpected, isHidden, isInOffice } from '../status-info.ts';
import type { SyncState } from '../write-back/write-back.ts';
import { judgeTheirs, standingWish, type WriteBackRules } from '../write-back/write-policy.ts';
import type { Absence, TheirAppointment } from './drift-pair.ts';
import type { Sides } from './drift-values.ts';

/** What the day's comparison knows beside the two sides. */
export type AdviceContext = {
  day: Day;
  rules: WriteBackRules;
  /** How writing to the EHR stands for a visit; `off` where nothing is written. */
  syncOf: (visit: Visit) => SyncState;
};

/** Who moved away from what both said before. */
export function sideOf({ ours, theirs }: Sides, agreed: DriftValue | undefined): DriftSide {
  if (agreed === undefined) return 'unknown';
  if (agreed === theirs) return 'ours';
  return agreed === ours ? 'theirs' : 'both';
}

const bySync: Record<SyncState, DriftAdvice> = {
  conflict: 'settle',
  failed: 'retry',
  waiting: 'wait',
  // It was written, and is not there any more: somebody or something undid it after our second reading.
  'in-sync': 'read-again',
  off: 'change-in-ehr',
};

function statusAdvice(visit: Visit, theirs: TheirAppointment, { rules, syncOf }: AdviceContext): DriftAdvice {
  const sync = syncOf(visit);
  if (visit.conflict !== null || sync === 'conflict') return 'settle';
  const wished = standingWish(visit, rules);
  // People chose the EHR's side, and the board cannot follow it by itself.
  if (wished !== null && visit.ehrWrite?.dropped === wished) return 'change-on-board';
  switch (wished === null ? 'ask' : judgeTheirs(theirs.status, wished, rules)) {
    case 'write':
      return bySync[sync];
    case 'take-theirs':
      return 'read-again';
    case 'nothing':
    case 'leave':
      return sync === 'failed' ? 'retry' : 'look';
    case 'ask':
      return sync === 'waiting' ? 'wait' : 'look';
  }
}

/** The EHR owns bookings; provider and type only until the patient is here (V22). */
function bookingAdvice(field: DriftField, visit: Visit, side: DriftSide): DriftAdvice {
  const isFollowed = ['start', 'duration', 'location'].includes(field) || isExpected(visit.status);
  if (side === 'theirs' || (isFollowed && side === 'unknown'))
    return isFollowed ? 'read-again' : 'change-on-board';
  return side === 'ours' ? 'change-in-ehr' : 'look';
}

/** What to do about one field of a visit that has an appointment. */
export function adviceOf(
  field: Exclude<DriftField, 'removal'>,
  { visit, theirs, side }: { visit: Visit; theirs: TheirAppointment; side: DriftSide },
  context: AdviceContext,
): DriftAdvice {
  if (field === 'patient') return 'look';
  if (field === 'status' || field === 'presence') return statusAdvice(visit, theirs, context);
  return bookingAdvice(field, visit, side);
}

/** What to do about an appointment that is gone from the day; null when the board says the same. */
export function removalAdvice(visit: Visit, absence: Absence): DriftAdvice | null {
  const { status, external } = visit;
  if (isHidden(status) || ['cancelled', 'rescheduled', 'no-show'].includes(status)) return null;
  // A patient who is or was here stays on the board, and the EHR lacks the appointment of a real visit.
  if (!isExpected(status)) return absence === 'unlisted' || absence === 'unasked' ? 'look' : 'add-in-ehr';
  if (absence === 'deleted' || absence === 'moved') return external?.isRemoved ? null : 'read-again';
  return 'look';
}

/** What to do about a visit that never had an appointment; null when there is nothing to write of it. */
export function withoutAppointmentAdvice(visit: Visit, context: AdviceContext): DriftAdvice | null {
  if (isHidden(visit.status) || (!isInOffice(visit.status) && visit.status !== 'completed')) return null;
  const sync = context.syncOf(visit);
  return sync === 'off' || sync === 'in-sync' ? 'add-in-ehr' : bySync[sync];
}
