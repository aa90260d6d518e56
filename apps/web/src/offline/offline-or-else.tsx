import { Center, Loader } from '@mantine/core';
import type { OfflineBoard } from '@workflow-bolt/contracts';
import { type ReactNode, useEffect, useState } from 'react';
import { OfflineBoardView } from './offline-board-view.tsx';
import { keptBoard } from './use-offline-board.ts';

/** What this browser kept of the board, to whoever was signed in a moment ago; `children` where it kept nothing. */
export function OfflineOrElse({ onAgain, children }: { onAgain: () => void; children: ReactNode }) {
  const [board, setBoard] = useState<OfflineBoard | null | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    void keptBoard().then((kept) => isGone || setBoard(kept));
    return () => {
      isGone = true;
    };
  }, []);
  if (board === undefined) {
    return (
      <Center h="100%">
        <Loader aria-label="Looking for the last known board" />
      </Center>
    );
  }
  return board === null ? children : <OfflineBoardView board={board} onAgain={onAgain} />;
}
