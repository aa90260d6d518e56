import type { BoardSnapshot } from '@workflow-bolt/client';
import { useBoardClient } from './board-provider.tsx';
import { isShallowEqual, useBoard } from './use-board.ts';
import { useNow } from './use-now.ts';

export type ConnectionView = BoardSnapshot['connection'] & {
  /** Ms since the board was last proved to be current; null when it never was. Turns every second. */
  ageMs: number | null;
};

/** What the screen may claim: live, or not live and how old (I10). */
export function useConnection(): ConnectionView {
  const client = useBoardClient();
  const connection = useBoard((snapshot) => snapshot.connection, isShallowEqual);
  useNow(1_000);
  return { ...connection, ageMs: client.ageMs() };
}
