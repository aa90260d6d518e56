/** How busy this process is: CPU, and how late its event loop comes to its work. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Beat } from '@workflow-bolt/contracts';

export type Load = NonNullable<Beat['load']>;

/**
 * The loop is looked at this often, ms; what it counts includes this interval itself. A process that sleeps is woken for
 * each look: a hundred times a second cost a hundredth of a core, all day long.
 */
export const loopLookMs = 100;
const round = (value: number): number => Math.round(value * 1_000) / 1_000;

export class ProcessLoad {
  readonly #delays = monitorEventLoopDelay({ resolution: loopLookMs });
  #cpu = process.cpuUsage();
  #at = performance.now();

  start(): void {
    this.#delays.enable();
  }

  /** The load since it was last taken. */
  take(): Load {
    const used = process.cpuUsage(this.#cpu);
    const now = performance.now();
    const elapsedUs = Math.max(1, (now - this.#at) * 1_000);
    // Without a measurement yet the percentile is 0, and less than the interval is no delay.
    const loopMs = Math.max(0, this.#delays.percentile(99) / 1e6 - loopLookMs);
    this.#delays.reset();
    this.#cpu = process.cpuUsage();
    this.#at = now;
    return { cpu: round((used.user + used.system) / elapsedUs), loopMs: round(loopMs) };
  }

  stop(): void {
    this.#delays.disable();
  }
}
