/** Who comes, when, and who does not: docs/spec/visit-flow.md, scenarios 2 to 5, over HTTP at wall-clock times. */
import type { Role } from '@workflow-bolt/contracts';
import { nextActions, visitAlarms, waitOf, waitsOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Screen } from '../system/screen.ts';
import { type ReplayedDay, type StaffId, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
beforeAll(async () => {
  day = await startReplayedDay();
});
afterAll(() => day[Symbol.asyncDispose]());

const minutesOf = (ms: number | null | undefined) => (typeof ms === 'number' ? ms / 60_000 : null);
const offered = async (visitId: string, role: Role) =>
  nextActions(await day.visit(visitId), { role, day: await day.day(), now: day.now }).find(
    (each) => each.isPrimary,
  )?.label;

test('scenario 2: a normal visit, Confirmed to Arrived in one tap, each step by its role and on every other screen', async () => {
  await using wall = await Screen.open(day, day.as('watcher'));
  await using laptop = await Screen.open(day, day.as('dr-a'));
  day.at('07:30');
  await day.book('v2', '09:00');
  const steps: [StaffId, string, () => Promise<string[]>][] = [
    ['desk', 'confirmed', () => day.move('desk', '08:00', 'v2', 'confirmed')],
    ['desk', 'arrived', () => day.move('desk', '08:55', 'v2', 'arrived')],
    [
      'desk',
      'arrived',
      () => day.must('desk', '08:58', { type: 'setCheckInCompleted', visitId: 'v2', isCompleted: true }),
    ],
    ['ma-1', 'appt-prep', () => day.move('ma-1', '09:02', 'v2', 'appt-prep', { roomId: 'room-1' })],
    ['ma-1', 'ready-for-md', () => day.move('ma-1', '09:10', 'v2', 'ready-for-md')],
    ['dr-a', 'with-doctor', () => day.move('dr-a', '09:14', 'v2', 'with-doctor')],
    ['dr-a', 'seen-by-md', () => day.move('dr-a', '09:30', 'v2', 'seen-by-md')],
    ['desk', 'completed', () => day.move('desk', '09:35', 'v2', 'completed')],
  ];
  const labels: (string | undefined)[] = [];
  const roles: Record<string, Role> = { desk: 'front-desk', 'ma-1': 'medical-assistant', 'dr-a': 'provider' };
  for (const [who, status, step] of steps) {
    labels.push(await offered('v2', roles[who] ?? 'viewer'));
    await step();
    const { d, v } = await day.entity('v:v2');
    for (const screen of [wall, laptop]) {
      await screen.until(
        `v2 as ${status}`,
        () => screen.content()['v:v2'] !== undefined && screen.visit('v2')?.status === status,
      );
      await screen.until(
        'the same visit as the server',
        () => (screen.content()['v:v2'] as { v: number }).v === v,
      );
      // Whoever only looks on is not shown who could take the step back.
      const shown = screen === wall ? { ...d, undoable: null } : d;
      expect(screen.content()['v:v2']).toEqual({ v, d: shown });
    }
  }
  expect(labels).toEqual([
    'Check In',
    'Check In',
    undefined,
    'Start Prep',
    'Prep Complete',
    'MD Ready',
    'MD Complete',
    'Check Out',
  ]);
  const visit = await day.visit('v2');
  expect(visit.milestones).toEqual({
    confirmedAt: day.instant('08:00'),
    arrivedAt: day.instant('08:55'),
    checkInCompletedAt: day.instant('08:58'),
    roomedAt: day.instant('09:02'),
    readyAt: day.instant('09:10'),
    withDoctorAt: day.instant('09:14'),
    seenAt: day.instant('09:30'),
    completedAt: day.instant('09:35'),
  });
  expect([visit.skipped, visit.estimated, visit.corrected]).toEqual([[], [], []]);
  const waits = Object.entries(waitsOf(visit, day.now)).map(([name, wait]) => [name, minutesOf(wait?.ms)]);
  expect(Object.fromEntries(waits)).toEqual({
    lobbyRaw: 7,
    lobbyAdjusted: 2,
    checkIn: 3,
    readyToRoom: 4,
    prep: 8,
    inRoomWait: 4,
    roomToProvider: 12,
    doorToProvider: 19,
    pastAppointment: 14,
    provider: 16,
    wrapUp: 5,
    cycle: 40,
  });
  const audits = (await day.record.audits()).filter((line) => line.entities.includes('v:v2'));
  expect(audits.map(({ outcome, actor, command, station }) => [outcome, actor, command, station])).toEqual([
    ['applied', 'desk', 'createVisit', 'front-desk'],
    ['applied', 'desk', 'moveVisit', 'front-desk'],
    ['applied', 'desk', 'moveVisit', 'front-desk'],
    ['applied', 'desk', 'setCheckInCompleted', 'front-desk'],
    ['applied', 'ma-1', 'moveVisit', 'tablet-1'],
    ['applied', 'ma-1', 'moveVisit', 'tablet-1'],
    ['applied', 'dr-a', 'moveVisit', 'laptop-1'],
    ['applied', 'dr-a', 'moveVisit', 'laptop-1'],
    ['applied', 'desk', 'moveVisit', 'front-desk'],
  ]);
});

test('scenario 2: a step by the wrong role is refused with the roles that may, and the visit stays', async () => {
  await day.book('v2b', '09:00');
  await day.move('desk', '09:36', 'v2b', 'arrived');
  const prep = { type: 'moveVisit', visitId: 'v2b', to: 'appt-prep' } as const;
  expect(await day.refused('desk', '09:37', prep)).toEqual({
    status: 403,
    code: 'permission_denied',
    required: ['medical-assistant', 'nurse', 'provider'],
  });
  expect(await day.refused('watcher', '09:37', prep)).toMatchObject({
    status: 403,
    code: 'permission_denied',
  });
  await day.must('ma-1', '09:37', prep);
});

test('scenario 3: an early patient waits 45 minutes from the door and 5 from the booked time; no alarm before it', async () => {
  day.at('09:00');
  await day.book('v3', '10:00');
  await day.move('desk', '09:20', 'v3', 'arrived');
  const arrived = await day.visit('v3');
  expect([arrived.status, arrived.lateMin]).toEqual(['arrived', -40]);
  const settings = await day.day();
  const alarmsAt = (time: string) => visitAlarms(arrived, settings, day.instant(time));
  expect(alarmsAt('09:35')).toEqual([]);
  expect(minutesOf(waitOf(arrived, 'lobbyRaw', day.instant('09:35'))?.ms)).toBe(15);
  expect(alarmsAt('10:09')).toEqual([]);
  expect(alarmsAt('10:10')).toEqual([{ kind: 'lobby', level: 'amber', ms: 600_000 }]);
  expect(alarmsAt('10:15')).toEqual([{ kind: 'lobby', level: 'red', ms: 900_000 }]);
  await day.move('ma-1', '10:05', 'v3', 'appt-prep', { roomId: 'room-2' });
  const waits = waitsOf(await day.visit('v3'), day.now);
  expect([minutesOf(waits.lobbyRaw?.ms), minutesOf(waits.lobbyAdjusted?.ms)]).toEqual([45, 5]);
  const { intervals } = (await day.metrics('10:05')).day;
  // With the two patients above, who waited 2 minutes and 1.
  expect(intervals.lobbyAdjusted?.finished).toEqual({
    count: 3,
    meanMs: 160_000,
    medianMs: 120_000,
    p90Ms: 300_000,
  });
});

test('scenario 3: a screen counts waits by the clock of the board, not by that of the host it is connected to', async () => {
  day.at('10:06');
  await using screen = await Screen.open(day, day.as('ma-1'));
  const aheadMs = screen.client.nowMs() - day.now;
  expect(aheadMs).toBeGreaterThan(-1_000);
  expect(aheadMs).toBeLessThan(60_000);
});

test('scenario 4: late at +1, no-show proposed at +30 and not a minute before, arrives 40 late and is no no-show', async () => {
  day.at('08:30');
  await day.book('v4', '09:00');
  const expected = await day.visit('v4');
  const settings = await day.day();
  const kindsAt = (time: string) =>
    visitAlarms(expected, settings, day.instant(time)).map((each) => each.kind);
  expect([kindsAt('09:00'), kindsAt('09:01'), kindsAt('09:29'), kindsAt('09:30')]).toEqual([
    [],
    ['late'],
    ['late'],
    ['late', 'no-show-proposed'],
  ]);
  const before = (await day.metrics('09:29')).day.noShowPercent;
  expect(await day.refused('desk', '09:29', { type: 'moveVisit', visitId: 'v4', to: 'no-show' })).toEqual({
    status: 422,
    code: 'grace_not_passed',
    notBefore: day.instant('09:30'),
  });
  await day.move('desk', '09:40', 'v4', 'arrived');
  const visit = await day.visit('v4');
  expect([visit.status, visit.lateMin, visit.milestones]).toEqual([
    'arrived',
    40,
    { arrivedAt: day.instant('09:40') },
  ]);
  expect(visitAlarms(visit, settings, day.now)).toEqual([]);
  expect([before, (await day.metrics('09:41')).day.noShowPercent]).toEqual([0, 0]);
});

test('scenario 5: marked no-show, comes the same day: a new arrival, and the history shows both', async () => {
  day.at('08:30');
  await day.book('v5', '09:00');
  await day.move('desk', '09:35', 'v5', 'no-show');
  const missed = await day.visit('v5');
  expect([missed.status, missed.outcome, missed.milestones]).toEqual([
    'no-show',
    { kind: 'no-show', by: null, reason: null, waitedMs: null },
    { noShowAt: day.instant('09:35') },
  ]);
  expect((await day.metrics('09:36')).day.counts['no-show']).toBe(1);
  const again = { type: 'moveVisit', visitId: 'v5', to: 'arrived' } as const;
  expect(await day.refused('ma-1', '10:09', again)).toEqual({
    status: 403,
    code: 'permission_denied',
    required: ['front-desk', 'manager'],
  });
  await day.must('desk', '10:10', again);
  const visit = await day.visit('v5');
  expect(visit).toMatchObject({
    status: 'arrived',
    outcome: null,
    lateMin: 70,
    milestones: { arrivedAt: day.instant('10:10') },
  });
  expect(visit.earlierEpisodes).toHaveLength(1);
  expect(visit.earlierEpisodes[0]).toMatchObject({
    status: 'no-show',
    milestones: { noShowAt: day.instant('09:35') },
  });
  const answer = await day.as('desk').request('/visits/v5/history');
  const { entries } = (await answer.json()) as {
    entries: { at: number; actor: { id: string }; events: { type: string }[] }[];
  };
  expect(entries.map(({ at, actor, events }) => [at, actor.id, events.map(({ type }) => type)])).toEqual([
    [day.instant('08:30'), 'desk', ['visit.created']],
    [day.instant('09:35'), 'desk', ['visit.moved']],
    [day.instant('10:10'), 'desk', ['visit.moved']],
  ]);
  expect((await day.metrics('10:11')).day).toMatchObject({ noShowPercent: 0 });
});
