import type { Actor, Day, Visit } from '@workflow-bolt/contracts';
import { lateUndoers, localDate, undoWindowMs } from '@workflow-bolt/domain';

/** Label of the undo action, or null when this person cannot take the last step back (V12). */
export function undoWords(
  visit: Visit,
  day: Day,
  actor: Pick<Actor, 'id' | 'role'>,
  now: number,
): string | null {
  const { undoable } = visit;
  if (!undoable) return null;
  if (lateUndoers.includes(actor.role))
    return localDate(day.zone, now) === day.date ? 'Undo the last step' : null;
  const isMine = undoable.actorId === actor.id && now - undoable.at <= undoWindowMs;
  return isMine ? 'Undo my last step' : null;
}
