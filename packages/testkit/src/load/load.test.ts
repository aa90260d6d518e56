import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, calibrate, judgeCalibration, withCalibration } from './calibration.ts';
import { runClosedLoop, searchCapacity } from './closed-loop.ts';
import { rampToKnee } from './knee.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { type LoadResult, mergeLoadResults } from './load-result.ts';
import { runOpenLoop } from './open-loop.ts';
import { constantSchedule, poissonSchedule } from './schedule.ts';

describe('schedules', () => {
  it('are evenly spaced at a constant rate', () => {
    expect([...constantSchedule({ ratePerS: 4, durationMs: 1000 })]).toEqual([0, 250, 500, 750]);
  });

  it('are the same for one seed, ascending, within the duration and of about the right count', () => {
    const property = fc.property(fc.nat(), (seed) => {
      const make = () => poissonSchedule({ ratePerS: 500, durationMs: 10_000, seed });
      const times = [...make()];
      expect(times).toEqual([...make()]);
      expect(times.every((at, i) => at < 10_000 && at >= (times[i - 1] ?? 0))).toBe(true);
      // Six standard deviations of a Poisson count of 5,000.
      expect(Math.abs(times.length - 5000)).toBeLessThan(6 * Math.sqrt(5000));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('refuse a rate of nothing', () => {
    expect(() => constantSchedule({ ratePerS: 0, durationMs: 1000 })).toThrow(RangeError);
  });
});

describe('LatencyHistogram', () => {
  it('gives percentiles within a thousandth, and survives encoding and merging', () => {
    const one = new LatencyHistogram();
    const other = new LatencyHistogram();
    for (let ms = 1; ms <= 1000; ms += 1) (ms % 2 === 0 ? one : other).record(ms);
    const merged = LatencyHistogram.decode(one.encode());
    merged.add(LatencyHistogram.decode(other.encode()));
    const { count, p50, p95, p99, max } = merged.summary();
    expect(count).toBe(1000);
    for (const [found, exact] of [
      [p50, 500],
      [p95, 950],
      [p99, 990],
      [max, 1000],
    ] as const) {
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.0021);
    }
    expect(new LatencyHistogram().summary()).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe('runOpenLoop', () => {
  it('counts a stall of the server in every request it delayed', async () => {
    let freeAt = performance.now();
    // One at a time: the third request takes 200 ms and all later ones queue behind it before they are served.
    const operation = async (index: number): Promise<void> => {
      const begin = Math.max(performance.now(), freeAt);
      freeAt = begin + (index === 2 ? 200 : 0);
      await sleep(Math.max(0, freeAt - performance.now()));
    };
    const result = await runOpenLoop({
      schedule: constantSchedule({ ratePerS: 100, durationMs: 400 }),
      operation,
      lateMs: 1e6,
    });
    expect(result).toMatchObject({ intended: 40, sent: 40, completed: 40, dropped: 0, isValid: true });
    expect(result.latencyMs.max).toBeGreaterThanOrEqual(195);
    // Twenty of the forty wait 105 ms on average; had the driver waited too, the mean would be 5 ms.
    expect(result.latencyMs.mean).toBeGreaterThan(30);
  });

  it('counts a blocked driver as late starts, keeps their latency, and calls the run invalid', async () => {
    const operation = async (index: number): Promise<void> => {
      const until = performance.now() + (index === 10 ? 60 : 0);
      while (performance.now() < until);
    };
    const result = await runOpenLoop({
      schedule: constantSchedule({ ratePerS: 1000, durationMs: 200 }),
      operation,
    });
    expect(result.lateStarts).toBeGreaterThanOrEqual(50);
    expect(result.isValid).toBe(false);
    expect(result.invalidBecause[0]).toContain('late starts');
    expect(result.latencyMs.max).toBeGreaterThanOrEqual(59);
  });

  it('counts errors by class without calling the run invalid', async () => {
    const operation = async (index: number): Promise<void> => {
      if (index % 2 === 0) throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
      if (index === 1) throw new RangeError('odd');
    };
    const schedule = constantSchedule({ ratePerS: 1000, durationMs: 10 });
    const result = await runOpenLoop({ schedule, operation, lateMs: 1e6 });
    expect(result).toMatchObject({ errors: { ECONNRESET: 5, RangeError: 1 }, completed: 4, isValid: true });
  });

  it('drops what exceeds the cap and reports what was never answered', async () => {
    const schedule = constantSchedule({ ratePerS: 1000, durationMs: 10 });
    const never = () => new Promise(() => {});
    const result = await runOpenLoop({
      schedule,
      operation: never,
      inFlightMax: 4,
      drainMs: 20,
      lateMs: 1e6,
    });
    expect(result).toMatchObject({ sent: 4, dropped: 6, unfinished: 4, completed: 0, isValid: false });
    expect(result.invalidBecause).toEqual([
      expect.stringContaining('6 dropped'),
      '4 without an answer at the end',
    ]);
  });

  it('merges the results of several processes', async () => {
    const schedule = constantSchedule({ ratePerS: 200, durationMs: 100 });
    const run = () => runOpenLoop({ schedule, operation: async () => {}, lateMs: 1e6 });
    const [one, other] = [await run(), await run()];
    const merged = mergeLoadResults([one, other]);
    expect(merged).toMatchObject({ intended: 40, sent: 40, completed: 40, isValid: true });
    expect(merged.offeredPerS).toBeCloseTo(400);
    expect(merged.latencyMs.count).toBe(40);
    // The histogram keeps three significant digits, and merging rounds once more.
    expect(merged.latencyMs.max / Math.max(one.latencyMs.max, other.latencyMs.max)).toBeCloseTo(1, 2);
  });
});

describe('rampToKnee', () => {
  const result = async (p99: number, change: Partial<LoadResult> = {}): Promise<LoadResult> => {
    const real = await runOpenLoop({
      schedule: new Float64Array([0]),
      operation: async () => {},
      lateMs: 1e6,
    });
    const latencyMs = { ...real.latencyMs, p99 };
    return { ...real, latencyMs, offeredPerS: 100, achievedPerS: 100, ...change };
  };
  const ramp = (run: (rate: number) => Promise<LoadResult>) =>
    rampToKnee({ ratesPerS: [10, 20, 40, 80], sloMsP99: 50, run });

  it('stops at the first rate beyond the objective; the knee is the last within', async () => {
    const { kneePerS, steps, isOpenEnded } = await ramp((rate) => result(rate * 1.5));
    expect([kneePerS, steps.length, isOpenEnded]).toEqual([20, 3, false]);
    expect(steps.at(-1)?.broke).toBe('p99 60.0 ms is above 50 ms');
  });

  it.each([
    ['errors', { errors: { ETIMEDOUT: 3 } }, '3 errors'],
    ['a rate not achieved', { achievedPerS: 90 }, 'achieved 90/s of 100/s'],
    ['an invalid run', { isValid: false, invalidBecause: ['late'] }, 'invalid run: late'],
  ])('stops at %s', async (_, change, why) => {
    const { kneePerS, steps } = await ramp((rate) => result(1, rate === 10 ? {} : change));
    expect([kneePerS, steps.at(-1)?.broke]).toEqual([10, why]);
  });

  it('says when the knee lies higher than was tried, and when the first rate broke', async () => {
    expect(await ramp(() => result(1))).toMatchObject({ kneePerS: 80, isOpenEnded: true });
    expect(await ramp(() => result(99))).toMatchObject({ kneePerS: undefined, isOpenEnded: false });
  });
});

describe('closed loop', () => {
  it('is labelled, keeps the concurrency, and counts errors apart', async () => {
    let inFlight = 0;
    let inFlightMost = 0;
    const operation = async (index: number): Promise<void> => {
      inFlight += 1;
      inFlightMost = Math.max(inFlightMost, inFlight);
      await sleep(1);
      inFlight -= 1;
      if (index === 0) throw new Error('first');
    };
    const result = await runClosedLoop({ operation, concurrency: 5, durationMs: 60 });
    expect(result).toMatchObject({ kind: 'closed-loop', concurrency: 5, errors: 1 });
    expect(inFlightMost).toBe(5);
    expect(result.completed).toBe(result.serviceMs.count);
  });

  it('searches on while doubling helps and stops when it does not', async () => {
    // Two places: a third request waits, so four at a time are no faster than two.
    let free = 2;
    const waiting: (() => void)[] = [];
    const operation = async (): Promise<void> => {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free -= 1;
      await sleep(5);
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
    const { kind, steps, best } = await searchCapacity({ operation, stepMs: 150, concurrencyMax: 64 });
    expect(kind).toBe('closed-loop');
    expect(steps.length).toBeLessThan(7);
    expect(best.concurrency).toBeGreaterThanOrEqual(2);
  });
});

describe('calibration', () => {
  const calm: Calibration = { cpuLoopMs: 5, pingMsP50: 0.1, loadAverage: 0.5 };

  it.each([
    ['nothing', calm, []],
    ['a slower CPU', { ...calm, cpuLoopMs: 6 }, ['the CPU loop changed by 20 %']],
    ['a faster CPU', { ...calm, cpuLoopMs: 4 }, ['the CPU loop changed by 25 %']],
    ['a slower ping', { ...calm, pingMsP50: 0.12 }, ['the ping changed by 20 %']],
    ['a load that the run made', { ...calm, loadAverage: 9 }, []],
  ])('judges %s', (_, after, noisyBecause) => {
    expect(judgeCalibration(calm, after)).toMatchObject({ noisyBecause, isQuiet: noisyBecause.length === 0 });
  });

  it('tags a machine that was busy before', () => {
    const { noisyBecause } = judgeCalibration({ ...calm, loadAverage: 3 }, calm);
    expect(noisyBecause).toEqual(['load average 3.0 before the run']);
  });

  it('measures before and after, with the ping when there is one', async () => {
    let pings = 0;
    const run = await withCalibration(async () => 'done', {
      ping: async () => {
        pings += 1;
      },
    });
    expect(run.result).toBe('done');
    expect(pings).toBe(400);
    expect(run.before.cpuLoopMs).toBeGreaterThan(0);
    expect((await calibrate()).pingMsP50).toBeUndefined();
  });
});
