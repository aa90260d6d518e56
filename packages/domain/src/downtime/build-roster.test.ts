import { rosterSchema } from '@workflow-bolt/contracts';
import { describe, expect, test } from 'vitest';
import { BoardPlayer, clock, today, zone } from '../board-player.ts';
import { BoardState } from '../board-state.ts';
import { buildRoster } from './build-roster.ts';

const at = clock('10:00');
const frame = { clinic: 'north', clinicName: 'North', date: today, zone, at };
const rosterOf = (player: BoardPlayer) => rosterSchema.parse(buildRoster(player.board, frame));

/** A day in the middle: one expected, one early in the lobby, one in a room, a private walk-in, one gone, one removed. */
function midday(): BoardPlayer {
  const player = new BoardPlayer();
  player.book('expected', '11:00', { fullName: 'Ann Expected', dob: '1980-02-03' });
  player.book('early', '10:30', { fullName: 'Bo Early' });
  player.move('front-desk', 'early', 'arrived', '09:40');
  player.book('roomed', '09:30', { fullName: 'Cy Roomed', visitTypeId: null });
  player.move('front-desk', 'roomed', 'arrived', '09:10');
  player.must(
    'medical-assistant',
    { type: 'moveVisit', visitId: 'roomed', to: 'appt-prep', roomId: 'room-1' },
    { at: '09:45' },
  );
  const walkIn = { type: 'createVisit', visitId: 'private', kind: 'walk-in', fullName: 'Di Quiet' } as const;
  player.must('front-desk', { ...walkIn, dob: '1970-01-01' }, { at: '09:50' });
  player.must('front-desk', { type: 'setFlags', visitId: 'private', privacy: true });
  player.book('gone', '09:00', { fullName: 'Ed Gone' });
  player.move('front-desk', 'gone', 'cancelled', '09:55', { by: 'patient', reason: 'ill' });
  return player;
}

describe('[H-03] the downtime roster', () => {
  test('names who is here and who is expected, by time, with room, provider and waits', () => {
    const roster = rosterOf(midday());
    expect(roster.rows.map(({ name }) => name)).toEqual(['Cy Roomed', 'D. Q.', 'Bo Early', 'Ann Expected']);
    expect(roster.over).toBe(1);
    const [roomed, , early, expected] = roster.rows;
    expect(roomed).toEqual({
      ...{ startAt: clock('09:30'), name: 'Cy Roomed', dob: null, provider: 'Dr. A', room: 'Room 1' },
      ...{ state: 'Appointment prep', arrivedAt: clock('09:10'), waitingSince: clock('09:30'), kind: '' },
    });
    // Who came early waits from the booked time on.
    expect(early).toMatchObject({ arrivedAt: clock('09:40'), waitingSince: at });
    expect(expected).toMatchObject({
      ...{ state: 'Scheduled', dob: '1980-02-03', arrivedAt: null, waitingSince: null, kind: 'Office visit' },
    });
  });

  test('[privacy] whoever asked for privacy has initials and no date of birth: paper lies open', () => {
    const roster = rosterOf(midday());
    expect(roster.rows[1]).toMatchObject({ name: 'D. Q.', dob: null, kind: 'Walk-in' });
    expect(JSON.stringify(roster)).not.toContain('Quiet');
  });

  test('[privacy] nothing else of a patient is in it: no phone, reason, note or alert', () => {
    const player = midday();
    player.must('front-desk', { type: 'updatePerson', visitId: 'early', phone: '555-0100' });
    player.must('front-desk', { type: 'setNote', visitId: 'early', note: 'a note' });
    const text = JSON.stringify(rosterOf(player));
    expect(text).not.toMatch(/555-0100|a note|phone|reason|alert/);
  });

  test('of a day without a board it is empty, and says so', () => {
    expect(buildRoster(new BoardState(), frame)).toEqual({ v: 1, ...frame, seq: 0, rows: [], over: 0 });
  });
});
