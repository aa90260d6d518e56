import type { Milestone, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { flowMilestones, statusInfo } from './status-info.ts';
import type { MoveKind } from './transition-table.ts';

export type MilestonePlan = { sets: Milestone | null; clears: Milestone[]; skipped: Milestone[] };

type Passage = Pick<Visit, 'milestones' | 'skipped'>;
const freshPassage: Passage = { milestones: {}, skipped: [] };

/** Rework takes back what it makes untrue. A first `withDoctorAt` stays: the provider did come. */
function clearedBy(passage: Passage, from: VisitStatus, to: VisitStatus): Milestone[] {
  const cleared: Milestone[] = [];
  if (from === 'confirmed' && to === 'scheduled') cleared.push('confirmedAt');
  if (from === 'ready-for-md' && to === 'appt-prep' && !passage.milestones.withDoctorAt) {
    cleared.push('readyAt');
  }
  if (from === 'seen-by-md' && to === 'with-doctor') cleared.push('seenAt');
  if (from === 'completed' && to === 'seen-by-md') cleared.push('completedAt');
  return cleared.filter((name) => passage.milestones[name] !== undefined);
}

function isSettable(times: Passage['milestones'], skipped: readonly Milestone[], name: Milestone): boolean {
  if (times[name] !== undefined) return false;
  const order: readonly Milestone[] = flowMilestones;
  const index = order.indexOf(name);
  if (index < 0) return true;
  // A room once passed over stays unknown: entering it again later would claim too long a wait.
  if (name === 'roomedAt' && skipped.includes('roomedAt')) return false;
  return flowMilestones.slice(index + 1).every((later) => times[later] === undefined);
}

function skippedBy(times: Passage['milestones'], to: VisitStatus): Milestone[] {
  const { rank } = statusInfo[to];
  if (rank === null || rank < 3) return [];
  return Object.values(statusInfo)
    .filter((info) => info.rank !== null && info.rank >= 2 && info.rank < rank)
    .flatMap((info) => (info.milestone && times[info.milestone] === undefined ? [info.milestone] : []));
}

/**
 * Which milestones a move sets, takes back and passes over. Skipped ones stay unknown and are marked;
 * none is ever filled with another step's time (V7).
 */
export function planMilestones(visit: Visit, to: VisitStatus, kind: MoveKind): MilestonePlan {
  const passage = kind === 're-check-in' || kind === 'reinstate' ? freshPassage : visit;
  const clears = clearedBy(passage, visit.status, to);
  const times = { ...passage.milestones };
  for (const name of clears) delete times[name];
  const { milestone } = statusInfo[to];
  // Reopening tells nothing about when the provider finished.
  const isSet = kind !== 'reopen' && milestone !== null && isSettable(times, passage.skipped, milestone);
  const skipped = kind === 'reopen' ? [] : skippedBy(times, to);
  return {
    sets: isSet ? milestone : null,
    clears,
    skipped: skipped.filter((name) => !passage.skipped.includes(name)),
  };
}
