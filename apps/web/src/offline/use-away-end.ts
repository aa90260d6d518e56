/** The automatic log-off of whoever reads a kept board: no server counts for them, so this page does. */
import { goneOn, type HeldShare } from '@workflow-bolt/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useWallClock } from '../format/use-wall-clock.ts';
import type { KeptBoard } from './use-offline-board.ts';
import { workerHolder } from './worker-holder.ts';

/** What only a person does; a pointer that a bumped desk moves is nobody. */
const actions = ['pointerdown', 'keydown', 'wheel'] as const;

export type AwayEnd = {
  leftMs: number;
  /** Whether going on gives more time: the session's own end and the age of the board cannot be moved. */
  canGoOn: boolean;
  goOn: () => void;
};

/** A turn of the wheel is many events: whoever went on within the second has gone on. */
function later(former: HeldShare): HeldShare {
  const next = goneOn(former, Date.now());
  return next.until - former.until < 1_000 ? former : next;
}

/** Calls `onEnd` once, at the earlier of the session's end and the day's end of what was kept. */
export function useAwayEnd({ held, endsAt }: KeptBoard, onEnd: () => void): AwayEnd {
  const now = useWallClock(1_000);
  const [present, setPresent] = useState(held);
  const last = Math.min(present.expiresAt, endsAt);
  const leftMs = Math.max(0, Math.min(present.until, last) - now);
  const goOn = useCallback(() => setPresent(later), []);
  // A reload finds the end where the person has left it.
  useEffect(() => workerHolder.hold(present), [present]);
  useEffect(() => {
    for (const each of actions) document.addEventListener(each, goOn, { passive: true });
    return () => {
      for (const each of actions) document.removeEventListener(each, goOn);
    };
  }, [goOn]);
  const isEnded = useRef(false);
  useEffect(() => {
    if (leftMs > 0 || isEnded.current) return;
    isEnded.current = true;
    onEnd();
  }, [leftMs, onEnd]);
  return { leftMs, canGoOn: present.until < last, goOn };
}
