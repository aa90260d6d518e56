/** The domain part of the acceptance scenarios of docs/spec/visit-flow.md, named by their number. */
import { describe, expect, it } from 'vitest';
import { roomAlarms, visitAlarms } from './alarms.ts';
import { BoardPlayer, clock, scheduleRow, testDay } from './board-player.ts';
import { minutes } from './clinic-time.ts';
import { orderColumn } from './columns.ts';
import { flowOf } from './flow.ts';
import { dayMetrics, providerMetrics } from './metrics.ts';
import { nextActions } from './next-actions.ts';
import { linkedVisits, nameAlerts } from './same-person.ts';
import { waitOf, waitsOf } from './waits.ts';

const min = (ms: number | null | undefined): number | null => (typeof ms === 'number' ? ms / 60_000 : null);

describe('scenario 1: morning load', () => {
  it('[V22] creates one card a row, and a second pull appends no event', () => {
    const player = new BoardPlayer();
    const rows = Array.from({ length: 24 }, (_, i) =>
      scheduleRow(`e-${i}`, `09:${String(i).padStart(2, '0')}`),
    );
    for (const row of rows) player.must('system', row, { at: '07:30' });
    expect(player.visits()).toHaveLength(24);
    const before = player.board.digestText;
    for (const row of rows) {
      expect(player.refused('system', row, { at: '07:35' })).toEqual({ code: 'nothing_to_change' });
    }
    expect(player.board.digestText).toBe(before);
    expect(player.visit('e-3')).toMatchObject({
      status: 'scheduled',
      startAt: clock('09:03'),
      providerId: 'dr-a',
      milestones: {},
    });
  });

  it('[V22] keeps what staff set when an unchanged row comes again, and takes a changed booking', () => {
    const player = new BoardPlayer();
    const row = scheduleRow('e-1', '09:00');
    player.must('system', row);
    player.must('front-desk', { type: 'setProvider', visitId: 'e-1', providerId: 'dr-b' });
    player.refused('system', row);
    expect(player.visit('e-1').providerId).toBe('dr-b');
    player.must('system', scheduleRow('e-1', '09:15'));
    expect(player.visit('e-1').startAt).toBe(clock('09:15'));
    expect(player.visits()).toHaveLength(1);
  });
});

describe('scenario 2: normal visit, Confirmed to Arrived in one tap', () => {
  it('[V1] sets each milestone once and in order, and offers each step to the right role', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'confirmed', '08:00');
    const labelFor = (role: 'front-desk' | 'medical-assistant' | 'provider') =>
      nextActions(player.visit('v1'), { role, day: player.get('day', ''), now: player.now }).find(
        (each) => each.isPrimary,
      )?.label;
    expect(labelFor('front-desk')).toBe('Check In');
    player.move('front-desk', 'v1', 'arrived', '08:55');
    expect([labelFor('front-desk'), labelFor('medical-assistant')]).toEqual([undefined, 'Start Prep']);
    player.must(
      'front-desk',
      { type: 'setCheckInCompleted', visitId: 'v1', isCompleted: true },
      { at: '08:58' },
    );
    player.move('medical-assistant', 'v1', 'appt-prep', '09:02', { roomId: 'room-1' });
    expect(labelFor('medical-assistant')).toBe('Prep Complete');
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:10');
    expect(labelFor('provider')).toBe('MD Ready');
    player.move('provider', 'v1', 'with-doctor', '09:14');
    expect(labelFor('provider')).toBe('MD Complete');
    player.move('provider', 'v1', 'seen-by-md', '09:30');
    expect(labelFor('front-desk')).toBe('Check Out');
    player.move('front-desk', 'v1', 'completed', '09:35');
    expect(player.visit('v1').milestones).toEqual({
      confirmedAt: clock('08:00'),
      arrivedAt: clock('08:55'),
      checkInCompletedAt: clock('08:58'),
      roomedAt: clock('09:02'),
      readyAt: clock('09:10'),
      withDoctorAt: clock('09:14'),
      seenAt: clock('09:30'),
      completedAt: clock('09:35'),
    });
    expect(
      Object.fromEntries(
        Object.entries(waitsOf(player.visit('v1'), player.now)).map(([k, w]) => [k, min(w?.ms)]),
      ),
    ).toEqual({
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
    expect(player.visit('v1').roomStays).toEqual([
      { from: clock('09:02'), to: clock('09:35'), roomId: 'room-1' },
    ]);
  });
});

describe('scenario 3: early arrival', () => {
  it('[V23] counts the raw wait from the door and the adjusted one from the booked time', () => {
    const player = new BoardPlayer();
    player.book('v1', '10:00');
    player.move('front-desk', 'v1', 'arrived', '09:20');
    const day = player.get('day', '');
    expect(visitAlarms(player.visit('v1'), day, clock('09:35'))).toEqual([]);
    expect(visitAlarms(player.visit('v1'), day, clock('10:09'))).toEqual([]);
    expect(visitAlarms(player.visit('v1'), day, clock('10:10'))).toEqual([
      { kind: 'lobby', level: 'amber', ms: minutes(10) },
    ]);
    expect(visitAlarms(player.visit('v1'), day, clock('10:15'))).toEqual([
      { kind: 'lobby', level: 'red', ms: minutes(15) },
    ]);
    player.move('medical-assistant', 'v1', 'appt-prep', '10:05');
    const waits = waitsOf(player.visit('v1'), player.now);
    expect([min(waits.lobbyRaw?.ms), min(waits.lobbyAdjusted?.ms)]).toEqual([45, 5]);
    expect(player.visit('v1').lateMin).toBe(-40);
  });
});

