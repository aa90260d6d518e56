import type { Role } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock, playerIn, scheduleRow, testDay } from './board-player.ts';
import { lastReopenDate, openVisitsOf } from './close-day.ts';

const dayState = (player: BoardPlayer) => player.get('day', '').state;
const start = { type: 'startDayClose' } as const;
const close = (...noShows: string[]) => ({ type: 'closeDay', noShows }) as const;

/** 17:00: `gone` checked out, `missed` never came, `late` is booked for 18:30, `here` waits in the lobby. */
function evening(): BoardPlayer {
  const player = new BoardPlayer();
  player.book('missed', '09:00');
  player.book('late', '18:30');
  player.book('here', '16:00');
  player.move('front-desk', 'here', 'arrived', '16:05');
  player.now = clock('17:00');
  return player;
}

function closedDay(): BoardPlayer {
  const player = new BoardPlayer();
  player.book('missed', '09:00');
  player.now = clock('18:00');
  player.must('front-desk', start);
  player.must('front-desk', close('missed'));
  return player;
}

describe('the list of the open', () => {
  it('[V36] names everyone who is still open, and proposes only whose time has passed', () => {
    const player = evening();
    expect(openVisitsOf(player.board, player.get('day', ''), player.now)).toEqual([
      { visitId: 'here', status: 'arrived', kind: 'present' },
      { visitId: 'late', status: 'scheduled', kind: 'not-due' },
      { visitId: 'missed', status: 'scheduled', kind: 'no-show' },
    ]);
  });

  it('[V36] proposes at the threshold and not a moment before', () => {
    const player = new BoardPlayer();
    player.book('a', '09:00');
    const kindAt = (time: string) =>
      openVisitsOf(player.board, player.get('day', ''), clock(time)).map((each) => each.kind);
    expect([kindAt('09:29'), kindAt('09:30')]).toEqual([['not-due'], ['no-show']]);
  });
});

describe('closing', () => {
  it('[V35] takes no new visit from anywhere, and lets the present be settled', () => {
    const player = evening();
    player.must('front-desk', start);
    expect(dayState(player)).toBe('closing');
    const walkIn = { type: 'createVisit', visitId: 'w', kind: 'walk-in', fullName: 'W' } as const;
    expect(player.refused('front-desk', walkIn)).toEqual({ code: 'day_closing' });
    expect(player.refused('system', scheduleRow('n', '17:30'))).toEqual({ code: 'day_closing' });
    player.must('front-desk', { type: 'moveVisit', visitId: 'here', to: 'left', reason: 'had to go' });
    expect(player.visit('here').status).toBe('left');
  });

  it('[V35] does not begin before the day itself', () => {
    const player = new BoardPlayer();
    expect(player.refused('manager', start, { now: clock('09:00') - 86_400_000 })).toEqual({
      code: 'not_todays_board',
      details: { date: '2026-03-10' },
    });
  });

  it('[V36] is refused while anyone else is open, and changes nothing', () => {
    const player = evening();
    player.must('manager', start);
    const open = [
      { visitId: 'here', status: 'arrived', kind: 'present' },
      { visitId: 'late', status: 'scheduled', kind: 'not-due' },
    ];
    expect(player.refused('manager', close('missed'))).toEqual({ code: 'visits_open', details: { open } });
    expect(player.visit('missed').status).toBe('scheduled');
  });

  it('[V36] a no-show is one only when a person said so: none is added, none is made of a patient who is here', () => {
    const player = evening();
    player.must('manager', start);
    player.must('front-desk', { type: 'moveVisit', visitId: 'here', to: 'left', reason: 'had to go' });
    player.must('front-desk', {
      type: 'moveVisit',
      visitId: 'late',
      to: 'rescheduled',
      reason: 'asked',
      by: 'patient',
    });
    expect(player.refused('manager', close()).code).toBe('visits_open');
    expect(player.refused('manager', close('missed', 'here'))).toEqual({
      code: 'move_not_allowed',
      details: { visitStatus: 'left', allowed: ['arrived', 'entered-in-error'], visitId: 'here' },
    });
    expect(player.visit('missed').status).toBe('scheduled');
    player.must('manager', close('missed'), { at: '17:05' });
    expect(player.visit('missed')).toMatchObject({
      status: 'no-show',
      milestones: { noShowAt: clock('17:05') },
      outcome: { kind: 'no-show', by: null, reason: null, waitedMs: null },
    });
    expect(dayState(player)).toBe('closed');
    expect(player.frames.at(-1)?.events.map((event) => event.type)).toEqual(['visit.moved', 'day.closed']);
  });

  it('[V36] refuses a no-show before its grace has passed, and one that is named twice', () => {
    const player = new BoardPlayer();
    player.book('late', '18:30');
    player.must('manager', start, { at: '18:40' });
    expect(player.refused('manager', close('late'))).toEqual({
      code: 'grace_not_passed',
      details: { notBefore: clock('19:00'), visitId: 'late' },
    });
    expect(player.refused('manager', close('late', 'late'), { at: '19:00' })).toEqual({
      code: 'invalid_request',
      details: { field: 'noShows' },
    });
    player.must('manager', close('late'));
  });

  it('[V36] closes only what is closing', () => {
    const player = new BoardPlayer();
    expect(player.refused('manager', close())).toEqual({ code: 'day_not_closing' });
    player.must('manager', start);
    expect(player.refused('manager', start)).toEqual({ code: 'nothing_to_change' });
    player.must('manager', close());
    expect(player.refused('manager', close())).toEqual({ code: 'board_closed' });
  });

  it.each(['medical-assistant', 'provider', 'viewer', 'system'] as const)(
    '[V36] [authz] %s may not close a day: a person at the desk or a manager does',
    (role: Role) => {
      const player = new BoardPlayer();
      const required = ['front-desk', 'manager'];
      expect(player.refused(role, start)).toEqual({ code: 'permission_denied', details: { required } });
      player.must('manager', start);
      expect(player.refused(role, close())).toEqual({ code: 'permission_denied', details: { required } });
      expect(player.refused(role, { type: 'reopenDay', reason: 'x' }).code).toBe('permission_denied');
    },
  );

  it('[V36] every visit is part of what was decided on, so that a change meanwhile decides again', () => {
    const player = evening();
    player.must('manager', start);
    const read: string[] = [];
    const view = {
      get: (id: 'day') => {
        read.push(id);
        return player.board.get(id);
      },
      entries: () => player.board.entries(),
    };
    openVisitsOf(view, player.get('day', ''), player.now);
    expect(read.sort()).toEqual(['v:here', 'v:late', 'v:missed']);
  });
});

