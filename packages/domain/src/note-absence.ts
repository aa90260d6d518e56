import type { BoardEvent, CommandOf, ExternalRef, Visit } from '@workflow-bolt/contracts';
import type { Decision } from './board.ts';
import { effectiveNow } from './flow.ts';
import { moveEvents } from './move-visit.ts';
import { accept, findVisit, nothingToChange, refuse, type Scene } from './scene.ts';
import { isExpected } from './status-info.ts';
import { transitionTable } from './transition-table.ts';

/** Complete snapshots a row must be missing from before the EHR's confirmation removes it. */
export const absencesMin = 2;

function seen(visit: Visit, external: ExternalRef): BoardEvent {
  const { id: visitId, ehrWarning, conflict } = visit;
  return { type: 'visit.ehr-seen', visitId, external, ehrWarning, conflict };
}

function removal(scene: Scene, visit: Visit): BoardEvent[] {
  const transition = transitionTable[visit.status]['entered-in-error'];
  if (!isExpected(visit.status) || !transition) return [];
  return moveEvents(scene, visit, {
    transition,
    to: 'entered-in-error',
    effectiveAt: effectiveNow(visit, scene.ctx.now),
    isEstimated: true,
    roomId: null,
    words: { by: 'ehr', reason: 'removed in the EHR' },
  });
}

/**
 * A row is missing from a complete snapshot. Twice and confirmed by a read, an expected visit is removed;
 * a patient who has come stays on the board and is only marked (V21).
 */
export function decideAbsence(scene: Scene, command: CommandOf<'noteAbsence'>): Decision {
  const visit = findVisit(scene.view, command.visitId);
  if (!visit) return refuse('visit_not_found', { visitId: command.visitId });
  const { external } = visit;
  if (!external || external.isRemoved) return nothingToChange();
  const absences = Math.min(absencesMin, external.absences + 1);
  const isRemoved = command.isConfirmed && absences >= absencesMin;
  if (!isRemoved && absences === external.absences) return nothingToChange();
  const event = seen(visit, { ...external, absences, isRemoved });
  return accept(isRemoved ? [event, ...removal(scene, visit)] : [event]);
}
