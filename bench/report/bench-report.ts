/** What a bench hands back: tables for the eye, figures with their bounds for the verdict. */

export type Cell = string | number | null;
export type Table = { title: string; rows: Record<string, Cell>[] };

export type Spread = { median: number; min: number; max: number; rounds: number[] };
export type Bound = { op: '<=' | '>=' | '<'; value: number };

/** One number that is judged, or only printed when it has no bound. */
export type Figure = Spread & { name: string; unit: string; bound: Bound | null; isMet: boolean | null };

export type BenchReport = {
  name: string;
  /** The sentence of the issue that it checks. */
  claim: string;
  tables: Table[];
  figures: Figure[];
  /** What a reader must know to read the numbers rightly. */
  notes: string[];
};

export type BenchSetting = {
  isQuick: boolean;
  /** Alternating rounds of every comparison. */
  rounds: number;
  /** Progress for people; never part of the machine-readable output. */
  log: (line: string) => void;
};

export type Bench = { name: string; run: (setting: BenchSetting) => Promise<BenchReport> };

/** Median with the range of the rounds. */
export function spreadOf(rounds: readonly number[]): Spread {
  const sorted = [...rounds].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1), rounds: [...rounds] };
}

function holds(value: number, { op, value: limit }: Bound): boolean {
  if (op === '>=') return value >= limit;
  return op === '<' ? value < limit : value <= limit;
}

/**
 * The bound of a figure that was set before there were identity, sealing and the record, for a system with all of them:
 * at most a fifth worse.
 */
export function withIdentity({ op, value }: Bound): Bound {
  return { op, value: Number((value * (op === '>=' ? 0.8 : 1.2)).toPrecision(4)) };
}

/** Judges the median of the rounds. A figure without a number never meets a bound. */
export function figure(
  name: string,
  unit: string,
  rounds: readonly number[],
  bound: Bound | null = null,
): Figure {
  const spread = spreadOf(rounds);
  return { name, unit, ...spread, bound, isMet: bound && holds(spread.median, bound) };
}

/** Ratios round by round: both contestants met the same noise. */
export function ratios(ours: readonly number[], peers: readonly number[]): number[] {
  return ours.map((value, i) => value / (peers[i] ?? Number.NaN));
}
