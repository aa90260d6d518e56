import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock, scheduleRow } from './board-player.ts';

describe('rows of the EHR', () => {
  it('[V19] a confirmation by telephone survives a reminder; the EHR takes back only its own', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'confirmed');
    player.must('system', scheduleRow('v1', '09:00', { status: 'ReminderSent' }));
    expect(player.visit('v1').status).toBe('confirmed');
    player.must('system', scheduleRow('v1', '09:00', { status: 'Confirmed' }));
    player.must('system', scheduleRow('v1', '09:00', { status: 'Tentative' }));
    expect(player.visit('v1')).toMatchObject({ status: 'scheduled', milestones: {} });
  });

  it.each(['CheckedIn', 'Roomed', 'CheckedOut'] as const)(
    '[V8] %s on another day than the board’s moves nobody',
    (status) => {
      const player = new BoardPlayer();
      player.must('system', scheduleRow('v1', '09:00'));
      const now = clock('20:00', '2026-03-09');
      player.must('system', scheduleRow('v1', '09:00', { status }), { now });
      expect(player.visit('v1')).toMatchObject({ status: 'scheduled', external: { status } });
    },
  );

  it('[V6] a row linked to a walk-in gives it no booked time', () => {
    const player = new BoardPlayer();
    player.must(
      'front-desk',
      { type: 'createVisit', visitId: 'w', kind: 'walk-in', fullName: 'Walk In' },
      { at: '09:30' },
    );
    player.must('system', scheduleRow('w', '09:45', { status: 'CheckedIn' }));
    expect(player.visit('w')).toMatchObject({
      kind: 'walk-in',
      startAt: null,
      external: { status: 'CheckedIn' },
    });
  });

  it('[V22] what a row does not say empties nothing', () => {
    const player = new BoardPlayer();
    player.must(
      'system',
      scheduleRow('v1', '09:00', { dob: '1980-01-02', reason: 'cough', locationName: 'Main' }),
    );
    expect(player.person('v1').isPartial).toBe(false);
    player.must('system', scheduleRow('v1', '09:05', { providerId: null, durationMin: null }));
    expect(player.person('v1')).toMatchObject({ dob: '1980-01-02', reason: 'cough' });
    expect(player.visit('v1')).toMatchObject({ providerId: 'dr-a', durationMin: 20, locationName: 'Main' });
  });

  it('[V6] refuses a row whose start is not on the board’s day', () => {
    const player = new BoardPlayer();
    const row = { ...scheduleRow('v1', '09:00'), startAt: clock('09:00', '2026-03-11') };
    expect(player.refused('system', row)).toEqual({
      code: 'invalid_request',
      details: { field: 'startAt', notBefore: clock('00:00'), notAfter: clock('00:00', '2026-03-11') - 1 },
    });
  });

  it('[V20] a late check-in in the EHR asks about a no-show; checking in by hand settles the question', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'no-show', '09:35');
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedIn' }), { at: '10:00' });
    expect(player.visit('v1')).toMatchObject({ status: 'no-show', conflict: { suggestedStatus: 'arrived' } });
    player.move('front-desk', 'v1', 'arrived', '10:05');
    expect(player.visit('v1')).toMatchObject({ status: 'arrived', conflict: null });
  });

  it('[V20] accepting that question checks the patient in with an estimated time', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'no-show', '09:35');
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedIn' }), { at: '10:00' });
    player.must('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'accept' }, { at: '10:02' });
    expect(player.visit('v1')).toMatchObject({
      status: 'arrived',
      conflict: null,
      milestones: { arrivedAt: clock('10:02') },
      estimated: ['arrivedAt'],
    });
    expect(player.visit('v1').earlierEpisodes.map((each) => each.status)).toEqual(['no-show']);
  });

  it('[V20] an answer that no longer fits the visit is refused', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'arrived', '09:00');
    const conflict = {
      ehrStatus: 'CheckedOut',
      rawStatus: 'x',
      suggestedStatus: 'completed',
      since: clock('09:00'),
    } as const;
    player.board.put('v:v1', { v: 1, d: { ...player.visit('v1'), conflict } });
    expect(
      player.refused('front-desk', { type: 'resolveConflict', visitId: 'v1', choice: 'accept' }).code,
    ).toBe('move_not_allowed');
  });
});
