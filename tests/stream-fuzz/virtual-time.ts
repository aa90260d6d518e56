/** Virtual time: events in order of their moment, then of their scheduling. Nothing here waits. */
import type { Clock } from '@workflow-bolt/client';

type Event = { at: number; order: number; owner: 'client' | 'world'; run: () => void; isCancelled: boolean };

export class VirtualTime {
  nowMs = 0;
  #order = 0;
  readonly #events: Event[] = [];
  /** The client's machine sleeps until then. */
  wakeAt = 0;
  /** Virtual time the client's monotonic clock did not see. */
  #unseenMs = 0;
  /** What the workstation's wall clock is off by. */
  wallSkewMs = 0;

  schedule(owner: Event['owner'], ms: number, run: () => void): () => void {
    const earliest = owner === 'client' ? this.wakeAt : 0;
    const at = Math.max(this.nowMs + Math.max(0, ms), earliest);
    const event: Event = { at, order: this.#order++, owner, run, isCancelled: false };
    let index = this.#events.length;
    while (index > 0 && (this.#events[index - 1] as Event).at > event.at) index -= 1;
    this.#events.splice(index, 0, event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Runs the next event that is due until `untilMs`; false when there is none. */
  step(untilMs: number): boolean {
    const next = this.#events[0];
    if (!next || next.at > untilMs) {
      this.nowMs = Math.max(this.nowMs, untilMs);
      return false;
    }
    this.#events.shift();
    this.nowMs = Math.max(this.nowMs, next.at);
    if (!next.isCancelled) next.run();
    return true;
  }

  /** The client's machine sleeps: what would have reached it does so when it wakes. */
  sleep(ms: number, seesTime: boolean): void {
    const wakeAt = this.nowMs + ms;
    this.wakeAt = wakeAt;
    for (const event of this.#events)
      if (event.owner === 'client') event.at = seesTime ? Math.max(event.at, wakeAt) : event.at + ms;
    this.#events.sort((a, b) => a.at - b.at || a.order - b.order);
    if (!seesTime) this.#unseenMs += ms;
  }

  clientClock(): Clock {
    return {
      monotonicMs: () => this.nowMs - this.#unseenMs,
      wallMs: () => wallBaseMs + this.nowMs + this.wallSkewMs,
      after: (ms, run) => this.schedule('client', ms, run),
    };
  }
}

/** 2026-03-02T14:00:00Z. */
export const wallBaseMs = 1_772_460_000_000;