describe('scenario 4: late arrival', () => {
  it('[V26] turns late a minute after the start, proposes a no-show at thirty, and counts none', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    const kinds = (at: string) =>
      visitAlarms(player.visit('v1'), player.get('day', ''), clock(at)).map((each) => each.kind);
    expect([kinds('09:00'), kinds('09:01'), kinds('09:29'), kinds('09:30')]).toEqual([
      [],
      ['late'],
      ['late'],
      ['late', 'no-show-proposed'],
    ]);
    player.move('front-desk', 'v1', 'arrived', '09:40');
    expect(player.visit('v1').lateMin).toBe(40);
    const metrics = dayMetrics(player.visits(), player.now);
    expect([metrics.noShowPercent, metrics.onTimePercent]).toEqual([0, 0]);
  });
});

describe('scenario 5: no-show, then comes', () => {
  it('[V9] begins a new episode and keeps the no-show in the history', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'no-show', '09:35');
    const missed = flowOf(player.visit('v1'));
    player.move('front-desk', 'v1', 'arrived', '10:10');
    const visit = player.visit('v1');
    expect(visit.milestones).toEqual({ arrivedAt: clock('10:10') });
    expect(visit.earlierEpisodes).toEqual([missed]);
    expect(visit.earlierEpisodes[0]?.milestones).toEqual({ noShowAt: clock('09:35') });
    expect([visit.status, visit.outcome, visit.lateMin]).toEqual(['arrived', null, 70]);
    expect(dayMetrics(player.visits(), player.now).noShowPercent).toBe(0);
  });
});

describe('scenario 6: walk-in', () => {
  it('[V6] arrives at once, without a booked time, and waits by the walk-in rule', () => {
    const player = new BoardPlayer();
    player.must(
      'front-desk',
      { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Walk In' },
      { at: '10:15' },
    );
    expect(player.visit('w1')).toMatchObject({
      status: 'arrived',
      kind: 'walk-in',
      startAt: null,
      lateMin: null,
      milestones: { arrivedAt: clock('10:15') },
    });
    player.move('medical-assistant', 'w1', 'appt-prep', '10:30');
    expect(min(waitOf(player.visit('w1'), 'lobbyAdjusted', player.now)?.ms)).toBe(15);
    expect(waitOf(player.visit('w1'), 'pastAppointment', player.now)).toBeNull();
  });

  it('[V6] refuses a booked time for a walk-in and asks for one otherwise', () => {
    const player = new BoardPlayer();
    const walkIn = { type: 'createVisit', visitId: 'w1', kind: 'walk-in', fullName: 'Walk In' } as const;
    expect(player.refused('front-desk', { ...walkIn, startAt: clock('11:00') })).toEqual({
      code: 'invalid_request',
      details: { field: 'startAt' },
    });
    expect(player.refused('front-desk', { ...walkIn, kind: 'booked' })).toEqual({
      code: 'invalid_request',
      details: { field: 'startAt' },
    });
    expect(
      player.refused('medical-assistant', { ...walkIn, kind: 'booked', startAt: clock('11:00') }),
    ).toEqual({
      code: 'permission_denied',
      details: { required: ['front-desk', 'system'] },
    });
    player.must('medical-assistant', walkIn);
    expect(player.refused('front-desk', walkIn)).toEqual({
      code: 'already_exists',
      details: { visitId: 'w1' },
    });
  });
});

describe('scenario 7: pre-assigned room', () => {
  it('[V16] shows the room reserved while the clock stays lobby, then occupied', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.book('v2', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v2', 'arrived', '09:00');
    player.must(
      'front-desk',
      { type: 'reserveRoom', visitId: 'v1', roomId: 'room-2', minutes: 20 },
      { at: '09:05' },
    );
    expect(player.room('room-2').state).toBe('reserved');
    expect(player.visit('v1')).toMatchObject({ status: 'arrived', roomId: null, reservedRoomId: 'room-2' });
    expect(waitOf(player.visit('v1'), 'lobbyRaw', clock('09:10'))).toEqual({
      ms: minutes(10),
      state: 'running',
      isEstimated: false,
    });
    const rooming = { type: 'moveVisit', visitId: 'v2', to: 'appt-prep', roomId: 'room-2' } as const;
    expect(player.refused('medical-assistant', rooming, { at: '09:24' })).toEqual({
      code: 'room_reserved',
      details: { roomId: 'room-2', reservedFor: 'v1', free: ['room-1', 'room-3', 'iv', 'lab', 'lobby'] },
    });
    player.move('medical-assistant', 'v1', 'appt-prep', '09:24', { roomId: 'room-2' });
    expect(player.room('room-2')).toMatchObject({ state: 'occupied', occupants: ['v1'], reservation: null });
    expect(player.visit('v1')).toMatchObject({ roomId: 'room-2', reservedRoomId: null });
  });

  it('[V16] gives an expired reservation to whoever takes the room, and tells the visit that lost it', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.book('v2', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v2', 'arrived', '09:00');
    player.must(
      'front-desk',
      { type: 'reserveRoom', visitId: 'v1', roomId: 'room-2', minutes: 20 },
      { at: '09:05' },
    );
    player.move('medical-assistant', 'v2', 'appt-prep', '09:25', { roomId: 'room-2' });
    expect(player.room('room-2')).toMatchObject({ occupants: ['v2'], reservation: null });
    expect(player.visit('v1').reservedRoomId).toBeNull();
  });
});

describe('scenario 9: two people tap the same card', () => {
  it('[V4] refuses the second by version, and says when it is already there', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05');
    const expectedVersion = player.version('v1');
    const ready = { type: 'moveVisit', visitId: 'v1', to: 'ready-for-md' } as const;
    player.must('medical-assistant', ready, { expectedVersion });
    const current = player.version('v1');
    expect(player.refused('provider', { ...ready, to: 'with-doctor' }, { expectedVersion })).toEqual({
      code: 'version_conflict',
      details: { entity: 'v:v1', expected: expectedVersion, current, alreadyThere: false },
    });
    expect(player.refused('provider', ready, { expectedVersion })).toEqual({
      code: 'version_conflict',
      details: { entity: 'v:v1', expected: expectedVersion, current, alreadyThere: true },
    });
    player.must('provider', { ...ready, to: 'with-doctor' }, { expectedVersion: current });
  });
});

