import type { LoadResult } from './load-result.ts';

export interface RampOptions {
  /** Rates to try, ascending. */
  readonly ratesPerS: readonly number[];
  /** The knee is the last rate whose p99 latency is at most this. */
  readonly sloMsP99: number;
  /** Run one step: warm up, measure, let the server rest. */
  readonly run: (ratePerS: number) => Promise<LoadResult>;
}

export interface RampResult {
  readonly steps: readonly {
    readonly ratePerS: number;
    readonly result: LoadResult;
    readonly broke: string | undefined;
  }[];
  /** Undefined when the first rate broke already. */
  readonly kneePerS: number | undefined;
  /** True when no rate broke: the knee lies higher than was tried. */
  readonly isOpenEnded: boolean;
}

/** Below this share of the offered rate the server did not keep up. */
const ACHIEVED_SHARE_MIN = 0.95;

/**
 * Raise the load step by step until it breaks: p99 above the objective, errors, a rate not achieved, or a driver that was
 * itself too slow. The last counts as broken too, because what lies beyond was not measured; its reason says so.
 */
export async function rampToKnee({ ratesPerS, sloMsP99, run }: RampOptions): Promise<RampResult> {
  const steps: RampResult['steps'][number][] = [];
  for (const ratePerS of ratesPerS) {
    const result = await run(ratePerS);
    const broke = whyBroken(result, sloMsP99);
    steps.push({ ratePerS, result, broke });
    if (broke) break;
  }
  return {
    steps,
    kneePerS: steps.findLast(({ broke }) => broke === undefined)?.ratePerS,
    isOpenEnded: steps.every(({ broke }) => broke === undefined),
  };
}

function whyBroken(result: LoadResult, sloMsP99: number): string | undefined {
  const errors = Object.values(result.errors).reduce((sum, count) => sum + count, 0);
  if (!result.isValid) return `invalid run: ${result.invalidBecause.join(', ')}`;
  if (errors > 0) return `${errors} errors`;
  if (result.latencyMs.p99 > sloMsP99)
    return `p99 ${result.latencyMs.p99.toFixed(1)} ms is above ${sloMsP99} ms`;
  if (result.achievedPerS < ACHIEVED_SHARE_MIN * result.offeredPerS) {
    return `achieved ${result.achievedPerS.toFixed(0)}/s of ${result.offeredPerS.toFixed(0)}/s`;
  }
  return undefined;
}
