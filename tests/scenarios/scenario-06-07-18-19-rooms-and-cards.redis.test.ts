/** Rooms kept and cleaned, and cards that look alike: scenarios 6 (the card), 7, 18 and 19, over HTTP. */
import type { Command } from '@workflow-bolt/contracts';
import { BoardState, linkedVisits, nameAlerts, orderColumn, roomAlarms, waitOf } from '@workflow-bolt/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReplayedDay, startReplayedDay } from './replayed-day.ts';

let day: ReplayedDay;
beforeAll(async () => {
  day = await startReplayedDay();
});
afterAll(() => day[Symbol.asyncDispose]());

const minute = 60_000;
const rooming = (visitId: string, roomId: string): Command => ({
  type: 'moveVisit',
  visitId,
  to: 'appt-prep',
  roomId,
});

test('scenario 7: a room kept for a patient in the lobby is reserved, not occupied, until the MA rooms them', async () => {
  day.at('08:30');
  await day.book('v7', '09:00');
  await day.book('w7', '09:00');
  await day.move('desk', '09:00', 'v7', 'arrived');
  await day.move('desk', '09:00', 'w7', 'arrived');
  await day.must('desk', '09:05', { type: 'reserveRoom', visitId: 'v7', roomId: 'room-2', minutes: 20 });
  expect(await day.room('room-2')).toMatchObject({
    state: 'reserved',
    occupants: [],
    reservation: { visitId: 'v7', by: 'desk', expiresAt: day.instant('09:25') },
  });
  const waiting = await day.visit('v7');
  expect(waiting).toMatchObject({ status: 'arrived', roomId: null, reservedRoomId: 'room-2', roomStays: [] });
  expect(waitOf(waiting, 'lobbyRaw', day.instant('09:10'))).toEqual({
    ms: 10 * minute,
    state: 'running',
    isEstimated: false,
  });
  expect(await day.refused('ma-2', '09:24', rooming('w7', 'room-2'))).toEqual({
    status: 422,
    code: 'room_reserved',
    roomId: 'room-2',
    reservedFor: 'v7',
    free: ['room-1', 'room-3', 'iv', 'lab', 'lobby'],
  });
  await day.must('ma-1', '09:24', rooming('v7', 'room-2'));
  expect(await day.room('room-2')).toMatchObject({ state: 'occupied', occupants: ['v7'], reservation: null });
  expect(await day.visit('v7')).toMatchObject({
    status: 'appt-prep',
    roomId: 'room-2',
    reservedRoomId: null,
  });
});

test('scenario 7: a reservation that has run out gives way, and the visit that had it knows', async () => {
  await day.must('desk', '09:30', { type: 'reserveRoom', visitId: 'w7', roomId: 'room-3', minutes: 10 });
  day.at('08:30');
  await day.book('x7', '09:00');
  await day.move('desk', '09:35', 'x7', 'arrived');
  expect(await day.refused('ma-1', day.instant('09:40') - 1, rooming('x7', 'room-3'))).toMatchObject({
    status: 422,
    code: 'room_reserved',
    reservedFor: 'w7',
  });
  await day.must('ma-1', '09:40', rooming('x7', 'room-3'));
  expect(await day.room('room-3')).toMatchObject({ occupants: ['x7'], reservation: null });
  expect((await day.visit('w7')).reservedRoomId).toBeNull();
});

test('scenario 18: after check-out Room 1 must be cleaned before it can be chosen; red after 10 minutes; a tap makes it free', async () => {
  day.at('08:30');
  await day.book('v18', '10:00');
  await day.book('w18', '10:00');
  await day.move('desk', '10:00', 'v18', 'arrived');
  await day.move('desk', '10:00', 'w18', 'arrived');
  await day.must('ma-1', '10:05', rooming('v18', 'room-1'));
  await day.move('dr-a', '10:10', 'v18', 'with-doctor');
  await day.move('dr-a', '10:28', 'v18', 'seen-by-md');
  await day.move('desk', '10:30', 'v18', 'completed');
  expect(await day.room('room-1')).toMatchObject({
    state: 'needs-cleaning',
    since: day.instant('10:30'),
    occupants: [],
  });
  expect(await day.refused('ma-2', '10:31', rooming('w18', 'room-1'))).toEqual({
    status: 422,
    code: 'room_not_ready',
    roomId: 'room-1',
    state: 'needs-cleaning',
    free: ['iv', 'lab', 'lobby'],
  });
  const alarms = async (time: string) =>
    roomAlarms(await day.room('room-1'), await day.day(), day.instant(time));
  expect([await alarms('10:39'), await alarms('10:40')]).toEqual([
    [],
    [{ kind: 'cleaning', level: 'red', ms: 10 * minute }],
  ]);
  await day.must('ma-1', '10:39', { type: 'deferRoomCleaning', roomId: 'room-1', minutes: 5 });
  expect([await alarms('10:43'), (await alarms('10:44')).length]).toEqual([[], 1]);
  const clean: Command = { type: 'markRoomClean', roomId: 'room-1' };
  expect(await day.refused('desk', '10:44', clean)).toMatchObject({ status: 403, code: 'permission_denied' });
  await day.must('ma-2', '10:45', clean);
  expect(await day.room('room-1')).toMatchObject({ state: 'available', deferredUntil: null });
  expect(await day.refused('ma-2', '10:46', clean)).toEqual({
    status: 422,
    code: 'room_not_in_that_state',
    state: 'available',
  });
  await day.must('ma-2', '10:46', rooming('w18', 'room-1'));
});