describe('scenario 11: mis-click undo', () => {
  function misclicked(): BoardPlayer {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.must(
      'medical-assistant',
      { type: 'moveVisit', visitId: 'v1', to: 'appt-prep', roomId: 'room-1' },
      { at: '09:10' },
    );
    return player;
  }
  const undo = (eventId: string) => ({ type: 'undoLast', visitId: 'v1', eventId }) as const;

  it('[V12] restores state, milestones, waits and room; the log keeps both', () => {
    const player = misclicked();
    const eventId = player.lastEventId();
    player.must('medical-assistant', undo(eventId), { at: '09:11' });
    const visit = player.visit('v1');
    expect([visit.status, visit.milestones, visit.roomId, visit.roomStays]).toEqual([
      'arrived',
      { arrivedAt: clock('09:00') },
      null,
      [],
    ]);
    expect(visit.statusSince).toBe(clock('09:00'));
    expect(player.room('room-1')).toMatchObject({ state: 'available', occupants: [] });
    expect(player.frames.slice(-2).map((frame) => frame.command)).toEqual(['moveVisit', 'undoLast']);
    expect(player.refused('medical-assistant', undo(eventId))).toEqual({ code: 'undo_nothing' });
  });

  it("[V12] refuses after another actor's later event; the manager corrects that event", () => {
    const player = misclicked();
    const eventId = player.lastEventId();
    player.move('provider', 'v1', 'ready-for-md', '09:12');
    const later = player.lastEventId();
    expect(player.refused('medical-assistant', undo(eventId))).toEqual({
      code: 'undo_superseded',
      details: { last: later },
    });
    player.must('manager', undo(later), { at: '16:00' });
    expect(player.visit('v1').status).toBe('appt-prep');
  });

  it('[V12] gives the actor five minutes, others none, the manager the day', () => {
    const player = misclicked();
    const command = undo(player.lastEventId());
    const refusal = { code: 'undo_too_late', details: { required: ['manager'] } };
    expect(player.refused('medical-assistant', command, { at: '09:11', id: 'another-ma' })).toEqual(refusal);
    expect(player.refused('medical-assistant', command, { now: clock('09:15') + 1 })).toEqual(refusal);
    expect(player.refused('manager', command, { now: clock('00:00', '2026-03-11') })).toEqual({
      code: 'undo_too_late',
    });
    player.must('medical-assistant', command, { at: '09:15' });
  });

  it('[V12] returns the patient to the room when it is free, and refuses when it is not', () => {
    const player = misclicked();
    player.must(
      'medical-assistant',
      { type: 'assignRoom', visitId: 'v1', roomId: 'room-2' },
      { at: '09:12' },
    );
    const command = undo(player.lastEventId());
    player.book('v2', '09:00');
    player.move('front-desk', 'v2', 'arrived');
    player.must('medical-assistant', { type: 'markRoomClean', roomId: 'room-1' });
    player.move('medical-assistant', 'v2', 'appt-prep', '09:13', { roomId: 'room-1' });
    expect(player.refused('medical-assistant', command)).toEqual({
      code: 'room_occupied',
      details: { roomId: 'room-1', occupants: ['v2'], free: ['room-2', 'room-3', 'iv', 'lab', 'lobby'] },
    });
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'v2', roomId: 'room-3' });
    player.must('medical-assistant', command);
    expect([player.visit('v1').roomId, player.room('room-1').occupants]).toEqual(['room-1', ['v1']]);
    expect([player.room('room-2').state, player.room('room-2').occupants]).toEqual(['available', []]);
  });

  it('[V12] renews the reservation that the undone rooming used up', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.must('front-desk', { type: 'reserveRoom', visitId: 'v1', roomId: 'room-2', minutes: 20 });
    const before = { room: player.room('room-2'), visit: player.visit('v1') };
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-2' });
    player.must('medical-assistant', undo(player.lastEventId()), { at: '09:06' });
    expect(player.room('room-2').reservation).toEqual(before.room.reservation);
    expect(player.visit('v1').reservedRoomId).toBe('room-2');
    expect(flowOf(player.visit('v1'))).toEqual(flowOf(before.visit));
  });

  it('[V12] facts of the EHR and notes do not stand in the way of an undo', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'arrived', '09:00');
    const command = undo(player.lastEventId());
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedIn' }), { at: '09:01' });
    player.must('front-desk', { type: 'setNote', visitId: 'v1', note: 'hello' });
    player.must('front-desk', command, { at: '09:02' });
    expect([player.visit('v1').status, player.visit('v1').external?.status]).toEqual([
      'scheduled',
      'CheckedIn',
    ]);
  });
});

