/** The numbers at 17:00 against a recount of the log: scenario 27, on a generated day with all that goes wrong in one. */
import type { Command, VisitStatus } from '@workflow-bolt/contracts';
import { clickQuality } from '@workflow-bolt/domain';
import { dayTrace, generateDay, type TraceStep } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Counted,
  clicksByStation,
  countsOf,
  intervals,
  providerTime,
  type Recounted,
  recountVisits,
  statisticsOf,
} from './recount-log.ts';
import { type ReplayedDay, replayZone, type StaffId, startReplayedDay } from './replayed-day.ts';

const seed = 27;
const minute = 60_000;
const providers = ['dr-a', 'dr-b'] as const;

let day: ReplayedDay;
beforeAll(async () => {
  day = await startReplayedDay();
  await playDay();
}, 60_000);
afterAll(() => day[Symbol.asyncDispose]());

type Plan = { visitId: string; number: number; who: (typeof providers)[number] };

const moves: Partial<Record<TraceStep['step'], VisitStatus>> = {
  arrive: 'arrived',
  room: 'appt-prep',
  ready: 'ready-for-md',
  'with-doctor': 'with-doctor',
  seen: 'seen-by-md',
  complete: 'completed',
  'no-show': 'no-show',
  leave: 'left',
  cancel: 'cancelled',
};

const clicker = (step: TraceStep, { who, number }: Plan): StaffId =>
  step.role === 'provider'
    ? who
    : step.role === 'medical-assistant'
      ? number % 2
        ? 'ma-1'
        : 'ma-2'
      : 'desk';

/** Plays the day until 17:00, with forgotten clicks, corrections, mis-clicks, take-overs and skipped steps sown in. */
async function playDay(): Promise<void> {
  const generated = generateDay({
    seed,
    date: day.date,
    zone: replayZone,
    profile: 'busy',
    appointments: 40,
  });
  const plans = new Map<string, Plan>();
  day.at('06:30');
  for (const [number, { key, startMs }] of generated.appointments.entries()) {
    const who = providers[number % 2] ?? 'dr-a';
    plans.set(key, { visitId: `b${number}`, number, who });
    await day.must('desk', '06:30', {
      type: 'createVisit',
      visitId: `b${number}`,
      kind: 'booked',
      fullName: `Patient ${number}`,
      startAt: startMs,
      durationMin: 20,
      providerId: who,
    });
  }
  for (const [i, { key }] of generated.walkIns.entries()) {
    plans.set(key, { visitId: `w${i}`, number: 100 + i, who: providers[i % 2] ?? 'dr-a' });
  }
  for (const step of dayTrace(generated)) {
    const plan = plans.get(step.visit);
    if (plan && step.atMs < day.instant('17:00')) await playStep(step, plan);
  }
}

async function playStep(step: TraceStep, plan: Plan): Promise<void> {
  const { visitId, number, who } = plan;
  const by = clicker(step, plan);
  if (step.step === 'walk-in') {
    const walkIn: Command = { type: 'createVisit', visitId, kind: 'walk-in', fullName: 'W', providerId: who };
    await day.must(by, step.atMs, walkIn);
    return;
  }
  if (step.step === 'check-in-complete') {
    if (number % 4 === 0) return;
    await day.must(by, step.atMs, { type: 'setCheckInCompleted', visitId, isCompleted: true });
    return;
  }
  // Every sixth goes to the doctor without anyone saying "ready".
  if (step.step === 'ready' && number % 6 === 0) return;
  const to = moves[step.step];
  if (!to) return;
  const move: Command = { type: 'moveVisit', visitId, to, reason: step.reason ?? 'as told', by: 'patient' };
  const [eventId = ''] = await day.must(by, step.atMs, move);
  if (step.step === 'room' && number % 9 === 0) await clickTwice(by, step.atMs, move, eventId);
  if (step.step === 'arrive' && number % 7 === 0) await correctArrival(visitId, step.atMs);
  if (step.step === 'with-doctor' && number % 5 === 0) {
    const other = providers.find((id) => id !== who) ?? 'dr-b';
    await day.must(other, step.atMs + minute, { type: 'setProvider', visitId, providerId: other });
  }
}

