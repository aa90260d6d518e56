/** What the board does with a status that was read from the EHR, by a pull of the schedule or by write-back. */
import type { BoardEvent, Visit } from '@workflow-bolt/contracts';
import type { BoardMeaning } from './ehr-status.ts';
import { effectiveNow } from './flow.ts';
import { moveEvents } from './move-visit.ts';
import { isToday, type Scene } from './scene.ts';
import { isHidden, isInOffice } from './status-info.ts';
import { type Transition, transitionTable } from './transition-table.ts';

/** What an EHR status leads to: a move, a question to staff, or nothing. */
export type Reading =
  | { kind: 'ignore' }
  | { kind: 'move'; transition: Transition; to: Visit['status'] }
  | { kind: 'ask'; suggestedStatus: Visit['status'] };

const ignore: Reading = { kind: 'ignore' };

/** Staff may have confirmed by telephone: only the EHR's own confirmation is taken back by it. */
function isForeignConfirmation(visit: Visit, transition: Transition): boolean {
  return transition.kind === 'unconfirm' && visit.external?.status !== 'Confirmed';
}

/** Presence is never concluded for another day than today. */
function isPresenceElsewhen(scene: Scene, { status }: BoardMeaning): boolean {
  return (isInOffice(status) || status === 'completed') && !isToday(scene);
}

/** What the transition table lets an EHR status do to a visit (V19). */
export function readMove(scene: Scene, visit: Visit, meaning: BoardMeaning): Reading {
  const transition = transitionTable[visit.status][meaning.status];
  if (!transition || isPresenceElsewhen(scene, meaning)) return ignore;
  const ask: Reading = { kind: 'ask', suggestedStatus: meaning.status };
  switch (transition.ehr) {
    case 'follow':
      return isForeignConfirmation(visit, transition)
        ? ignore
        : { kind: 'move', transition, to: meaning.status };
    case 'ask':
      return ask;
    case 'reinstate':
      if (visit.outcome?.by === 'ehr') return { kind: 'move', transition, to: meaning.status };
      return isHidden(visit.status) ? ignore : ask;
    case 'never':
      return ignore;
  }
}

/** The events of a move that the EHR's word brings. */
export function followed(
  scene: Scene,
  visit: Visit,
  transition: Transition,
  meaning: BoardMeaning,
): BoardEvent[] {
  return moveEvents(scene, visit, {
    transition,
    to: meaning.status,
    effectiveAt: effectiveNow(visit, scene.ctx.now),
    isEstimated: true,
    roomId: null,
    words: { by: 'ehr', reason: null },
  });
}

/** The check-in tick, where the EHR's word holds one. */
export function ticked(visit: Visit, meaning: BoardMeaning, status: Visit['status']): BoardEvent[] {
  const isDue = meaning.isCheckInCompleted && status === 'arrived';
  if (!isDue || visit.milestones.checkInCompletedAt !== undefined) return [];
  const { id: visitId } = visit;
  return [{ type: 'visit.check-in-completed', visitId, isCompleted: true, isEstimated: true }];
}
