/** What changed between two states of one board, when the log cannot be folded step by step. */
import type { EntityId } from '@workflow-bolt/contracts';
import type { BoardState } from '@workflow-bolt/domain';
import type { BoardChange } from './board-log.ts';

/** Absolute changes that lead from `before` to `after`; deletions carry the later position as version. */
export function boardDifference(before: BoardState, after: BoardState): BoardChange[] {
  const changes: BoardChange[] = [];
  for (const [id, { v, d }] of after.entries()) {
    if (before.get(id)?.v !== v) changes.push({ id, v, d, m: '' });
  }
  for (const [id] of before.entries()) {
    if (!after.get(id)) changes.push({ id, v: after.seq, d: null, m: '' });
  }
  return changes;
}

/**
 * Changes since `seq` out of the present state alone: an entity's version is the position of its last change.
 * `deletedAt` are the ids that entries since then deleted, with the position that did; `commands` names the
 * command behind each position.
 */
export function changesSince(
  state: BoardState,
  seq: number,
  {
    deletedAt,
    commands,
  }: { deletedAt: ReadonlyMap<EntityId, number>; commands: ReadonlyMap<number, string> },
): BoardChange[] {
  const changes: BoardChange[] = [];
  const add = (id: EntityId, v: number, d: BoardChange['d']): number =>
    changes.push({ id, v, d, m: commands.get(v) ?? '' });
  for (const [id, { v, d }] of state.entries()) if (v > seq) add(id, v, d);
  for (const [id, v] of deletedAt) if (!state.get(id)) add(id, v, null);
  return changes;
}
