import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock, testDay } from './board-player.ts';
import { minutes } from './clinic-time.ts';
import { decide } from './decide.ts';
import { isRoomFree } from './room-rules.ts';

function withArrived(...ids: string[]): BoardPlayer {
  const player = new BoardPlayer();
  for (const id of ids) {
    player.book(id, '09:00');
    player.move('front-desk', id, 'arrived', '09:00');
  }
  return player;
}

describe('rooms', () => {
  it('[V15] an exclusive room takes one visit and says who is inside; a suite takes its number', () => {
    const player = withArrived('a', 'b', 'c');
    const into = (visitId: string, roomId: string) => ({ type: 'assignRoom', visitId, roomId }) as const;
    player.must('medical-assistant', into('a', 'room-1'));
    expect(player.refused('medical-assistant', into('b', 'room-1'))).toEqual({
      code: 'room_occupied',
      details: { roomId: 'room-1', occupants: ['a'], free: ['room-2', 'room-3', 'iv', 'lab', 'lobby'] },
    });
    player.must('medical-assistant', into('a', 'iv'));
    player.must('medical-assistant', into('b', 'iv'));
    expect(player.refused('medical-assistant', into('c', 'iv'))).toEqual({
      code: 'room_occupied',
      details: { roomId: 'iv', occupants: ['a', 'b'], free: ['room-2', 'room-3', 'lab', 'lobby'] },
    });
    expect(player.room('room-1').state).toBe('needs-cleaning');
    for (const id of ['a', 'b', 'c']) player.must('medical-assistant', into(id, 'lobby'));
    expect([player.room('lobby').occupants, player.room('iv').state]).toEqual([['a', 'b', 'c'], 'available']);
  });

  it('[V15] refuses rooms that are not there and patients who are not here', () => {
    const player = withArrived('a');
    player.book('later', '11:00');
    expect(
      player.refused('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'attic' }),
    ).toEqual({
      code: 'room_not_found',
      details: { roomId: 'attic' },
    });
    expect(
      player.refused('medical-assistant', { type: 'assignRoom', visitId: 'later', roomId: 'room-1' }),
    ).toEqual({
      code: 'visit_not_in_office',
      details: { visitStatus: 'scheduled' },
    });
    expect(player.refused('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: null })).toEqual({
      code: 'nothing_to_change',
      details: { alreadyThere: true },
    });
    player.move('front-desk', 'a', 'left', undefined, { reason: 'gone' });
    expect(
      player.refused('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'room-1' }),
    ).toEqual({
      code: 'visit_closed',
      details: { visitStatus: 'left' },
    });
  });

  it('[V16] a second reservation moves the first; cancelling frees; closing frees', () => {
    const player = withArrived('a', 'b');
    const reserve = (visitId: string, roomId: string) =>
      ({ type: 'reserveRoom', visitId, roomId, minutes: 20 }) as const;
    player.must('front-desk', reserve('a', 'room-1'));
    player.must('front-desk', reserve('a', 'room-2'));
    expect([player.room('room-1').state, player.room('room-2').state]).toEqual(['available', 'reserved']);
    expect(player.refused('front-desk', reserve('b', 'room-2')).code).toBe('room_reserved');
    player.must('front-desk', reserve('a', 'room-2'), { at: '09:10' });
    expect(player.room('room-2').reservation?.expiresAt).toBe(clock('09:30'));
    player.must('front-desk', { type: 'cancelReservation', roomId: 'room-2' });
    expect([player.room('room-2').state, player.visit('a').reservedRoomId]).toEqual(['available', null]);
    player.must('front-desk', reserve('a', 'room-3'));
    player.move('front-desk', 'a', 'left', undefined, { reason: 'gone' });
    expect([player.room('room-3').state, player.visit('a').reservedRoomId]).toEqual(['available', null]);
    expect(player.refused('front-desk', reserve('a', 'room-3'))).toEqual({
      code: 'visit_closed',
      details: { visitStatus: 'left' },
    });
  });

  it('[V16] an expired reservation does not keep the room', () => {
    const player = withArrived('a');
    player.must('front-desk', { type: 'reserveRoom', visitId: 'a', roomId: 'room-1', minutes: 20 });
    const room = player.room('room-1');
    expect(isRoomFree(room, 'b', clock('09:20') - 1)).toBe(false);
    expect(isRoomFree(room, 'b', clock('09:20'))).toBe(true);
    expect(isRoomFree(room, 'a', clock('09:10'))).toBe(true);
  });

  it('[V17] out of service from any state: the patient stays until moved, a reservation ends', () => {
    const player = withArrived('a', 'b');
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'room-1' });
    player.must('front-desk', { type: 'reserveRoom', visitId: 'b', roomId: 'room-2', minutes: 20 });
    const close = (roomId: string) =>
      ({ type: 'setRoomService', roomId, isInService: false, reason: 'sink leaks' }) as const;
    player.must('medical-assistant', close('room-1'));
    player.must('medical-assistant', close('room-2'));
    expect(player.room('room-1')).toMatchObject({
      state: 'out-of-service',
      occupants: ['a'],
      outOfServiceReason: 'sink leaks',
    });
    expect([player.room('room-2').reservation, player.visit('b').reservedRoomId]).toEqual([null, null]);
    expect(player.refused('medical-assistant', close('room-2'))).toEqual({ code: 'nothing_to_change' });
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'room-3' });
    expect(player.room('room-1')).toMatchObject({ state: 'out-of-service', occupants: [] });
    player.must('manager', { type: 'setRoomService', roomId: 'room-1', isInService: true });
    expect(player.room('room-1')).toMatchObject({ state: 'available', outOfServiceReason: null });
  });

  it('rooming requires a room only where the clinic says so', () => {
    const player = new BoardPlayer({ ...testDay, day: { ...testDay.day, isRoomRequired: true } });
    player.book('a', '09:00');
    player.move('front-desk', 'a', 'arrived', '09:00');
    const prep = { type: 'moveVisit', visitId: 'a', to: 'appt-prep' } as const;
    expect(player.refused('medical-assistant', prep)).toEqual({ code: 'room_required' });
    player.must('medical-assistant', { ...prep, roomId: 'room-1' });
    expect(player.refused('provider', { ...prep, to: 'left', roomId: 'room-2', reason: 'x' }).code).toBe(
      'permission_denied',
    );
    expect(player.refused('front-desk', { ...prep, to: 'left', roomId: 'room-2', reason: 'x' })).toEqual({
      code: 'visit_not_in_office',
      details: { visitStatus: 'left' },
    });
  });

  it('[V18] every way of ending a visit releases its room', () => {
    const ends = [
      ['completed', 'medical-assistant'],
      ['left', 'manager'],
      ['entered-in-error', 'manager'],
    ] as const;
    for (const [to, role] of ends) {
      const player = withArrived('a');
      player.move('medical-assistant', 'a', 'with-doctor', '09:10', { roomId: 'room-1' });
      player.move(role, 'a', to, '09:20', { reason: 'end' });
      expect(player.room('room-1')).toMatchObject({ state: 'needs-cleaning', occupants: [] });
      expect(player.visit('a').roomId).toBeNull();
    }
  });
});