describe('scenario 12: forgotten click', () => {
  function arrivedLate(): BoardPlayer {
    const player = new BoardPlayer();
    player.book('v1', '10:00');
    player.move('front-desk', 'v1', 'arrived', '10:20');
    return player;
  }
  const correct = (time: string, reason?: string) =>
    ({ type: 'correctTime', visitId: 'v1', milestone: 'arrivedAt', at: clock(time), reason }) as const;

  it('[V13] [ONC-d-4] corrects the arrival, keeps the old time in the log and recomputes', () => {
    const player = arrivedLate();
    const frame = player.must('front-desk', correct('10:05'), { at: '10:25' });
    expect(frame.events).toEqual([
      {
        type: 'visit.time-corrected',
        visitId: 'v1',
        milestone: 'arrivedAt',
        was: clock('10:20'),
        at: clock('10:05'),
        reason: null,
      },
    ]);
    const visit = player.visit('v1');
    expect(visit).toMatchObject({
      milestones: { arrivedAt: clock('10:05') },
      statusSince: clock('10:05'),
      corrected: ['arrivedAt'],
      lateMin: 5,
    });
    expect(min(waitOf(visit, 'lobbyRaw', clock('10:25'))?.ms)).toBe(20);
  });

  it('[V13] refuses the future, and a time after the next milestone', () => {
    const player = arrivedLate();
    expect(player.refused('front-desk', correct('10:26'), { at: '10:25' })).toEqual({
      code: 'time_in_future',
      details: { notAfter: clock('10:25') },
    });
    player.move('medical-assistant', 'v1', 'appt-prep', '10:30');
    expect(player.refused('front-desk', correct('10:31'), { at: '10:40' })).toEqual({
      code: 'time_out_of_order',
      details: { notBefore: 0, notAfter: clock('10:30') },
    });
    player.must('front-desk', correct('10:30'));
  });

  it('[V13] asks why beyond fifteen minutes, not at fifteen', () => {
    const player = arrivedLate();
    expect(player.refused('front-desk', correct('10:04'), { at: '10:25' })).toEqual({
      code: 'reason_required',
    });
    player.must('front-desk', correct('10:04', 'forgot to click'));
  });

  it('[V13] lets each role correct its own steps only', () => {
    const player = arrivedLate();
    expect(player.refused('medical-assistant', correct('10:15'), { at: '10:25' })).toEqual({
      code: 'permission_denied',
      details: { required: ['front-desk', 'manager'] },
    });
    expect(player.refused('provider', { ...correct('10:15'), milestone: 'withDoctorAt' })).toEqual({
      code: 'milestone_not_set',
      details: { milestone: 'withDoctorAt' },
    });
    player.must('manager', correct('10:15'));
  });

  it('[V13] moves the segment that the same click recorded', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:10');
    player.move('provider', 'v1', 'with-doctor', '09:20');
    player.move('provider', 'v1', 'seen-by-md', '09:40');
    const at = (milestone: 'withDoctorAt' | 'seenAt', time: string) =>
      ({ type: 'correctTime', visitId: 'v1', milestone, at: clock(time) }) as const;
    player.must('provider', at('withDoctorAt', '09:15'), { at: '09:45' });
    player.must('provider', at('seenAt', '09:35'));
    const visit = player.visit('v1');
    expect(visit.providerSegments).toEqual([
      { from: clock('09:15'), to: clock('09:35'), providerId: 'dr-a' },
    ]);
    expect(visit.waitSegments).toEqual([{ from: clock('09:10'), to: clock('09:15') }]);
    expect(min(waitOf(visit, 'provider', player.now)?.ms)).toBe(20);
  });
});

describe('scenario 13: skipped steps', () => {
  it('[V7] marks what was passed over, invents no time and leaves it out of averages', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('provider', 'v1', 'with-doctor', '09:20');
    const visit = player.visit('v1');
    expect(visit.milestones).toEqual({ arrivedAt: clock('09:00'), withDoctorAt: clock('09:20') });
    expect(visit.skipped).toEqual(['roomedAt', 'readyAt']);
    const waits = waitsOf(visit, player.now);
    expect([waits.lobbyRaw, waits.prep, waits.inRoomWait]).toEqual([null, null, null]);
    expect(min(waits.doorToProvider?.ms)).toBe(20);
    const { intervals } = dayMetrics(player.visits(), player.now);
    expect([intervals.lobbyRaw.finished.count, intervals.doorToProvider.finished.count]).toEqual([0, 1]);
  });

  it('[V7] going back never fills the room time in afterwards', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:10');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:12');
    expect(player.visit('v1').milestones).toEqual({ arrivedAt: clock('09:00') });
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:20');
    expect(player.visit('v1').milestones).toEqual({ arrivedAt: clock('09:00'), readyAt: clock('09:20') });
    expect(player.visit('v1').skipped).toEqual(['roomedAt']);
  });

  it('[V7] a lab visit goes from the lobby to checked out', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00', { visitTypeId: 'lab' });
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v1', 'completed', '09:12');
    expect(player.visit('v1').skipped).toEqual(['roomedAt', 'readyAt', 'withDoctorAt', 'seenAt']);
    expect(min(waitOf(player.visit('v1'), 'cycle', player.now)?.ms)).toBe(12);
  });
});

