import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** One minute in microseconds: longer waits are recorded as this. */
const LONGEST_US = 60_000_000;

/** Milliseconds, to a microsecond, within 0.1 %. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Latencies in an HdrHistogram: constant memory, true percentiles, mergeable over processes. */
export class LatencyHistogram {
  readonly #histogram: Histogram;

  constructor(histogram: Histogram = emptyHistogram()) {
    this.#histogram = histogram;
  }

  /** Read what `encode` wrote, in this or another process. */
  static decode(encoded: string): LatencyHistogram {
    return new LatencyHistogram(decodeFromCompressedBase64(encoded));
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.min(LONGEST_US, Math.max(0, Math.round(ms * 1000))));
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  /**
   * What a closed loop would have seen had it kept sending every `intervalMs`: a closed loop waits while the server
   * stalls, and so leaves out exactly the samples that would have been slow.
   */
  corrected(intervalMs: number): LatencyHistogram {
    const intervalUs = Math.max(1, Math.round(intervalMs * 1000));
    return new LatencyHistogram(this.#histogram.copyCorrectedForCoordinatedOmission(intervalUs) as Histogram);
  }

  summary(): LatencySummary {
    const histogram = this.#histogram;
    if (histogram.totalCount === 0) return { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
    const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1000;
    const { totalCount: count, mean, maxValue } = histogram;
    return { count, mean: mean / 1000, p50: at(50), p95: at(95), p99: at(99), max: maxValue / 1000 };
  }
}

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
}
