/** The EHR's wall clock: real time by default; it can be set, moved and made to run at another speed. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number;
  set(epochMs: number): void;
  advance(byMs: number): void;
  /** 0 stops the clock, 60 makes a minute pass every second. */
  setSpeed(speed: number): void;
  /** Milliseconds of real time since some start; limits and the journal are measured in it. */
  monotonic(): number;
}

/** A clock on top of a real one; both sources can be replaced for tests. */
export function createClock(source: { now(): number; monotonic(): number } = realTime): SimulatorClock {
  let anchor = { real: source.monotonic(), shown: source.now() };
  let speed = 1;
  const now = () => anchor.shown + (source.monotonic() - anchor.real) * speed;
  const move = (shown: number) => {
    anchor = { real: source.monotonic(), shown };
  };
  return {
    now: () => Math.round(now()),
    set: move,
    advance: (byMs) => move(now() + byMs),
    setSpeed: (next) => {
      move(now());
      speed = next;
    },
    monotonic: () => source.monotonic(),
  };
}

const realTime = { now: () => Date.now(), monotonic: () => performance.now() };