async function boardState(): Promise<BoardState> {
  const state = new BoardState();
  const { entities } = await day.as('desk').snapshot();
  state.apply(new Map(entities.map(({ id, d }) => [id as 'day', d])), 1);
  return state;
}

const row = (id: string, time: string, name: string, dob: string) => [id, name, dob, time].join('\t');

test('scenario 19: one patient twice: two linked cards with clocks of their own; two patients of one name: an alert', async () => {
  day.at('08:30');
  const text = [
    'ID\tName\tDOB\tTime',
    row('a', '11:00', 'Doe, Jané', '1980-02-29'),
    row('b', '11:15', 'Doe, Jané', '1980-02-29'),
    row('c', '13:00', 'JANE  DOE', '1991-07-04'),
    row('d', '13:00', 'John Doe', '1991-07-04'),
  ].join('\n');
  const imported = await day.as('desk').request('/import', {
    method: 'POST',
    headers: { 'content-type': 'text/tab-separated-values' },
    body: text,
  });
  expect([imported.status, await imported.json()]).toEqual([
    200,
    { created: 4, updated: 0, unchanged: 0, warnings: [] },
  ]);
  const state = await boardState();
  const ids = new Map<string, string>();
  for (const [, { d }] of state.entries()) {
    if (d.type !== 'person') continue;
    const visit = await day.visit(d.visitId);
    if (d.fullName.includes('Jan') || d.fullName.includes('JANE') || d.fullName.includes('John')) {
      ids.set(`${d.fullName} ${(visit.startAt ?? 0) - day.instant('11:00')}`, d.visitId);
    }
  }
  const a = ids.get('Doe, Jané 0') ?? '';
  const b = ids.get(`Doe, Jané ${15 * minute}`) ?? '';
  const c = ids.get(`JANE  DOE ${120 * minute}`) ?? ids.get(`JANE DOE ${120 * minute}`) ?? '';
  expect([a, b, c].every((id) => id.length > 0) && new Set([a, b, c]).size === 3).toBe(true);
  expect(linkedVisits(state)).toEqual(
    new Map([
      [a, [b]],
      [b, [a]],
    ]),
  );
  const alerts = nameAlerts(state);
  expect([alerts.get(a), alerts.get(b), [...(alerts.get(c) ?? [])].sort()]).toEqual([
    [c],
    [c],
    [a, b].sort(),
  ]);
  expect(alerts.size).toBe(3);
  // "Check in both": one batch, and each card keeps its own clock from then on.
  day.at('10:50');
  const outcomes = await day.as('desk').giveMany([
    { type: 'moveVisit', visitId: a, to: 'arrived' },
    { type: 'moveVisit', visitId: b, to: 'arrived' },
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
  await day.move('ma-1', '11:02', a, 'appt-prep');
  const [first, second] = [await day.visit(a), await day.visit(b)];
  expect([first.status, second.status]).toEqual(['appt-prep', 'arrived']);
  expect(waitOf(first, 'lobbyAdjusted', day.now)).toMatchObject({ ms: 2 * minute, state: 'finished' });
  expect(waitOf(second, 'lobbyAdjusted', day.now)).toMatchObject({ ms: 0, state: 'running' });
  expect(waitOf(second, 'lobbyRaw', day.now)).toMatchObject({ ms: 12 * minute, state: 'running' });
});

test('scenario 6: a walk-in at 10:15 is arrived at once, has no booked time, and is called by the walk-in rule after 75 minutes', async () => {
  day.at('09:50');
  await day.book('v6', '12:00');
  const walkIn: Command = { type: 'createVisit', visitId: 'w6', kind: 'walk-in', fullName: 'Walker Inn' };
  expect(await day.refused('desk', '10:15', { ...walkIn, startAt: day.instant('11:00') })).toEqual({
    status: 400,
    code: 'invalid_request',
    field: 'startAt',
  });
  await day.must('desk', '10:15', walkIn);
  const visit = await day.visit('w6');
  expect(visit).toMatchObject({
    status: 'arrived',
    kind: 'walk-in',
    startAt: null,
    lateMin: null,
    milestones: { arrivedAt: day.instant('10:15') },
    source: 'ui',
  });
  await day.move('desk', '10:00', 'v6', 'arrived');
  for (const visitId of ['v6', 'w6']) {
    await day.must('desk', '10:16', { type: 'setCheckInCompleted', visitId, isCompleted: true });
  }
  const { columnRules } = await day.day();
  const visits = [await day.visit('v6'), await day.visit('w6')];
  const order = (time: string) =>
    orderColumn('arrived', visits, { rules: columnRules, now: day.instant(time) }).map(({ id }) => id);
  // The longer wait first; from 75 minutes on the walk-in, also before one whose time is near, but not past it.
  expect([order('11:29'), order('11:30'), order('11:55'), order('12:00')]).toEqual([
    ['v6', 'w6'],
    ['w6', 'v6'],
    ['w6', 'v6'],
    ['v6', 'w6'],
  ]);
});
