/**
 * When subscribers hear of changes: once per batch of frames. `frame`: with the next animation frame, or
 * after 100 ms where none comes (hidden pages, Node). `sync`: at once, for tests and servers.
 */
import type { Clock } from '../clock.ts';

export type NotifyMode = 'frame' | 'sync';
const hiddenMs = 100;

/** Calls `notify` once for any number of requests until it has run. */
export function notifySchedule(mode: NotifyMode, clock: Clock, notify: () => void): () => void {
  if (mode === 'sync') return notify;
  let cancels: (() => void)[] | null = null;
  const run = () => {
    for (const cancel of cancels ?? []) cancel();
    cancels = null;
    notify();
  };
  return () => {
    if (cancels !== null) return;
    cancels = [clock.after(hiddenMs, run)];
    if (typeof requestAnimationFrame !== 'function') return;
    const handle = requestAnimationFrame(run);
    cancels.push(() => cancelAnimationFrame(handle));
  };
}
