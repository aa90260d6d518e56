import type { Rng } from './random.ts';

/** A distribution with its inverse and its cumulative function, so that what is drawn can be tested against it. */
export interface Distribution {
  quantile(u: number): number;
  cdf(x: number): number;
}

/**
 * Type I generalised logistic: F(x) = (1 + e^(-(x - location) / scale))^(-shape). With a shape above one it leans right:
 * most patients come early, a few come very late.
 */
export function generalisedLogistic(location: number, scale: number, shape: number): Distribution {
  return {
    quantile: (u) => location - scale * Math.log(u ** (-1 / shape) - 1),
    cdf: (x) => (1 + Math.exp(-(x - location) / scale)) ** -shape,
  };
}

/** Lognormal given by its median and the standard deviation of its logarithm. */
export function lognormal(median: number, sigma: number): Distribution {
  return {
    quantile: (u) => median * Math.exp(sigma * normalQuantile(u)),
    cdf: (x) => (x <= 0 ? 0 : normalCdf(Math.log(x / median) / sigma)),
  };
}

/** Exponential with the given mean. */
export function exponential(mean: number): Distribution {
  return {
    quantile: (u) => -mean * Math.log(1 - u),
    cdf: (x) => (x <= 0 ? 0 : 1 - Math.exp(-x / mean)),
  };
}

/** One draw by inversion; the uniform is kept off 0 and 1, where quantiles are infinite. */
export function draw(distribution: Distribution, rng: Rng): number {
  return distribution.quantile(Math.min(Math.max(rng.next(), 1e-9), 1 - 1e-9));
}

/** Piecewise constant rate: events per hour, from `fromMin` (minutes) until the next piece begins. */
export interface RatePiece {
  fromMin: number;
  perHour: number;
}

/** The rate in events per hour at a minute; zero before the first piece. */
export function rateAt(pieces: readonly RatePiece[], minute: number): number {
  let rate = 0;
  for (const piece of pieces) if (minute >= piece.fromMin) rate = piece.perHour;
  return rate;
}

/** Arrival minutes of a non-homogeneous Poisson process on [fromMin, toMin), by thinning. */
export function poissonArrivals(
  pieces: readonly RatePiece[],
  [fromMin, toMin]: readonly [number, number],
  rng: Rng,
): number[] {
  const top = Math.max(...pieces.map((piece) => piece.perHour), 0);
  const arrivals: number[] = [];
  if (top <= 0) return arrivals;
  const gap = exponential(60 / top);
  for (let t = fromMin + draw(gap, rng); t < toMin; t += draw(gap, rng)) {
    if (rng.chance(rateAt(pieces, t) / top)) arrivals.push(t);
  }
  return arrivals;
}

/** Expected events between two minutes: the integral of the rate. */
export function expectedEvents(pieces: readonly RatePiece[], fromMin: number, toMin: number): number {
  let total = 0;
  for (const [i, piece] of pieces.entries()) {
    const end = Math.min(pieces[i + 1]?.fromMin ?? toMin, toMin);
    total += (Math.max(end - Math.max(piece.fromMin, fromMin), 0) * piece.perHour) / 60;
  }
  return total;
}

/**
 * Kolmogorov-Smirnov distance between a sample and a cumulative function. Below `1.63 / sqrt(n)` the sample is not
 * rejected at the 1 % level (asymptotic; good from n = 35).
 */
export function ksDistance(sample: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  let worst = 0;
  for (const [i, x] of sorted.entries()) {
    const f = cdf(x);
    worst = Math.max(worst, f - i / sorted.length, (i + 1) / sorted.length - f);
  }
  return worst;
}

// Abramowitz and Stegun 7.1.26: absolute error below 1.5e-7, far finer than any sample here can see.
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const upper = 0.5 * poly * Math.exp(-x * x);
  return z >= 0 ? 1 - upper : upper;
}

// Bisection on the function above keeps quantile and cdf inverse to each other by construction.
function normalQuantile(u: number): number {
  let low = -8;
  let high = 8;
  for (let i = 0; i < 60; i++) {
    const mid = (low + high) / 2;
    if (normalCdf(mid) < u) low = mid;
    else high = mid;
  }
  return (low + high) / 2;
}
