import { describe, expect, it } from 'vitest';
import { dayTrace, generateDay, PROFILES, type ProfileName, type TraceStep } from './index.ts';

const NAMES = Object.keys(PROFILES) as ProfileName[];
const SEEDS = [1, 2, 3, 4, 5];
const trace = (profile: ProfileName, seed: number) =>
  dayTrace(generateDay({ seed, date: '2026-11-01', zone: 'America/Chicago', profile }));
const byVisit = (steps: TraceStep[]) =>
  Map.groupBy(
    steps.filter((s) => s.visit !== ''),
    (s) => s.visit,
  );

const PATHS = [
  'arrive check-in-complete room ready with-doctor seen complete',
  'walk-in check-in-complete room ready with-doctor seen complete',
  'arrive check-in-complete leave',
  'walk-in check-in-complete leave',
  'no-show',
  'cancel',
];

describe.each(NAMES)('day trace: %s', (profile) => {
  it('runs forward in time and every visit takes one of the known ways', () => {
    for (const seed of SEEDS) {
      const steps = trace(profile, seed);
      expect(steps.map((s) => s.atMs)).toEqual(steps.map((s) => s.atMs).sort((a, b) => a - b));
      const ways = new Set([...byVisit(steps).values()].map((visit) => visit.map((s) => s.step).join(' ')));
      expect([...ways].filter((way) => !PATHS.includes(way))).toEqual([]);
    }
  });
  it('puts at most one visit into a room, cleaning included', () => {
    for (const seed of SEEDS) {
      const rooms = new Set<number>();
      for (const step of trace(profile, seed)) checkRoom(step, rooms);
    }
  });
});

const NURSE_TYPES = [405, 406];

function checkRoom(step: TraceStep, rooms: Set<number>): void {
  if (step.step === 'room' && step.roomId !== null) {
    expect(rooms.has(step.roomId)).toBe(false);
    rooms.add(step.roomId);
  }
  if (step.step === 'room-clean' && step.roomId !== null) rooms.delete(step.roomId);
}

describe('day trace: providers', () => {
  it('a provider is with one patient at a time; nurse visits need none', () => {
    const day = generateDay({ seed: 11, date: '2026-07-01', zone: 'America/Chicago', profile: 'surge' });
    const types = new Map([...day.appointments, ...day.walkIns].map((a) => [a.key, a.visitType.id]));
    const busy = new Map<number, string>();
    let checked = 0;
    for (const step of dayTrace(day)) {
      if (step.providerId === null || NURSE_TYPES.includes(types.get(step.visit) ?? 0)) continue;
      if (step.step === 'with-doctor') {
        expect(busy.get(step.providerId)).toBeUndefined();
        busy.set(step.providerId, step.visit);
        checked++;
      }
      if (step.step === 'seen') busy.delete(step.providerId);
    }
    expect(checked).toBeGreaterThan(100);
  });
});