/** A mis-click taken back, and the right one twenty seconds later. */
async function clickTwice(by: StaffId, atMs: number, move: Command, eventId: string): Promise<void> {
  if (move.type !== 'moveVisit') return;
  await day.must(by, atMs + 10_000, { type: 'undoLast', visitId: move.visitId, eventId });
  await day.must(by, atMs + 20_000, move);
}

async function correctArrival(visitId: string, atMs: number): Promise<void> {
  await day.must('desk', atMs + 5_000, {
    type: 'correctTime',
    visitId,
    milestone: 'arrivedAt',
    at: atMs - 3 * minute,
    reason: 'came while the desk was busy',
  });
}

const expectedIntervals = (
  visits: readonly Recounted[],
  providerTimes: readonly (number | null)[],
): Record<string, Counted> => ({
  ...Object.fromEntries(
    Object.entries(intervals).map(([name, measure]) => [
      name,
      statisticsOf(visits.map((visit) => measure(visit))),
    ]),
  ),
  provider: statisticsOf(providerTimes),
});

test('scenario 27: mean, median and p90 of every interval, for the day and for each provider, equal a recount of the log', async () => {
  const summary = await day.metrics('17:00');
  const frames = await day.record.frames();
  const kinds = new Set(frames.flatMap(({ events }) => events.map(({ type }) => type)));
  for (const type of ['visit.undone', 'visit.time-corrected', 'visit.provider-changed'])
    expect(kinds).toContain(type);
  const visits = recountVisits(frames);
  expect(visits.length, `seed ${seed}`).toBeGreaterThanOrEqual(40);
  const finishedOf = (metrics: typeof summary.day) =>
    Object.fromEntries(Object.entries(metrics.intervals).map(([name, { finished }]) => [name, finished]));
  const whole = expectedIntervals(
    visits,
    visits.map((visit) => providerTime(visit)),
  );
  expect(finishedOf(summary.day), `seed ${seed}`).toEqual(whole);
  expect(whole.cycle?.count, 'a day worth counting').toBeGreaterThan(20);
  expect(whole.prep?.count, 'skipped steps are left out').toBeLessThan(whole.cycle?.count ?? 0);
  expect(summary.providers.map(({ providerId }) => providerId).sort()).toEqual(['dr-a', 'dr-b']);
  for (const { providerId, metrics } of summary.providers) {
    const own = visits.filter((visit) => visit.providerId === providerId);
    const times = visits.map((visit) => providerTime(visit, providerId));
    expect(finishedOf(metrics), `seed ${seed}, ${providerId}`).toEqual(expectedIntervals(own, times));
    const { byStatus, ...counts } = countsOf(own);
    expect(metrics, `seed ${seed}, ${providerId}`).toMatchObject({ ...counts, counts: byStatus });
  }
});

test('scenario 27: the counts and rates of the day equal the recount', async () => {
  const summary = await day.metrics('17:00');
  const { byStatus, ...counts } = countsOf(recountVisits(await day.record.frames()));
  expect(summary.day, `seed ${seed}`).toMatchObject({ ...counts, counts: byStatus });
  expect(Object.values(summary.day.counts).reduce((sum, count) => sum + count, 0)).toBe(counts.total);
  expect(summary.at).toBe(day.instant('17:00'));
});

test('scenario 27: what people clicked too late or not at all is known per station', async () => {
  const frames = await day.record.frames();
  const quality = clickQuality(frames);
  const counted = clicksByStation(frames);
  expect(
    new Map(
      quality.map(({ station, steps, hasty, roomed, roomedUnticked }) => [
        station,
        { steps, hasty: hasty.length, roomed, unticked: roomedUnticked },
      ]),
    ),
    `seed ${seed}`,
  ).toEqual(counted);
  for (const { station, roomed, isPoor } of quality) {
    const { unticked = 0 } = counted.get(station) ?? {};
    expect([station, isPoor]).toEqual([station, roomed > 0 && unticked / roomed > 0.1]);
  }
  expect(quality.some(({ isPoor }) => isPoor)).toBe(true);
});