describe('a closed day', () => {
  it('[V33] refuses every command, also of the system and of settings', () => {
    const player = closedDay();
    const note = { type: 'setNote', visitId: 'missed', note: 'x' } as const;
    for (const role of ['front-desk', 'manager'] as const) {
      expect(player.refused(role, note)).toEqual({ code: 'board_closed' });
    }
    expect(player.refused('system', scheduleRow('missed', '09:00')).code).toBe('board_closed');
    const changed = { ...testDay, day: { ...testDay.day, isRoomRequired: true } };
    expect(player.refused('manager', changed)).toEqual({ code: 'board_closed' });
    expect(player.refused('system', testDay)).toEqual({ code: 'nothing_to_change' });
  });

  it('[V37] is opened again by a manager with a reason, and by nobody else', () => {
    const player = closedDay();
    expect(player.refused('front-desk', { type: 'reopenDay', reason: 'forgot one' })).toEqual({
      code: 'permission_denied',
      details: { required: ['manager'] },
    });
    expect(player.refused('manager', { type: 'reopenDay' })).toEqual({ code: 'reason_required' });
    const frame = player.must('manager', { type: 'reopenDay', reason: 'forgot one' });
    expect(frame.events).toEqual([{ type: 'day.reopened', from: 'closed', reason: 'forgot one' }]);
    player.must('front-desk', { type: 'setNote', visitId: 'missed', note: 'x' });
  });

  it('[V37] for seven days; after that it stays as it is', () => {
    const player = closedDay();
    const reopen = { type: 'reopenDay', reason: 'forgot one' } as const;
    const day = player.get('day', '');
    expect(lastReopenDate(day)).toBe('2026-03-17');
    const noonOf = (days: number) => clock('12:00') + days * 86_400_000;
    expect(player.refused('manager', reopen, { now: noonOf(8) })).toEqual({
      code: 'reopen_too_late',
      details: { lastDate: '2026-03-17' },
    });
    player.must('manager', reopen, { now: noonOf(7) });
    expect(dayState(player)).toBe('open');
  });

  it('[V37] a closing is taken back without a reason by whoever may close', () => {
    const player = evening();
    player.must('manager', start);
    const frame = player.must('front-desk', { type: 'reopenDay' });
    expect(frame.events).toEqual([{ type: 'day.reopened', from: 'closing', reason: null }]);
    expect(player.refused('front-desk', { type: 'reopenDay' })).toEqual({ code: 'nothing_to_change' });
  });

  it('[V36] a wrong no-show is set right after the day is open again', () => {
    const player = closedDay();
    player.must('manager', { type: 'reopenDay', reason: 'she was here' });
    player.must('manager', {
      type: 'undoLast',
      visitId: 'missed',
      eventId: player.visit('missed').undoable?.eventId ?? '',
    });
    expect(player.visit('missed').status).toBe('scheduled');
  });

  it('[V36] closes also when everybody has come and gone', () => {
    const player = playerIn('completed');
    player.must('front-desk', start);
    player.must('front-desk', close());
    expect(dayState(player)).toBe('closed');
  });
});
