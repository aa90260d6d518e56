/** What may be written over what. The EHR owns bookings and closings, the board owns the flow from arrival on. */
import type { Day, EhrStatus, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { boardMeaningOf, ehrStatusOf } from '../ehr-status.ts';
import { isExpected, statusInfo } from '../status-info.ts';

/** A clinic's decisions about writing back. */
export type WriteBackRules = {
  readyToBeSeenMeans: Day['readyToBeSeenMeans'];
  /** The EHR's word for who left unseen or early; null leaves the appointment as it is. */
  leftMeans: 'Cancelled' | null;
};

type WishedVisit = { status: VisitStatus; milestones: { checkInCompletedAt?: number | undefined } };

/** The EHR status that a visit calls for; null when the EHR has no word for it and stays as it is. */
export function wishedStatus(visit: WishedVisit, rules: WriteBackRules): EhrStatus | null {
  if (visit.status === 'left') return rules.leftMeans;
  return ehrStatusOf(visit, rules.readyToBeSeenMeans);
}

type StandingVisit = Pick<Visit, 'status' | 'milestones'>;

/**
 * The word that the EHR should hold for a visit by now. Where the present status has none, the newest step that has one
 * counts: a patient who is with the doctor was roomed. Null when nothing is to be written.
 */
export function standingWish(visit: StandingVisit, rules: WriteBackRules): EhrStatus | null {
  const { status, milestones } = visit;
  if (status === 'entered-in-error') return null;
  const word = wishedStatus(visit, rules);
  if (word !== null) return word;
  if (milestones.readyAt !== undefined && rules.readyToBeSeenMeans === 'ready-for-md') return 'ReadyToBeSeen';
  if (milestones.roomedAt !== undefined) return 'Roomed';
  if (milestones.arrivedAt === undefined) return null;
  return wishedStatus({ status: 'arrived', milestones }, rules);
}

/** The clinic's decisions as they stand on the board. */
export function writeRulesOf({ readyToBeSeenMeans, leftMeans = null }: Day): WriteBackRules {
  return { readyToBeSeenMeans, leftMeans };
}

/** Progress of an EHR status; the check-in tick stands half a step after arrival. Null outside the flow. */
function progressOf(status: EhrStatus, rules: WriteBackRules): number | null {
  const meaning = boardMeaningOf(status, rules.readyToBeSeenMeans);
  const rank = meaning && statusInfo[meaning.status].rank;
  return rank === null ? null : rank + (meaning?.isCheckInCompleted ? 0.5 : 0);
}

/** Whether an EHR status already says what is wished: a reminder that was sent is still a scheduled visit. */
export function says(theirs: EhrStatus, wished: EhrStatus, rules: WriteBackRules): boolean {
  if (theirs === wished) return true;
  const [a, b] = [theirs, wished].map((status) => boardMeaningOf(status, rules.readyToBeSeenMeans));
  return !!a && !!b && a.status === b.status && a.isCheckInCompleted === b.isCheckInCompleted;
}

/** A step back in the flow, as an undo makes it: only for an appointment that nobody has touched since. */
export function isBackward(from: EhrStatus, to: EhrStatus, rules: WriteBackRules): boolean {
  const [before, after] = [progressOf(from, rules), progressOf(to, rules)];
  return before !== null && after !== null && after < before;
}

/** What to do about an EHR status that is neither the wished nor the agreed one. */
export type PolicyVerdict =
  /** It says the same. */
  | 'nothing'
  /** It lags behind: write. */
  | 'write'
  /** It is ahead, or closed a visit that nobody has come for yet: theirs counts. */
  | 'take-theirs'
  /** It contradicts what staff see in the building. */
  | 'ask'
  /** Nobody knows what it means, so nobody writes over it. */
  | 'leave';

/** Judges what the EHR says now against what the board wishes. Never `write` over what is ahead or closed. */
export function judgeTheirs(theirs: EhrStatus, wished: EhrStatus, rules: WriteBackRules): PolicyVerdict {
  const { readyToBeSeenMeans } = rules;
  const their = boardMeaningOf(theirs, readyToBeSeenMeans);
  const our = boardMeaningOf(wished, readyToBeSeenMeans);
  if (!their || !our) return 'leave';
  if (says(theirs, wished, rules)) return 'nothing';
  const [theirProgress, ourProgress] = [progressOf(theirs, rules), progressOf(wished, rules)];
  if (theirProgress !== null && ourProgress !== null)
    return theirProgress < ourProgress ? 'write' : 'take-theirs';
  // Closing what has not begun is safe; two closings that differ, and everything else, are for people to settle.
  if (theirProgress === null) return isExpected(our.status) ? 'take-theirs' : 'ask';
  return isExpected(their.status) ? 'write' : 'ask';
}

/** The EHR statuses that a wish may replace although nobody agreed on them. */
export function replaceable(
  wished: EhrStatus,
  among: readonly EhrStatus[],
  rules: WriteBackRules,
): EhrStatus[] {
  return among.filter((theirs) => judgeTheirs(theirs, wished, rules) === 'write');
}
