/** What the boards that this process writes back still owe the EHR, for figures and alerts. */
import { type BoardState, syncOf } from '@workflow-bolt/domain';

export type WriteBackBacklog = { waiting: number; failed: number; conflict: number; oldestAt: number | null };

const counted = ['waiting', 'failed', 'conflict'] as const;

/** Counts visits by how they stand; the oldest is that which waits longest (epoch ms). A dry run owes nothing. */
export function backlogOf(boards: Iterable<Pick<BoardState, 'entries' | 'get'>>): WriteBackBacklog {
  const backlog: WriteBackBacklog = { waiting: 0, failed: 0, conflict: 0, oldestAt: null };
  for (const board of boards) {
    const day = board.get('day')?.d;
    if (day?.type !== 'day' || day.writeBack !== 'on') continue;
    for (const [, { d }] of board.entries()) {
      if (d.type !== 'visit' || d.status === 'entered-in-error') continue;
      const { state, since } = syncOf(d, day);
      const name = counted.find((each) => each === state);
      if (name) backlog[name] += 1;
      if (state === 'waiting' && since !== null)
        backlog.oldestAt = Math.min(backlog.oldestAt ?? since, since);
    }
  }
  return backlog;
}
