/** When a visit may be tried again. What was never sent costs no try, but asking at once would only add to the load. */
export const paceMs = { first: 500, most: 15_000, told: 1_000 } as const;

export class RelayPace {
  readonly #waits = new Map<string, { until: number; ms: number }>();
  readonly #now: () => number;

  /** `now` in ms; only differences are used. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Puts a visit off: longer each time in a row. */
  defer(visitId: string): void {
    const ms = Math.min(paceMs.most, (this.#waits.get(visitId)?.ms ?? paceMs.first / 2) * 2);
    this.#waits.set(visitId, { until: this.#now() + ms, ms });
  }

  clear(visitId: string): void {
    this.#waits.delete(visitId);
  }

  /** The EHR is back: nobody waits for what held while it was away. */
  clearAll(): void {
    this.#waits.clear();
  }

  /** Ms until the visit may be tried; 0 when it may. */
  leftMs(visitId: string): number {
    return Math.max(0, (this.#waits.get(visitId)?.until ?? 0) - this.#now());
  }
}
