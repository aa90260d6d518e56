import { useCallback, useRef, useSyncExternalStore } from 'react';
import { useBoardClient } from './board-provider.tsx';

/**
 * The server's time in epoch ms, anew every `stepMs` (1,000 unless given): what running waits are measured
 * with. Steps fall on multiples of `stepMs`, so that all clocks of a screen turn together.
 */
export function useNow(stepMs = 1_000): number {
  const client = useBoardClient();
  const shown = useRef<number | null>(null);
  const read = useCallback(() => {
    shown.current ??= floorTo(client.nowMs(), stepMs);
    return shown.current;
  }, [client, stepMs]);
  const subscribe = useCallback(
    (notify: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const turn = () => {
        shown.current = floorTo(client.nowMs(), stepMs);
        notify();
        timer = setTimeout(turn, stepMs - (client.nowMs() % stepMs));
      };
      turn();
      return () => clearTimeout(timer);
    },
    [client, stepMs],
  );
  return useSyncExternalStore(subscribe, read, read);
}

const floorTo = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;
