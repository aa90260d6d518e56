import { useBoardClient } from '@workflow-bolt/react';
import { useRef, useSyncExternalStore } from 'react';

const tickMs = 5_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** One timer for all clocks on the page, running only while something shows time. */
function subscribeTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/**
 * A value that depends on the time; `select` gets the server's time, and the component is drawn again only
 * when the value changed. So a minute that passes redraws badges, not boards.
 */
export function useTimed<T>(select: (now: number) => T, isSame: (a: T, b: T) => boolean = Object.is): T {
  const client = useBoardClient();
  const last = useRef<{ value: T } | null>(null);
  return useSyncExternalStore(subscribeTick, () => {
    const value = select(client.nowMs());
    if (last.current && isSame(last.current.value, value)) return last.current.value;
    last.current = { value };
    return value;
  });
}

const minuteMs = 60_000;

/** Server time, cut to the minute. */
export function useMinute(): number {
  return useTimed((now) => Math.floor(now / minuteMs) * minuteMs);
}

/** For small values made anew each time. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