describe('scenario 14: left without being seen', () => {
  it('[V10] frees room and reservation, keeps the wait, and counts as LWBS and not as no-show', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.book('v2', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v2', 'arrived', '09:00');
    player.must('front-desk', { type: 'reserveRoom', visitId: 'v1', roomId: 'room-1', minutes: 60 });
    expect(
      player.refused('front-desk', { type: 'moveVisit', visitId: 'v1', to: 'left' }, { at: '09:48' }),
    ).toEqual({
      code: 'reason_required',
    });
    player.move('front-desk', 'v1', 'left', '09:48', { reason: 'wait too long' });
    const visit = player.visit('v1');
    expect(visit.outcome).toEqual({ kind: 'lwbs', by: null, reason: 'wait too long', waitedMs: minutes(48) });
    expect([visit.milestones.leftAt, visit.reservedRoomId, player.room('room-1').state]).toEqual([
      clock('09:48'),
      null,
      'available',
    ]);
    const metrics = dayMetrics(player.visits(), player.now);
    expect([metrics.lwbsPercent, metrics.noShowPercent, metrics.waiting]).toEqual([50, 0, 1]);
  });

  it('[V10] dates a departure back to when the patient was last seen, within bounds', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    const left = { type: 'moveVisit', visitId: 'v1', to: 'left', reason: 'gone' } as const;
    player.now = clock('09:50');
    expect(player.refused('front-desk', { ...left, effectiveAt: clock('09:51') }).code).toBe(
      'time_in_future',
    );
    expect(player.refused('front-desk', { ...left, effectiveAt: clock('08:59') })).toEqual({
      code: 'time_out_of_order',
      details: { notBefore: clock('09:00'), notAfter: clock('09:50') },
    });
    player.must('front-desk', { ...left, effectiveAt: clock('09:30') });
    expect(player.visit('v1')).toMatchObject({
      milestones: { leftAt: clock('09:30') },
      outcome: { kind: 'lwbs', waitedMs: minutes(30) },
    });
  });

  it('[V10] counts an early patient from the booked time, and anew when the departure is corrected', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:30');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v1', 'left', '09:50', { reason: 'gone' });
    expect(player.visit('v1').outcome?.waitedMs).toBe(minutes(20));
    player.must('manager', { type: 'correctTime', visitId: 'v1', milestone: 'leftAt', at: clock('09:40') });
    expect(player.visit('v1').outcome?.waitedMs).toBe(minutes(10));
  });

  it('[V10] someone whose arrival only the EHR saw counts among those who came', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.must('system', scheduleRow('v1', '09:00', { status: 'Roomed' }), { at: '09:10' });
    player.move('front-desk', 'v1', 'left', '09:40', { reason: 'gone' });
    expect(dayMetrics(player.visits(), player.now)).toMatchObject({ arrived: 1, lwbsPercent: 100 });
  });

  it('[V10] after the provider began it is left before done', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('provider', 'v1', 'with-doctor', '09:10', { roomId: 'room-1' });
    player.move('provider', 'v1', 'left', '09:20', { reason: 'emergency call' });
    expect(player.visit('v1').outcome).toEqual({
      kind: 'lwot',
      by: null,
      reason: 'emergency call',
      waitedMs: null,
    });
    expect(player.visit('v1').providerSegments).toEqual([
      { from: clock('09:10'), to: clock('09:20'), providerId: 'dr-a' },
    ]);
    expect(player.room('room-1')).toMatchObject({ state: 'needs-cleaning', occupants: [] });
    expect(dayMetrics(player.visits(), player.now).lwbsPercent).toBe(0);
  });
});

describe('scenario 15: provider called away', () => {
  it('[V14] keeps one visit with two provider segments and both waits', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05');
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:10');
    player.move('provider', 'v1', 'with-doctor', '09:15');
    player.move('provider', 'v1', 'ready-for-md', '09:20');
    player.move('provider', 'v1', 'with-doctor', '09:32');
    player.move('provider', 'v1', 'seen-by-md', '09:40');
    const visit = player.visit('v1');
    expect(visit.providerSegments).toEqual([
      { from: clock('09:15'), to: clock('09:20'), providerId: 'dr-a' },
      { from: clock('09:32'), to: clock('09:40'), providerId: 'dr-a' },
    ]);
    expect(visit.waitSegments).toEqual([
      { from: clock('09:10'), to: clock('09:15') },
      { from: clock('09:20'), to: clock('09:32') },
    ]);
    expect([visit.milestones.readyAt, visit.milestones.withDoctorAt]).toEqual([
      clock('09:10'),
      clock('09:15'),
    ]);
    expect(min(waitOf(visit, 'provider', player.now)?.ms)).toBe(13);
  });
});

describe('scenario 16: provider change mid-visit', () => {
  it('[V14] closes one segment, opens the next, and gives each provider their own time', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('provider', 'v1', 'with-doctor', '09:10');
    player.must('provider', { type: 'setProvider', visitId: 'v1', providerId: 'dr-b' }, { at: '09:16' });
    player.move('provider', 'v1', 'seen-by-md', '09:30');
    expect(player.visit('v1').providerSegments).toEqual([
      { from: clock('09:10'), to: clock('09:16'), providerId: 'dr-a' },
      { from: clock('09:16'), to: clock('09:30'), providerId: 'dr-b' },
    ]);
    const each = providerMetrics(player.visits(), player.now);
    expect(min(each.get('dr-a')?.intervals.provider.finished.meanMs)).toBe(6);
    expect(min(each.get('dr-b')?.intervals.provider.finished.meanMs)).toBe(14);
    expect([each.get('dr-a')?.total, each.get('dr-b')?.total]).toEqual([0, 1]);
  });

  it('[V14] refuses an unknown provider and none while one is needed', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('provider', 'v1', 'with-doctor', '09:10');
    const set = (providerId: string | null) => ({ type: 'setProvider', visitId: 'v1', providerId }) as const;
    expect(player.refused('provider', set('dr-x'))).toEqual({
      code: 'unknown_provider',
      details: { providerId: 'dr-x' },
    });
    expect(player.refused('provider', set(null))).toEqual({ code: 'provider_required' });
    expect(player.refused('provider', set('dr-a'))).toEqual({ code: 'nothing_to_change' });
  });
});

