import { draw, lognormal, type Rng } from '@workflow-bolt/testkit/generate';
import type { FaultRule, SimulatorConfig } from '../config.ts';

/** How often each rule has been looked at, so that `skip` and `times` can count. Keyed by the rule's object. */
export class FaultPlan {
  readonly #seen = new WeakMap<FaultRule, number>();

  /** The fault for this call, if any: the first rule that matches, in order, whose counts and chance allow it. */
  next(op: string, config: SimulatorConfig, at: { rng: Rng; nowMs: number }): FaultRule | undefined {
    return config.network.rules.find((rule) => this.#fires(rule, op, at));
  }

  #fires(rule: FaultRule, op: string, { rng, nowMs }: { rng: Rng; nowMs: number }): boolean {
    if (rule.op !== '*' && rule.op !== op) return false;
    if (rule.until !== undefined && nowMs >= Date.parse(rule.until)) return false;
    const seen = this.#seen.get(rule) ?? 0;
    this.#seen.set(rule, seen + 1);
    const isDue = seen >= rule.skip && (rule.times === null || seen < rule.skip + rule.times);
    return isDue && rng.chance(rule.probability);
  }
}

// A median of 1.1 s with this spread has its middle between 0.3 and 3 s; one call in fifty goes into the long tail.
const USUAL = lognormal(1100, 0.55);
const TAIL_SHARE = 0.02;

/** Milliseconds to wait before answering. */
export function latencyMs(config: SimulatorConfig, rng: Rng): number {
  const { latency } = config.network;
  if (latency.kind === 'none') return 0;
  if (latency.kind === 'fixed') return latency.ms;
  return rng.chance(TAIL_SHARE) ? rng.int(10_000, 30_000) : Math.min(draw(USUAL, rng), 10_000);
}

/** Whether planned maintenance is on at an instant of the simulator's clock. */
export function isOutage(config: SimulatorConfig, nowMs: number): boolean {
  const { outage } = config.network;
  return outage !== null && nowMs >= Date.parse(outage.from) && nowMs < Date.parse(outage.to);
}
