/** What a card, the totals and the reports say of a visit's standing with the EHR: derived here, and only here. */
import type { Day, EhrStatus, Visit } from '@workflow-bolt/contracts';
import { boardMeaningOf } from '../ehr-status.ts';
import { isExpected } from '../status-info.ts';
import type { SyncState } from './write-back.ts';
import { says, standingWish, type WriteBackRules, writeRulesOf } from './write-policy.ts';

export type VisitSync = {
  state: SyncState;
  /** A code: why it failed, what the conflict is about, why it waits or is off; null when there is nothing to say. */
  reason: string | null;
  /** Epoch ms; null when the state has no beginning. */
  since: number | null;
  /** The EHR word that the board calls for; null when it calls for none. */
  word: EhrStatus | null;
};

/** True for visits that are written at all: what was imported while the EHR was away exists there already. */
export function isWritten({ external, status }: Visit): boolean {
  return external?.system !== 'import' && status !== 'entered-in-error';
}

/** Nobody has come, and the EHR has nothing to learn: what is booked here and not there stays so until arrival. */
function isOwnBooking({ external, milestones, status }: Visit): boolean {
  const isPresent = milestones.arrivedAt !== undefined || status === 'arrived';
  return external === null && !isPresent;
}

/**
 * The word that is to be written for a visit; null when none is. What nobody has touched on the board and the EHR says
 * with a word nobody knows stays as it is.
 */
export function wordFor(visit: Visit, rules: WriteBackRules): EhrStatus | null {
  if (!isWritten(visit) || isOwnBooking(visit)) return null;
  const { external, status } = visit;
  const isUnknown = external !== null && boardMeaningOf(external.status, rules.readyToBeSeenMeans) === null;
  return isUnknown && isExpected(status) ? null : standingWish(visit, rules);
}

/** The standing of one visit on its board. */
export function syncOf(visit: Visit, day: Day): VisitSync {
  const rules = writeRulesOf(day);
  const word = wordFor(visit, rules);
  const { conflict, ehrWrite } = visit;
  if (conflict) {
    return { state: 'conflict', reason: conflict.reason ?? 'status-changed', since: conflict.since, word };
  }
  const mode = day.writeBack ?? 'off';
  if (mode === 'off') return { state: 'off', reason: null, since: null, word };
  if (!isWritten(visit)) return { state: 'off', reason: 'imported', since: null, word };
  if (ehrWrite?.failed) return { state: 'failed', reason: ehrWrite.failed, since: ehrWrite.at, word };
  const isSaid = word !== null && visit.external !== null && says(visit.external.status, word, rules);
  if (word === null || ehrWrite?.dropped === word || isSaid) {
    return { state: 'in-sync', reason: null, since: ehrWrite?.at ?? null, word };
  }
  return { state: 'waiting', reason: mode === 'dry-run' ? 'dry-run' : null, since: visit.statusSince, word };
}

export type SyncTotals = Readonly<Record<SyncState, number>>;

/** How many visits of a board stand how; hidden ones are not counted. */
export function syncTotals(visits: Iterable<Visit>, day: Day): SyncTotals {
  const totals = { 'in-sync': 0, waiting: 0, failed: 0, conflict: 0, off: 0 };
  for (const visit of visits) {
    if (visit.status !== 'entered-in-error') totals[syncOf(visit, day).state] += 1;
  }
  return totals;
}

export type UnsettledVisit = {
  visitId: string;
  state: 'waiting' | 'failed' | 'conflict';
  reason: string | null;
};

/** What a person should know of before the day is closed: visits the EHR does not hold as the board does, by id. */
export function unsettledOf(visits: Iterable<Visit>, day: Day): UnsettledVisit[] {
  const found: UnsettledVisit[] = [];
  for (const visit of visits) {
    const { state, reason } = syncOf(visit, day);
    if (visit.status === 'entered-in-error' || state === 'in-sync' || state === 'off') continue;
    found.push({ visitId: visit.id, state, reason });
  }
  return found.sort((a, b) => (a.visitId < b.visitId ? -1 : 1));
}
