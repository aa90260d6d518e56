import { Center, Loader } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { OfflineBoardView } from './offline-board-view.tsx';
import { type KeptBoard, keptBoard } from './use-offline-board.ts';

type Props = { onAgain: () => void; onLock: (why: 'person' | 'idle') => void; children: ReactNode };

/** What this browser kept of the board, to whoever was signed in a moment ago; `children` where it kept nothing. */
export function OfflineOrElse({ onAgain, onLock, children }: Props) {
  const [kept, setKept] = useState<KeptBoard | null | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    void keptBoard().then((found) => isGone || setKept(found));
    return () => {
      isGone = true;
    };
  }, []);
  if (kept === undefined) {
    return (
      <Center h="100%">
        <Loader aria-label="Looking for the last known board" />
      </Center>
    );
  }
  return kept === null ? children : <OfflineBoardView {...{ kept, onAgain, onLock }} />;
}
