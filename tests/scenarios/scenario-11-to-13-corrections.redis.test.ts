/** What is put right afterwards: scenarios 11 to 13, over HTTP at wall-clock times. */
import type { Command } from '@workflow-bolt/contracts';
import { flowOf, nextActions, waitOf, waitsOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReplayedDay, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
beforeAll(async () => {
  day = await startReplayedDay();
});
afterAll(() => day[Symbol.asyncDispose]());

const undo = (visitId: string, eventId = ''): Command => ({ type: 'undoLast', visitId, eventId });

test('[ONC-d-4] scenario 11: a mis-click is undone within 30 s: state, milestones, waits and room as before; log and audit show both', async () => {
  day.at('08:30');
  await day.book('v11', '09:00');
  await day.move('desk', '09:00', 'v11', 'arrived');
  const before = { visit: await day.visit('v11'), room: await day.room('room-1') };
  const [eventId] = await day.move('ma-1', '09:10:00', 'v11', 'appt-prep', { roomId: 'room-1' });
  expect(await day.room('room-1')).toMatchObject({ state: 'occupied', occupants: ['v11'] });
  await day.must('ma-1', '09:10:30', undo('v11', eventId));
  const visit = await day.visit('v11');
  expect(flowOf(visit)).toEqual(flowOf(before.visit));
  expect(waitsOf(visit, day.now)).toEqual(waitsOf(before.visit, day.now));
  expect(await day.room('room-1')).toMatchObject({ state: 'available', occupants: [] });
  const frames = (await day.record.frames()).filter(({ events }) =>
    events.some((event) => 'visitId' in event && event.visitId === 'v11'),
  );
  expect(frames.slice(-2).map(({ command, actor, at }) => [command, actor.id, at])).toEqual([
    ['moveVisit', 'ma-1', day.instant('09:10:00')],
    ['undoLast', 'ma-1', day.instant('09:10:30')],
  ]);
  expect(frames.at(-1)?.events[0]).toEqual({
    type: 'visit.undone',
    visitId: 'v11',
    undoes: eventId,
    reason: null,
  });
  const audits = (await day.record.audits()).filter(({ entities }) => entities.includes('v:v11'));
  expect(audits.slice(-2).map(({ outcome, command, actor }) => [outcome, command, actor])).toEqual([
    ['applied', 'moveVisit', 'ma-1'],
    ['applied', 'undoLast', 'ma-1'],
  ]);
  expect(await day.refused('ma-1', '09:10:40', undo('v11', eventId))).toEqual({
    status: 422,
    code: 'undo_nothing',
  });
});

test("scenario 11: after another person's step the undo is refused with the reason, and the manager's works all day", async () => {
  const [eventId] = await day.move('ma-1', '09:15', 'v11', 'appt-prep', { roomId: 'room-1' });
  const [later] = await day.move('dr-a', '09:16', 'v11', 'ready-for-md');
  expect(await day.refused('ma-1', '09:16', undo('v11', eventId))).toEqual({
    status: 422,
    code: 'undo_superseded',
    last: later,
  });
  expect(await day.refused('ma-1', '09:17', undo('v11', later))).toEqual({
    status: 422,
    code: 'undo_too_late',
    required: ['manager'],
  });
  await day.must('boss', '16:00', undo('v11', later));
  expect((await day.visit('v11')).status).toBe('appt-prep');
});

test('scenario 11: the own step can be undone for five minutes and not a moment longer', async () => {
  day.at('08:30');
  await day.book('v11c', '09:00');
  const [eventId] = await day.move('desk', '10:00', 'v11c', 'arrived');
  expect(await day.refused('desk', day.instant('10:05') + 1, undo('v11c', eventId))).toEqual({
    status: 422,
    code: 'undo_too_late',
    required: ['manager'],
  });
  await day.must('desk', '10:05', undo('v11c', eventId));
  expect(await day.visit('v11c')).toMatchObject({ status: 'scheduled', milestones: {}, lateMin: null });
});

const correct = (at: number, more: Partial<Extract<Command, { type: 'correctTime' }>> = {}): Command => ({
  type: 'correctTime',
  visitId: 'v12',
  milestone: 'arrivedAt',
  at,
  ...more,
});

test('[ONC-d-4] scenario 12: an arrival clicked at 10:20 is corrected to 10:05; the old time stays in the log', async () => {
  day.at('09:00');
  await day.book('v12', '10:00');
  await day.move('desk', '10:20', 'v12', 'arrived');
  expect((await day.visit('v12')).lateMin).toBe(20);
  await day.must('desk', '10:25', correct(day.instant('10:05')));
  const visit = await day.visit('v12');
  expect(visit).toMatchObject({
    milestones: { arrivedAt: day.instant('10:05') },
    corrected: ['arrivedAt'],
    estimated: [],
    lateMin: 5,
  });
  expect(waitOf(visit, 'lobbyRaw', day.now)).toEqual({
    ms: 20 * 60_000,
    state: 'running',
    isEstimated: false,
  });
  expect((await day.record.frames()).at(-1)).toMatchObject({
    command: 'correctTime',
    at: day.instant('10:25'),
    actor: { id: 'desk', role: 'front-desk', station: 'front-desk' },
    events: [
      {
        type: 'visit.time-corrected',
        visitId: 'v12',
        milestone: 'arrivedAt',
        was: day.instant('10:20'),
        at: day.instant('10:05'),
        reason: null,
      },
    ],
  });
});

test('scenario 12: the future is refused, a time after rooming is refused, beyond 15 minutes a reason is asked', async () => {
  expect(await day.refused('desk', '10:25', correct(day.instant('10:25') + 1))).toEqual({
    status: 422,
    code: 'time_in_future',
    notAfter: day.instant('10:25'),
  });
  await day.must('desk', '10:25', correct(day.instant('10:20')));
  await day.move('ma-1', '10:30', 'v12', 'appt-prep', { roomId: 'room-2' });
  expect(await day.refused('desk', '10:40', correct(day.instant('10:30') + 1))).toEqual({
    status: 422,
    code: 'time_out_of_order',
    notBefore: 0,
    notAfter: day.instant('10:30'),
  });
  expect(await day.refused('desk', '10:40', correct(day.instant('10:05') - 1))).toEqual({
    status: 422,
    code: 'reason_required',
  });
  await day.must('desk', '10:40', correct(day.instant('10:05')));
  await day.must('desk', '10:41', correct(day.instant('09:45'), { reason: 'came while the desk was empty' }));
  expect((await day.visit('v12')).milestones).toEqual({
    arrivedAt: day.instant('09:45'),
    roomedAt: day.instant('10:30'),
  });
});

test('scenario 12: each role corrects its own steps only, and nothing that has not happened', async () => {
  expect(await day.refused('ma-1', '10:45', correct(day.instant('10:00')))).toEqual({
    status: 403,
    code: 'permission_denied',
    required: ['front-desk', 'manager'],
  });
  const seen = correct(day.instant('10:40'), { milestone: 'withDoctorAt' });
  expect(await day.refused('dr-a', '10:45', seen)).toEqual({
    status: 422,
    code: 'milestone_not_set',
    milestone: 'withDoctorAt',
  });
});

test('scenario 13: straight from the lobby to the doctor: room and ready are marked skipped, never filled in, and out of the means', async () => {
  day.at('10:30');
  await day.book('v13', '11:00', { providerId: 'dr-b' });
  await day.move('desk', '11:00', 'v13', 'arrived');
  const offered = nextActions(await day.visit('v13'), {
    role: 'provider',
    day: await day.day(),
    now: day.now,
  });
  expect(offered.map(({ command }) => command.to)).toContain('with-doctor');
  await day.move('dr-b', '11:20', 'v13', 'with-doctor', { roomId: 'room-3' });
  await day.move('dr-b', '11:40', 'v13', 'seen-by-md');
  await day.move('desk', '11:45', 'v13', 'completed');
  const visit = await day.visit('v13');
  expect([visit.milestones, visit.skipped]).toEqual([
    {
      arrivedAt: day.instant('11:00'),
      withDoctorAt: day.instant('11:20'),
      seenAt: day.instant('11:40'),
      completedAt: day.instant('11:45'),
    },
    ['roomedAt', 'readyAt'],
  ]);
  const { providers } = await day.metrics('11:46');
  const own = providers.find(({ providerId }) => providerId === 'dr-b')?.metrics.intervals;
  const finished = Object.entries(own ?? {}).map(
    ([
      name,
      {
        finished: { count, meanMs },
      },
    ]) => [name, count, meanMs],
  );
  const minute = 60_000;
  expect(finished).toEqual([
    ['lobbyRaw', 0, null],
    ['lobbyAdjusted', 0, null],
    ['checkIn', 0, null],
    ['readyToRoom', 0, null],
    ['prep', 0, null],
    ['inRoomWait', 0, null],
    ['roomToProvider', 0, null],
    ['doorToProvider', 1, 20 * minute],
    ['pastAppointment', 1, 20 * minute],
    ['provider', 1, 20 * minute],
    ['wrapUp', 1, 5 * minute],
    ['cycle', 1, 45 * minute],
  ]);
});
