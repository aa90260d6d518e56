import type { BoardEvent, CommandOf, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { effectiveNow } from './flow.ts';
import { moveEvents } from './move-visit.ts';
import { accept, findVisit, nothingToChange, refuse, type Scene } from './scene.ts';
import { targetsOf, transitionTable } from './transition-table.ts';

function decideLater({ id: visitId, conflict }: Visit): Decision {
  if (conflict?.laterAt !== undefined) return nothingToChange();
  return accept([{ type: 'visit.conflict-postponed', visitId }]);
}

const isWriteConflict = ({ conflict }: Visit): boolean => conflict?.reason !== undefined;

/** Staff choose between the EHR's word and the board's; nothing moved until they do (V20). */
export function decideResolve(scene: Scene, command: CommandOf<'resolveConflict'>): Decision {
  const { visitId, choice } = command;
  const visit = findVisit(scene.view, visitId);
  if (!visit) return refuse('visit_not_found', { visitId });
  if (!visit.conflict) return refuse('no_conflict');
  if (choice === 'later') return decideLater(visit);
  const reason = command.reason ?? null;
  const resolved: BoardEvent = { type: 'visit.conflict-resolved', visitId, choice, reason };
  if (choice === 'keep-mine') return accept([resolved]);
  const to = visit.conflict.suggestedStatus;
  if (to === null || to === visit.status) return accept([resolved]);
  const transition = transitionTable[visit.status][to];
  const isAsked = transition?.ehr === 'ask' || transition?.ehr === 'reinstate';
  // What write-back found was not asked for by the table: there a status that would be followed may be accepted too.
  if (!transition || !(isAsked || (isWriteConflict(visit) && transition.ehr === 'follow'))) {
    return refuse('move_not_allowed', { visitStatus: visit.status, allowed: targetsOf(visit.status) });
  }
  const settled = { ...visit, conflict: null };
  const moved = moveEvents(scene, settled, {
    transition,
    to,
    effectiveAt: effectiveNow(visit, scene.ctx.now),
    isEstimated: true,
    roomId: null,
    words: { by: 'ehr', reason },
  });
  return accept([resolved, ...moved]);
}
