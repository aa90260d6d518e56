import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ARRIVAL_OFFSET,
  dayTrace,
  expectedEvents,
  generateDay,
  ksDistance,
  PROFILES,
  type ProfileName,
  VISIT_TYPES,
  walkInMinutes,
} from './index.ts';

const DATE = '2026-07-01';
const ZONE = 'America/Chicago';
const NAMES = Object.keys(PROFILES) as ProfileName[];
// Rejects a right sample once in a thousand; the seeds are fixed, so a pass stays a pass.
const limit = (n: number) => 1.95 / Math.sqrt(n);
const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const days = (profile: ProfileName, count: number) =>
  Array.from({ length: count }, (_, seed) => generateDay({ seed, date: DATE, zone: ZONE, profile }));

describe('generated day: determinism', () => {
  it.each(NAMES)('%s: one seed gives one day and one trace, another seed another', (profile) => {
    const make = (seed: number) => {
      const day = generateDay({ seed, date: DATE, zone: ZONE, profile });
      return digest([day, dayTrace(day)]);
    };
    expect(make(42)).toBe(make(42));
    expect(make(43)).not.toBe(make(42));
  });
});

describe('generated day: statistics against the published distributions', () => {
  const calm = days('calm', 60);
  it('arrival offsets follow the generalised logistic, about ten minutes early in the mean', () => {
    const offsets = calm.flatMap((day) => day.appointments.map((a) => a.arrivalOffsetMin));
    expect(ksDistance(offsets, ARRIVAL_OFFSET.cdf)).toBeLessThan(limit(offsets.length));
    const mean = offsets.reduce((a, b) => a + b, 0) / offsets.length;
    expect(mean).toBeGreaterThan(-12);
    expect(mean).toBeLessThan(-9);
  });
  it.each(VISIT_TYPES)('service times of $name follow its lognormal', ({ id, service }) => {
    const times = calm.flatMap((day) =>
      day.appointments.filter((a) => a.visitType.id === id).map((a) => a.serviceMin),
    );
    expect(times.length).toBeGreaterThan(50);
    expect(ksDistance(times, service.cdf)).toBeLessThan(limit(times.length));
  });
  it('walk-ins follow their rates: time-changed arrivals are uniform and their number is as expected', () => {
    const { walkIns } = PROFILES.busy;
    const [open, end] = [480, 1020];
    const total = expectedEvents(walkIns, open, end);
    const many = Array.from({ length: 200 }, (_, seed) =>
      walkInMinutes({ seed, date: DATE, zone: ZONE, profile: 'busy' }),
    );
    const uniform = many.flat().map((minute) => expectedEvents(walkIns, open, minute) / total);
    expect(ksDistance(uniform, (x) => Math.min(Math.max(x, 0), 1))).toBeLessThan(limit(uniform.length));
    expect(Math.abs(many.flat().length / many.length - total)).toBeLessThan(
      4 * Math.sqrt(total / many.length),
    );
  });
  it('no-shows and cancellations come at their shares', () => {
    const all = days('busy', 60).flatMap((day) => day.appointments);
    const shareOf = (fate: string) => all.filter((a) => a.fate === fate).length / all.length;
    expect(Math.abs(shareOf('no-show') - PROFILES.busy.noShowShare)).toBeLessThan(0.02);
    expect(Math.abs(shareOf('cancels') - PROFILES.busy.cancelShare)).toBeLessThan(0.02);
  });
  it('the test itself can fail: a shifted sample is rejected', () => {
    const shifted = calm.flatMap((day) => day.appointments.map((a) => a.arrivalOffsetMin + 3));
    expect(ksDistance(shifted, ARRIVAL_OFFSET.cdf)).toBeGreaterThan(limit(shifted.length));
  });
});

describe('generated day: shape', () => {
  it('calm is about forty visits, two providers, three exam rooms, all inside the local day', () => {
    const day = generateDay({ seed: 1, date: DATE, zone: ZONE, appointments: 40 });
    expect(day.appointments).toHaveLength(40);
    expect(day.clinic.providers.filter((p) => p.active && !p.referring)).toHaveLength(2);
    expect(day.clinic.rooms.filter((room) => room.kind === 'exam')).toHaveLength(3);
    const hours = day.appointments.map((a) => (a.startMs - Date.parse('2026-07-01T05:00:00Z')) / 3_600_000);
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...hours)).toBeLessThan(17.5);
  });
  it('grows to 400 without a row outside the day', () => {
    const day = generateDay({ seed: 3, date: DATE, zone: ZONE, appointments: 400 });
    expect(new Set(day.appointments.map((a) => a.key)).size).toBe(400);
    expect(new Set(day.appointments.map((a) => a.patientId)).size).toBe(400);
  });
  it('carries no number that could be real, and a canary in every name when asked', () => {
    const day = generateDay({ seed: 5, date: DATE, zone: ZONE, profile: 'pathological', canary: true });
    const phones = day.patients.flatMap((p) => [p.mobilePhone, p.homePhone]).filter((p) => p !== null);
    expect(phones.filter((phone) => !/^\(555\) 555-01\d\d$/.test(phone))).toEqual([]);
    expect(day.patients.filter((p) => !/ZZTEST-[0-9a-f]{8}$/.test(p.fullName))).toEqual([]);
    expect(new Set(day.patients.map((p) => p.canary)).size).toBe(day.patients.length);
  });
  it('refuses an impossible date, zone or size', () => {
    expect(() => generateDay({ seed: 1, date: '2026-02-30', zone: ZONE })).toThrow(RangeError);
    expect(() => generateDay({ seed: 1, date: DATE, zone: 'Mars/Olympus' })).toThrow(RangeError);
    expect(() => generateDay({ seed: 1, date: DATE, zone: ZONE, appointments: -1 })).toThrow(RangeError);
  });
  it('pathological holds every case', () => {
    const day = generateDay({ seed: 9, date: '2026-11-01', zone: ZONE, profile: 'pathological' });
    const seen = new Set(day.appointments.flatMap((a) => a.oddities));
    expect([...seen].sort()).toEqual([
      'all-day',
      'clock-change',
      'conflicting-row',
      'crlf-notes',
      'deleted-patient',
      'duplicate-row',
      'inactive-provider',
      'midnight-crossing',
      'no-patient',
      'no-start',
      'recurring-shared-id',
      'same-patient-twice',
      'unknown-status',
    ]);
    const starts = day.appointments.map((a) => a.startMs);
    expect(Math.max(...starts.map((s) => starts.filter((x) => x === s).length))).toBeGreaterThanOrEqual(10);
    expect(day.appointments.filter((a) => a.type === 'O')).toHaveLength(2);
    expect(day.patients.filter((p) => p.fullName === 'John Smith')).toHaveLength(2);
    expect(day.patients.some((p) => /[\u0590-\u06ff]/.test(p.fullName))).toBe(true);
  });
});
