/** Passages that do not go straight on: scenarios 14 to 17, over HTTP at wall-clock times. */
import type { Command } from '@workflow-bolt/contracts';
import { providerWaitsMs, waitOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReplayedDay, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
beforeAll(async () => {
  day = await startReplayedDay();
});
afterAll(() => day[Symbol.asyncDispose]());

const minute = 60_000;

test('scenario 14: leaves after 48 minutes: lwbs with its reason, room and reservation freed, LWBS counted and no no-show', async () => {
  day.at('08:30');
  await day.book('v14', '09:00');
  await day.book('w14', '09:00');
  await day.move('desk', '09:00', 'v14', 'arrived');
  await day.move('desk', '09:00', 'w14', 'arrived');
  await day.must('desk', '09:05', { type: 'reserveRoom', visitId: 'v14', roomId: 'room-1', minutes: 60 });
  const left: Command = { type: 'moveVisit', visitId: 'v14', to: 'left' };
  expect(await day.refused('desk', '09:48', left)).toEqual({ status: 422, code: 'reason_required' });
  await day.must('desk', '09:48', { ...left, reason: 'wait too long' });
  const visit = await day.visit('v14');
  expect([visit.status, visit.outcome, visit.milestones, visit.reservedRoomId]).toEqual([
    'left',
    { kind: 'lwbs', by: null, reason: 'wait too long', waitedMs: 48 * minute },
    { arrivedAt: day.instant('09:00'), leftAt: day.instant('09:48') },
    null,
  ]);
  expect(await day.room('room-1')).toMatchObject({ state: 'available', reservation: null, occupants: [] });
  expect((await day.metrics('09:49')).day).toMatchObject({
    arrived: 2,
    leftWithoutBeingSeen: 1,
    lwbsPercent: 50,
    noShowPercent: 0,
    waiting: 1,
    counts: { left: 1, 'no-show': 0, arrived: 1 },
  });
});

test('scenario 14: a departure is dated back to when the patient was last seen, within bounds; the room is left to be cleaned', async () => {
  await day.move('ma-1', '09:55', 'w14', 'appt-prep', { roomId: 'room-1' });
  const left = (effectiveAt: number): Command => ({
    type: 'moveVisit',
    visitId: 'w14',
    to: 'left',
    reason: 'gone when called',
    effectiveAt,
  });
  expect(await day.refused('ma-1', '10:20', left(day.instant('10:21')))).toEqual({
    status: 422,
    code: 'time_in_future',
    notAfter: day.instant('10:20'),
  });
  expect(await day.refused('ma-1', '10:20', left(day.instant('09:54')))).toEqual({
    status: 422,
    code: 'time_out_of_order',
    notBefore: day.instant('09:55'),
    notAfter: day.instant('10:20'),
  });
  await day.must('ma-1', '10:20', left(day.instant('10:10')));
  expect(await day.visit('w14')).toMatchObject({
    roomId: null,
    milestones: { leftAt: day.instant('10:10') },
    outcome: { kind: 'lwbs', reason: 'gone when called' },
  });
  expect(await day.room('room-1')).toMatchObject({ state: 'needs-cleaning', occupants: [] });
  await day.must('ma-1', '10:21', { type: 'markRoomClean', roomId: 'room-1' });
});

test('scenario 15: the provider is called away and returns: one visit, two provider segments, both waits counted', async () => {
  day.at('08:30');
  await day.book('v15', '11:00');
  await day.move('desk', '11:00', 'v15', 'arrived');
  await day.move('ma-1', '11:05', 'v15', 'appt-prep', { roomId: 'room-1' });
  await day.move('ma-1', '11:10', 'v15', 'ready-for-md');
  await day.move('dr-a', '11:15', 'v15', 'with-doctor');
  await day.move('dr-a', '11:20', 'v15', 'ready-for-md');
  expect(await day.room('room-1')).toMatchObject({ state: 'occupied', occupants: ['v15'] });
  await day.move('dr-a', '11:32', 'v15', 'with-doctor');
  await day.move('dr-a', '11:40', 'v15', 'seen-by-md');
  const visit = await day.visit('v15');
  expect([visit.providerSegments, visit.waitSegments]).toEqual([
    [
      { from: day.instant('11:15'), to: day.instant('11:20'), providerId: 'dr-a' },
      { from: day.instant('11:32'), to: day.instant('11:40'), providerId: 'dr-a' },
    ],
    [
      { from: day.instant('11:10'), to: day.instant('11:15') },
      { from: day.instant('11:20'), to: day.instant('11:32') },
    ],
  ]);
  expect([visit.milestones.readyAt, visit.milestones.withDoctorAt, visit.milestones.seenAt]).toEqual([
    day.instant('11:10'),
    day.instant('11:15'),
    day.instant('11:40'),
  ]);
  expect([providerWaitsMs(visit, day.now), waitOf(visit, 'provider', day.now)?.ms]).toEqual([
    17 * minute,
    13 * minute,
  ]);
  expect(visit.earlierEpisodes).toEqual([]);
});

test('scenario 16: Dr. B takes over from Dr. A: each keeps their own minutes, the visit goes on with B, and the history tells', async () => {
  day.at('08:30');
  await day.book('v16', '13:00');
  await day.move('desk', '13:00', 'v16', 'arrived');
  await day.move('dr-a', '13:10', 'v16', 'with-doctor', { roomId: 'room-2' });
  const take = (providerId: string | null): Command => ({ type: 'setProvider', visitId: 'v16', providerId });
  expect(await day.refused('dr-b', '13:15', take('dr-x'))).toEqual({
    status: 422,
    code: 'unknown_provider',
    providerId: 'dr-x',
  });
  expect(await day.refused('dr-b', '13:15', take(null))).toEqual({ status: 422, code: 'provider_required' });
  const before = (await day.metrics('13:15')).providers;
  await day.must('dr-b', '13:16', take('dr-b'));
  await day.move('dr-b', '13:30', 'v16', 'seen-by-md');
  const visit = await day.visit('v16');
  expect([visit.providerId, visit.providerSegments]).toEqual([
    'dr-b',
    [
      { from: day.instant('13:10'), to: day.instant('13:16'), providerId: 'dr-a' },
      { from: day.instant('13:16'), to: day.instant('13:30'), providerId: 'dr-b' },
    ],
  ]);
  const after = (await day.metrics('13:31')).providers;
  const of = (list: typeof after, id: string) => list.find(({ providerId }) => providerId === id)?.metrics;
  expect([of(before, 'dr-a')?.total, of(before, 'dr-b')?.total]).toEqual([4, undefined]);
  expect([of(after, 'dr-a')?.total, of(after, 'dr-b')?.total]).toEqual([3, 1]);
  expect(of(after, 'dr-b')?.intervals.provider?.finished).toEqual({
    count: 1,
    meanMs: 14 * minute,
    medianMs: 14 * minute,
    p90Ms: 14 * minute,
  });
  // Dr. A: 13 minutes of scenario 15 and the 6 before the take-over.
  expect(of(after, 'dr-a')?.intervals.provider?.finished).toMatchObject({ count: 2, meanMs: 9.5 * minute });
  const answer = await day.as('desk').request('/visits/v16/history');
  const { entries } = (await answer.json()) as { entries: { events: { type: string }[] }[] };
  expect(entries.flatMap(({ events }) => events)).toContainEqual({
    type: 'visit.provider-changed',
    visitId: 'v16',
    from: 'dr-a',
    to: 'dr-b',
  });
});

test('scenario 17: to the lab, stepped out for X-ray, back to the doctor and out: rooms change, the whole visit is one stretch', async () => {
  day.at('08:30');
  await day.book('v17', '14:00');
  await day.move('desk', '14:00', 'v17', 'arrived');
  await day.move('ma-1', '14:05', 'v17', 'appt-prep', { roomId: 'room-3' });
  await day.move('ma-1', '14:10', 'v17', 'ready-for-md');
  await day.move('dr-a', '14:15', 'v17', 'with-doctor');
  await day.move('dr-a', '14:30', 'v17', 'seen-by-md');
  await day.must('ma-1', '14:32', { type: 'assignRoom', visitId: 'v17', roomId: 'lab' });
  expect(await day.room('room-3')).toMatchObject({ state: 'needs-cleaning', occupants: [] });
  const stepOut: Command = { type: 'stepOut', visitId: 'v17', where: 'X-ray' };
  await day.must('ma-1', '14:35', stepOut);
  expect((await day.visit('v17')).steppedOut).toEqual({ from: day.instant('14:35'), where: 'X-ray' });
  expect(await day.refused('ma-2', '14:36', stepOut)).toEqual({
    status: 422,
    code: 'already_stepped_out',
    since: day.instant('14:35'),
  });
  await day.move('dr-a', '14:45', 'v17', 'with-doctor', { roomId: 'iv' });
  await day.move('dr-a', '14:50', 'v17', 'seen-by-md');
  await day.move('desk', '14:55', 'v17', 'completed');
  const visit = await day.visit('v17');
  expect(visit.steppedOut).toBeNull();
  expect(visit.roomStays).toEqual([
    { roomId: 'room-3', from: day.instant('14:05'), to: day.instant('14:32') },
    { roomId: 'lab', from: day.instant('14:32'), to: day.instant('14:45') },
    { roomId: 'iv', from: day.instant('14:45'), to: day.instant('14:55') },
  ]);
  expect([visit.milestones.withDoctorAt, visit.milestones.seenAt]).toEqual([
    day.instant('14:15'),
    day.instant('14:50'),
  ]);
  expect([waitOf(visit, 'provider', day.now)?.ms, waitOf(visit, 'cycle', day.now)?.ms]).toEqual([
    20 * minute,
    55 * minute,
  ]);
});