describe('scenario 17: lab and back', () => {
  it('[V15] moves rooms without touching a clock, and the overlay ends with the return', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:10');
    player.move('provider', 'v1', 'with-doctor', '09:15');
    player.move('provider', 'v1', 'seen-by-md', '09:30');
    player.must('medical-assistant', { type: 'assignRoom', visitId: 'v1', roomId: 'lab' }, { at: '09:32' });
    player.must('medical-assistant', { type: 'stepOut', visitId: 'v1', where: 'X-ray' }, { at: '09:35' });
    expect(player.refused('medical-assistant', { type: 'stepOut', visitId: 'v1', where: 'again' })).toEqual({
      code: 'already_stepped_out',
      details: { since: clock('09:35') },
    });
    const frame = player.move('provider', 'v1', 'with-doctor', '09:45', { roomId: 'room-2' });
    expect(frame.events.map((event) => event.type)).toContain('visit.stepped-back');
    player.move('provider', 'v1', 'seen-by-md', '09:50');
    player.move('medical-assistant', 'v1', 'completed', '09:55');
    const visit = player.visit('v1');
    expect(visit.roomStays).toEqual([
      { from: clock('09:05'), to: clock('09:32'), roomId: 'room-1' },
      { from: clock('09:32'), to: clock('09:45'), roomId: 'lab' },
      { from: clock('09:45'), to: clock('09:55'), roomId: 'room-2' },
    ]);
    expect(visit.milestones).toMatchObject({ withDoctorAt: clock('09:15'), seenAt: clock('09:50') });
    expect(visit.steppedOut).toBeNull();
    expect(min(waitOf(visit, 'provider', player.now)?.ms)).toBe(20);
    expect(min(waitOf(visit, 'cycle', player.now)?.ms)).toBe(55);
  });
});

describe('scenario 18: room turnover', () => {
  it('[V17] needs cleaning before it can be chosen again, and alarms after ten minutes', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.book('v2', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('front-desk', 'v2', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
    player.move('medical-assistant', 'v1', 'with-doctor', '09:10');
    player.move('medical-assistant', 'v1', 'completed', '09:30');
    expect(player.room('room-1')).toMatchObject({
      state: 'needs-cleaning',
      since: clock('09:30'),
      occupants: [],
    });
    const rooming = { type: 'moveVisit', visitId: 'v2', to: 'appt-prep', roomId: 'room-1' } as const;
    expect(player.refused('medical-assistant', rooming)).toEqual({
      code: 'room_not_ready',
      details: {
        roomId: 'room-1',
        state: 'needs-cleaning',
        free: ['room-2', 'room-3', 'iv', 'lab', 'lobby'],
      },
    });
    const alarms = (at: string) => roomAlarms(player.room('room-1'), player.get('day', ''), clock(at));
    expect([alarms('09:39'), alarms('09:40')]).toEqual([
      [],
      [{ kind: 'cleaning', level: 'red', ms: minutes(10) }],
    ]);
    player.must(
      'medical-assistant',
      { type: 'deferRoomCleaning', roomId: 'room-1', minutes: 5 },
      { at: '09:39' },
    );
    expect([alarms('09:43'), alarms('09:44').length]).toEqual([[], 1]);
    player.must('medical-assistant', { type: 'markRoomClean', roomId: 'room-1' }, { at: '09:45' });
    expect(player.room('room-1').state).toBe('available');
    expect(player.refused('medical-assistant', { type: 'markRoomClean', roomId: 'room-1' })).toEqual({
      code: 'room_not_in_that_state',
      details: { state: 'available' },
    });
    player.must('medical-assistant', rooming);
  });
});

describe('scenario 19: same patient twice, and two patients with the same name', () => {
  it('[V32] links the two cards, keeps separate clocks, and alerts only for different patients', () => {
    const player = new BoardPlayer();
    const jane = { patientKey: 'k-1', fullName: 'Doe, Jané' };
    player.must('system', scheduleRow('a', '11:00', jane));
    player.must('system', scheduleRow('b', '11:15', jane));
    player.must('system', scheduleRow('c', '13:00', { patientKey: 'k-2', fullName: 'JANE  DOE' }));
    player.must('system', scheduleRow('d', '13:00', { patientKey: 'k-3', fullName: 'John Doe' }));
    expect(linkedVisits(player.board)).toEqual(
      new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    );
    expect(nameAlerts(player.board)).toEqual(
      new Map([
        ['a', ['c']],
        ['b', ['c']],
        ['c', ['a', 'b']],
      ]),
    );
    player.move('front-desk', 'a', 'arrived', '10:50');
    player.move('front-desk', 'b', 'arrived', '10:50');
    player.move('medical-assistant', 'a', 'appt-prep', '11:00');
    expect([player.visit('a').status, player.visit('b').status]).toEqual(['appt-prep', 'arrived']);
  });
});

describe('scenario 20: cancelled in the EHR while roomed here', () => {
  function conflicted(): BoardPlayer {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
    player.must('system', scheduleRow('v1', '09:00', { status: 'Cancelled' }), { at: '09:10' });
    return player;
  }

  it('[V20] moves nobody and raises a conflict', () => {
    const visit = conflicted().visit('v1');
    expect([visit.status, visit.roomId]).toEqual(['appt-prep', 'room-1']);
    expect(visit.conflict).toEqual({
      ehrStatus: 'Cancelled',
      rawStatus: 'Cancelled',
      suggestedStatus: 'cancelled',
      since: clock('09:10'),
    });
  });

  it('[V20] keep mine: the conflict goes and does not come back with the next pull', () => {
    const player = conflicted();
    player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'keep-mine' });
    player.must('system', scheduleRow('v1', '09:00', { status: 'Cancelled', fullName: 'Renamed' }));
    expect([player.visit('v1').status, player.visit('v1').conflict]).toEqual(['appt-prep', null]);
    expect(
      player.refused('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'accept' }),
    ).toEqual({
      code: 'no_conflict',
    });
  });

  it('[V20] accept: the visit closes and its room is released; undo brings back both and the question', () => {
    const player = conflicted();
    player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'accept' });
    expect(player.visit('v1')).toMatchObject({
      status: 'cancelled',
      roomId: null,
      conflict: null,
      outcome: { kind: 'cancelled', by: 'ehr' },
    });
    expect(player.room('room-1').state).toBe('needs-cleaning');
    player.must('front-desk', { type: 'undoLast', visitId: 'v1', eventId: player.lastEventId() });
    expect(player.visit('v1')).toMatchObject({ status: 'appt-prep', roomId: 'room-1' });
    expect(player.visit('v1').conflict?.suggestedStatus).toBe('cancelled');
    expect(player.room('room-1').occupants).toEqual(['v1']);
  });

  it('[V20] a visit that ends settles its conflict', () => {
    const player = conflicted();
    player.move('medical-assistant', 'v1', 'with-doctor', '09:20');
    player.move('medical-assistant', 'v1', 'completed', '09:30');
    expect(player.visit('v1').conflict).toBeNull();
  });
});