describe('scenario 8: the last room', () => {
  it('[V15] exactly one of two rooming commands succeeds; the other learns who has it and what is free', () => {
    const player = withArrived('a', 'b');
    const rooming = (visitId: string) =>
      ({ type: 'moveVisit', visitId, to: 'appt-prep', roomId: 'room-1' }) as const;
    player.must('medical-assistant', rooming('a'), { id: 'ma-1' });
    expect(player.refused('medical-assistant', rooming('b'), { id: 'ma-2' })).toEqual({
      code: 'room_occupied',
      details: { roomId: 'room-1', occupants: ['a'], free: ['room-2', 'room-3', 'iv', 'lab', 'lobby'] },
    });
    expect(player.visit('b').status).toBe('arrived');
  });
});

describe('configuring the day', () => {
  it('answers every command on a board nobody opened', () => {
    const player = new BoardPlayer(null);
    expect(player.refused('front-desk', { type: 'setNote', visitId: 'a', note: null })).toEqual({
      code: 'board_not_found',
    });
  });

  it('keeps the state of rooms that stay, and changes nothing when nothing changed', () => {
    const player = withArrived('a');
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'room-1' });
    expect(player.refused('system', testDay)).toEqual({ code: 'nothing_to_change' });
    const rooms = testDay.rooms.map((room) => (room.id === 'room-1' ? { ...room, name: 'Blue room' } : room));
    player.must('manager', { ...testDay, rooms });
    expect(player.room('room-1')).toMatchObject({ name: 'Blue room', state: 'occupied', occupants: ['a'] });
  });

  it('refuses to remove or shrink a room with patients inside, and ends reservations of one that goes', () => {
    const player = withArrived('a', 'b');
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'a', roomId: 'room-1' });
    player.must('front-desk', { type: 'reserveRoom', visitId: 'b', roomId: 'room-2', minutes: 20 });
    const without = (id: string) => ({ ...testDay, rooms: testDay.rooms.filter((room) => room.id !== id) });
    expect(player.refused('manager', without('room-1'))).toEqual({
      code: 'room_occupied',
      details: { roomId: 'room-1', occupants: ['a'] },
    });
    player.must('manager', without('room-2'));
    expect(player.board.get('r:room-2')).toBeUndefined();
    expect(player.visit('b').reservedRoomId).toBeNull();
    const twice = { ...testDay, rooms: [...testDay.rooms, ...testDay.rooms] };
    expect(player.refused('manager', twice)).toEqual({
      code: 'invalid_request',
      details: { field: 'rooms' },
    });
  });

  it('depends on the absence of the rooms it adds', () => {
    const read: string[] = [];
    const view = {
      get: (id: string) => {
        read.push(id);
        return undefined;
      },
      entries: () => [],
    };
    const ctx = {
      board: { clinic: 'test', date: '2026-03-10' },
      actor: { id: 'u-m', name: 'm', role: 'manager', station: null },
      now: clock('08:00'),
      source: 'ui',
      commandId: 'room-client:1',
    } as const;
    expect(decide(view, testDay, ctx).ok).toBe(true);
    expect(read).toEqual(['day', ...testDay.rooms.map((room) => `r:${room.id}`)]);
  });
});

describe('reservation and time', () => {
  it('[V31] a reservation counts from the server clock', () => {
    const player = withArrived('a');
    player.must(
      'front-desk',
      { type: 'reserveRoom', visitId: 'a', roomId: 'room-1', minutes: 7 },
      { at: '09:02' },
    );
    expect(player.room('room-1').reservation).toEqual({
      visitId: 'a',
      by: 'u-front-desk',
      expiresAt: clock('09:02') + minutes(7),
    });
  });
});
