import { expect, test } from 'vitest';
import { at, smallBoard } from '../../dev/small-board.ts';
import { boardColumns, closedLists, matchesName, noFilter, openColumns } from './board-columns.ts';
import { type Entities, findDay } from './entities.ts';

function snapshotOf(server: ReturnType<typeof smallBoard>): Entities {
  return new Map(server.state.entries());
}

function idsByColumn(server: ReturnType<typeof smallBoard>, now: number, filter = noFilter) {
  const entities = snapshotOf(server);
  const day = findDay(entities);
  if (!day) throw new Error('the board has no day');
  const columns = boardColumns(entities, day, now, filter);
  return Object.fromEntries(columns.map((column) => [column.id, column.visitIds]));
}

test('[D1, D7] every open status has a column; scheduled and confirmed share one, by start, pins first', () => {
  const server = smallBoard(null);
  server.act({ type: 'moveVisit', visitId: 'anna', to: 'confirmed' }, { userId: 'dana', at: at(8) });
  const by = { userId: 'dana', at: at(8) };
  expect(idsByColumn(server, at(8)).expected).toEqual(['anna', 'omar']);
  server.act({ type: 'setPinned', visitId: 'omar', isPinned: true }, by);
  expect(idsByColumn(server, at(8))).toEqual({
    expected: ['omar', 'anna'],
    arrived: ['bea'],
    'appt-prep': [],
    'ready-for-md': [],
    'with-doctor': [],
    'seen-by-md': [],
  });
  expect(openColumns.flatMap((column) => column.statuses)).toEqual([
    'scheduled',
    'confirmed',
    'arrived',
    'appt-prep',
    'ready-for-md',
    'with-doctor',
    'seen-by-md',
  ]);
});

test('the filter asks for the provider and for the beginnings of names, in any order, without accents', () => {
  const server = smallBoard(null);
  server.act({ type: 'setProvider', visitId: 'omar', providerId: 'lin' }, { userId: 'dana', at: at(8) });
  expect(idsByColumn(server, at(9), { text: '', providerIds: ['lin'] }).expected).toEqual(['omar']);
  expect(idsByColumn(server, at(9), { text: 'lee', providerIds: [] }).expected).toEqual(['anna']);
  expect(matchesName('Sofía Núñez-Pérez', 'perez sof')).toBe(true);
  expect(matchesName('Sofía Núñez-Pérez', 'ofia')).toBe(false);
});

test('a column tells of a red alarm, and a closed visit is in its list only', () => {
  const server = smallBoard(null);
  const entities = snapshotOf(server);
  const day = findDay(entities);
  if (!day) throw new Error('the board has no day');
  const arrived = (now: number) => boardColumns(entities, day, now, noFilter)[1]?.hasAlarm;
  expect([arrived(at(9, 19)), arrived(at(9, 20))]).toEqual([false, true]);
  server.act(
    { type: 'moveVisit', visitId: 'bea', to: 'left', reason: 'Waited too long' },
    { userId: 'dana', at: at(9, 40) },
  );
  expect(closedLists(snapshotOf(server), day, noFilter)).toEqual({
    completed: [],
    left: ['bea'],
    'no-show': [],
    cancelled: [],
    rescheduled: [],
  });
});
