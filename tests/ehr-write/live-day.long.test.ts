import { describe, expect, it } from 'vitest';
import { liveViolations } from './live/judge-live-day.ts';
import { playLiveDay } from './live/live-day.ts';

describe('[I6] [I7] a day written back by three worker processes, one of which is killed in the middle of a write', () => {
  it.each([1, 2])('seed %i: the EHR equals the board, or a card says why not', async (seed) => {
    const day = await playLiveDay(seed, 60);
    expect(liveViolations(day)).toEqual({});
    // What was judged must have happened.
    expect(day.killed).toHaveLength(2);
    expect(day.granted.length).toBeGreaterThan(100);
    expect(day.turns.some(({ state }) => state === 'open')).toBe(true);
    expect(day.journal.filter(({ op }) => op === 'UpdateAppointment').length).toBeGreaterThan(20);
    expect(day.journal.some(({ outcome }) => outcome === 'network:outage')).toBe(true);
    console.log({ calls: day.journal.length, ends: Object.groupBy(day.ends, ({ shown }) => shown) });
  });
});