describe('scenario 21: EHR-first and unknown statuses', () => {
  it('[V19] follows the EHR forward with an estimated time, and never back', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedIn' }), { at: '09:03' });
    expect(player.visit('v1')).toMatchObject({
      status: 'arrived',
      milestones: { arrivedAt: clock('09:03') },
      estimated: ['arrivedAt'],
    });
    player.must('system', scheduleRow('v1', '09:00', { status: 'Scheduled' }), { at: '09:08' });
    expect([player.visit('v1').status, player.visit('v1').external?.status]).toEqual([
      'arrived',
      'Scheduled',
    ]);
    const { intervals } = dayMetrics(player.visits(), player.now);
    expect(intervals.lobbyRaw).toMatchObject({ finished: { count: 0 }, running: { count: 1 } });
  });

  it('[V19] passes over what it never saw', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.must('system', scheduleRow('v1', '09:00', { status: 'Roomed' }), { at: '09:10' });
    expect(player.visit('v1')).toMatchObject({
      status: 'appt-prep',
      skipped: ['arrivedAt'],
      milestones: { roomedAt: clock('09:10') },
      estimated: ['roomedAt'],
    });
  });

  it.each(['Seen', 'Unknown', 'Unrecognised'] as const)(
    '[V20] %s leaves the visit unchanged and warns',
    (status) => {
      const player = new BoardPlayer();
      player.must('system', scheduleRow('v1', '09:00', { status: 'Confirmed' }));
      const before = flowOf(player.visit('v1'));
      const odd = scheduleRow('v1', '09:00', { status, rawStatus: 'Beamed up' });
      player.must('system', odd, { at: '09:10' });
      expect(flowOf(player.visit('v1'))).toEqual(before);
      expect(player.visit('v1').ehrWarning).toEqual({ raw: 'Beamed up', since: clock('09:10') });
      player.refused('system', odd, { at: '09:15' });
      player.must('system', scheduleRow('v1', '09:00', { status: 'Confirmed' }), { at: '09:20' });
      expect(player.visit('v1').ehrWarning).toBeNull();
    },
  );

  it('[V20] a new visit with an unknown word is scheduled, with the warning', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00', { status: 'Unrecognised', rawStatus: 'Zorp' }));
    expect(player.visit('v1')).toMatchObject({ status: 'scheduled', ehrWarning: { raw: 'Zorp' } });
  });

  it('[V19] follows cancellations of those who have not come, and their reinstatement', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.must('system', scheduleRow('v1', '09:00', { status: 'Cancelled' }));
    expect(player.visit('v1').status).toBe('cancelled');
    player.must('system', scheduleRow('v1', '09:00', { status: 'Scheduled' }));
    expect(player.visit('v1').status).toBe('scheduled');
    player.move('front-desk', 'v1', 'cancelled', '08:30', { reason: 'called' });
    player.must('system', scheduleRow('v1', '09:00', { status: 'Confirmed' }));
    expect(player.visit('v1')).toMatchObject({
      status: 'cancelled',
      conflict: { suggestedStatus: 'confirmed' },
    });
  });

  it('[V19] does not repeat what it already said after a manager took it back', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedIn' }), { at: '09:03' });
    const undoable = player.visit('v1').undoable;
    player.must('manager', { type: 'undoLast', visitId: 'v1', eventId: undoable?.eventId ?? '' });
    player.must('system', scheduleRow('v1', '09:05', { status: 'CheckedIn' }), { at: '09:08' });
    expect(player.visit('v1').status).toBe('scheduled');
  });

  it.each([
    ['check-in-completed', 'arrived', true],
    ['ready-for-md', 'ready-for-md', false],
  ] as const)(
    '[V19] ReadyToBeSeen means %s where the clinic says so',
    (readyToBeSeenMeans, status, isTicked) => {
      const player = new BoardPlayer({ ...testDay, day: { ...testDay.day, readyToBeSeenMeans } });
      player.must('system', scheduleRow('v1', '09:00', { status: 'ReadyToBeSeen' }), { at: '09:00' });
      expect(player.visit('v1').status).toBe(status);
      expect(player.visit('v1').milestones.checkInCompletedAt !== undefined).toBe(isTicked);
    },
  );

  it('[V21] removes an expected visit after two absences and a confirmation, and returns it with its row', () => {
    const player = new BoardPlayer();
    const row = scheduleRow('v1', '09:00');
    player.must('system', row);
    const absent = (isConfirmed: boolean) => ({ type: 'noteAbsence', visitId: 'v1', isConfirmed }) as const;
    player.must('system', absent(true));
    expect(player.visit('v1')).toMatchObject({
      status: 'scheduled',
      external: { absences: 1, isRemoved: false },
    });
    player.must('system', absent(false));
    expect(player.visit('v1')).toMatchObject({ status: 'scheduled', external: { absences: 2 } });
    expect(player.refused('system', absent(false))).toEqual({ code: 'nothing_to_change' });
    player.must('system', absent(true));
    expect(player.visit('v1')).toMatchObject({ status: 'entered-in-error', external: { isRemoved: true } });
    expect(player.refused('system', absent(true))).toEqual({ code: 'nothing_to_change' });
    player.must('system', row);
    expect(player.visit('v1')).toMatchObject({
      status: 'scheduled',
      external: { absences: 0, isRemoved: false },
    });
  });

  it('[V21] keeps a present patient whose row is gone', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'arrived', '09:00');
    for (const isConfirmed of [false, true])
      player.must('system', { type: 'noteAbsence', visitId: 'v1', isConfirmed });
    expect(player.visit('v1')).toMatchObject({
      status: 'arrived',
      external: { absences: 2, isRemoved: true },
    });
  });

  it('[V21] one absence followed by the row starts counting anew', () => {
    const player = new BoardPlayer();
    const row = scheduleRow('v1', '09:00');
    player.must('system', row);
    player.must('system', { type: 'noteAbsence', visitId: 'v1', isConfirmed: false });
    player.must('system', row);
    expect(player.visit('v1').external?.absences).toBe(0);
  });
});

