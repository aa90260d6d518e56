import { describe, expect, it } from 'vitest';
import { visitAlarms, worstLevel } from './alarms.ts';
import { BoardPlayer, clock, playerIn } from './board-player.ts';
import { minutes } from './clinic-time.ts';

describe('[V26] alarms', () => {
  it.each([
    ['ready-for-md', 9, null],
    ['ready-for-md', 10, 'amber'],
    ['ready-for-md', 20, 'red'],
    ['with-doctor', 29, null],
    ['with-doctor', 30, 'info'],
    ['seen-by-md', 14, null],
    ['seen-by-md', 15, 'red'],
  ] as const)('%s for %i minutes: %s', (status, count, level) => {
    const visit = playerIn(status).visit('v1');
    const kinds = { 'ready-for-md': 'room-idle', 'with-doctor': 'with-doctor', 'seen-by-md': 'seen' };
    const alarms = visitAlarms(visit, playerIn('arrived').get('day', ''), visit.statusSince + minutes(count));
    expect(alarms.find((each) => each.kind === kinds[status])?.level ?? null).toBe(level);
  });

  it('the whole visit turns red at sixty minutes, counted from the booked time for the early', () => {
    const player = new BoardPlayer();
    player.book('v1', '10:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'appt-prep', '10:05');
    const at = (time: string) => visitAlarms(player.visit('v1'), player.get('day', ''), clock(time));
    expect([at('10:59'), at('11:00')]).toEqual([
      [],
      [{ kind: 'visit-total', level: 'red', ms: minutes(60) }],
    ]);
    expect(worstLevel([{ kind: 'late', level: 'amber', ms: 1 }, ...at('11:00')])).toBe('red');
    expect(worstLevel([])).toBeNull();
  });
});
