import { visitStatuses } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock, testDay } from './board-player.ts';
import { columns, orderColumn } from './columns.ts';
import { statusInfo } from './status-info.ts';

describe('[V27] columns', () => {
  it('are all statuses but the hidden one, in the order of a visit', () => {
    expect(columns.map((column) => column.status)).toEqual(
      visitStatuses.filter((each) => statusInfo[each].group !== 'hidden'),
    );
  });

  it('callable patients: at their time, then long-waiting walk-ins, then soon, then the longest wait', () => {
    const player = new BoardPlayer();
    const walkIn = (visitId: string, at: string) =>
      player.must('front-desk', { type: 'createVisit', visitId, kind: 'walk-in', fullName: visitId }, { at });
    walkIn('walk-long', '08:45');
    walkIn('walk-short', '08:46');
    for (const [id, start] of [
      ['due', '10:00'],
      ['soon', '10:10'],
      ['far', '11:00'],
    ] as const) {
      player.book(id, start);
      player.move('front-desk', id, 'arrived', '09:00');
    }
    for (const id of ['walk-long', 'walk-short', 'due', 'soon', 'far']) {
      player.must('front-desk', { type: 'setCheckInCompleted', visitId: id, isCompleted: true });
    }
    const order = orderColumn('arrived', player.visits(), {
      rules: testDay.day.columnRules,
      now: clock('10:00'),
    });
    expect(order.map((visit) => visit.id)).toEqual(['due', 'walk-long', 'soon', 'walk-short', 'far']);
  });

  it('provider queue: booked within five minutes by their time, else the longest wait', () => {
    const player = new BoardPlayer();
    for (const [id, start, ready] of [
      ['x', '11:00', '09:10'],
      ['y', '10:05', '09:30'],
      ['z', '09:55', '09:40'],
    ] as const) {
      player.book(id, start);
      player.move('front-desk', id, 'arrived', '09:00');
      player.move('medical-assistant', id, 'ready-for-md', ready);
    }
    const order = orderColumn('ready-for-md', player.visits(), {
      rules: testDay.day.columnRules,
      now: clock('10:00'),
    });
    expect(order.map((visit) => visit.id)).toEqual(['z', 'y', 'x']);
  });
});
