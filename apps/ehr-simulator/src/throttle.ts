import type { Rng } from '@workflow-bolt/testkit/generate';
import type { SimulatorConfig } from './config.ts';

type ThrottleConfig = SimulatorConfig['throttle'];

/**
 * The account's limits: a minimum gap per operation, plus up to `jitterMs` - so a call exactly one gap later is still refused
 * now and then. All users of the account share it, and so does the noisy neighbour.
 */
export class Throttle {
  readonly #last = new Map<string, number>();
  readonly #rng: Rng;
  #neighbourTick = 0;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** The gap in force (ms) when the call at `atMs` comes too early; undefined when it may pass, which then counts. */
  refuse(operation: string, atMs: number, config: ThrottleConfig): number | undefined {
    const gap = config.gapsMs[operation];
    if (!config.enabled || gap === undefined || gap === 0) return undefined;
    this.#letNeighbourCall(atMs, config);
    const last = this.#last.get(operation);
    const isEarly = last !== undefined && atMs - last < gap + this.#rng.next() * config.jitterMs;
    if (!isEarly || config.refusedRestartsWindow) this.#last.set(operation, atMs);
    return isEarly ? gap : undefined;
  }

  // The neighbour's calls since the last look; each one that its own limit lets pass opens a new window.
  #letNeighbourCall(atMs: number, { neighbour, gapsMs }: ThrottleConfig): void {
    if (!neighbour) return;
    const tick = Math.floor(atMs / neighbour.everyMs);
    const gap = gapsMs[neighbour.op] ?? 0;
    for (let n = Math.max(this.#neighbourTick + 1, tick - 100); n <= tick; n++) {
      const at = n * neighbour.everyMs;
      const last = this.#last.get(neighbour.op) ?? Number.NEGATIVE_INFINITY;
      if (at - last >= gap) this.#last.set(neighbour.op, at);
    }
    this.#neighbourTick = tick;
  }
}

/** The vendor's sentence, to the letter. */
export function throttleMessage(operation: string, gapMs: number): string {
  return `429: ${operation} endpoint requested more than allowed over time interval ${gapMs} milliseconds. Please wait to try again.`;
}
