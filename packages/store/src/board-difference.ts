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
 * `deletedIds` are the ids that entries since then deleted.
 */
export function changesSince(state: BoardState, seq: number, deletedIds: Iterable<EntityId>): BoardChange[] {
  const changes: BoardChange[] = [];
  for (const [id, { v, d }] of state.entries()) if (v > seq) changes.push({ id, v, d, m: '' });
  for (const id of new Set(deletedIds)) {
    if (!state.get(id)) changes.push({ id, v: state.seq, d: null, m: '' });
  }
  return changes;
}