describe('scenario 29: midnight, DST, evening clinic', () => {
  it('[V30] an 18:30 visit belongs to the local day although UTC says tomorrow', () => {
    const player = new BoardPlayer();
    player.book('v1', '18:30');
    player.move('front-desk', 'v1', 'arrived', '19:30');
    expect(new Date(player.now).toISOString().slice(0, 10)).toBe('2026-03-11');
    expect(player.visit('v1').status).toBe('arrived');
  });

  it('[V30] no wait is negative or an hour off across the change of clocks', () => {
    const player = new BoardPlayer();
    const before = clock('01:55', '2026-03-08');
    const after = clock('03:05', '2026-03-08');
    player.book('v1', '09:00');
    const visit = {
      ...player.visit('v1'),
      startAt: before,
      milestones: { arrivedAt: before, roomedAt: after },
    };
    expect(min(waitOf(visit, 'lobbyRaw', after)?.ms)).toBe(10);
    const autumn = {
      arrivedAt: clock('01:30', '2026-11-01'),
      roomedAt: clock('01:30', '2026-11-01') + minutes(70),
    };
    expect(min(waitOf({ ...visit, milestones: autumn }, 'lobbyRaw', 0)?.ms)).toBe(70);
  });

  it('[V31] a server clock set back never reorders milestones', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:10');
    player.move('medical-assistant', 'v1', 'appt-prep', '09:05', { roomId: 'room-1' });
    player.move('medical-assistant', 'v1', 'ready-for-md', '09:06');
    expect(player.visit('v1').milestones).toEqual({
      arrivedAt: clock('09:10'),
      roomedAt: clock('09:10'),
      readyAt: clock('09:10'),
    });
    expect(player.visit('v1').roomStays).toEqual([{ from: clock('09:10'), to: null, roomId: 'room-1' }]);
  });
});

describe('[V27] order inside a column', () => {
  it('pinned first, then booked ones whose time is near, then the longest wait', () => {
    const player = new BoardPlayer();
    for (const [id, at] of [
      ['late', '11:30'],
      ['near', '10:10'],
      ['nearer', '10:05'],
      ['pin', '12:00'],
    ] as const) {
      player.book(id, at);
    }
    player.move('front-desk', 'late', 'arrived', '09:00');
    player.must(
      'front-desk',
      { type: 'createVisit', visitId: 'walk', kind: 'walk-in', fullName: 'W' },
      { at: '09:30' },
    );
    for (const id of ['near', 'nearer', 'pin']) player.move('front-desk', id, 'arrived', '09:50');
    player.must('front-desk', { type: 'setPinned', visitId: 'pin', isPinned: true });
    const moment = { rules: testDay.day.columnRules, now: clock('10:00') };
    const order = orderColumn('arrived', player.visits(), moment).map((visit) => visit.id);
    expect(order).toEqual(['pin', 'nearer', 'near', 'late', 'walk']);
  });
});
