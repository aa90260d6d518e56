import type { EventOf, LogFrame } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoardPlayer, clock, scheduleRow } from './board-player.ts';
import { clickQuality, roomTurnovers } from './log-metrics.ts';
import { dayMetrics, providerMetrics } from './metrics.ts';
import { commandOf, openDay, roleOf, stepArbitrary } from './random-day.ts';
import { mean, median, percentile, summarise } from './statistics.ts';
import { valueAddedShare, waitOf } from './waits.ts';

/** Plays one whole visit; minutes between the steps. */
function passage(player: BoardPlayer, id: string, start: string, gaps: readonly number[]): void {
  player.now = clock(start);
  player.move('front-desk', id, 'arrived');
  const steps = [
    ['medical-assistant', 'appt-prep'],
    ['medical-assistant', 'ready-for-md'],
    ['provider', 'with-doctor'],
    ['provider', 'seen-by-md'],
    ['front-desk', 'completed'],
  ] as const;
  for (const [index, [role, to]] of steps.entries()) {
    player.wait(gaps[index] ?? 0);
    player.move(role, id, to);
  }
}

type Times = Partial<Record<string, number>>;

/**
 * Recomputes milestone times from the log alone, without `evolve`: forward moves, corrections and undo of
 * a day that is simple enough to do so by hand.
 */
function timesFromLog(frames: readonly LogFrame[]): Map<string, Times> {
  const undone = new Set(
    frames.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'visit.undone' ? [event.undoes.split('#')[0]] : [])),
    ),
  );
  const times = new Map<string, Times>();
  for (const frame of frames) {
    if (undone.has(frame.commandId)) continue;
    for (const event of frame.events) {
      if (event.type === 'visit.moved') {
        const moved: EventOf<'visit.moved'> = event;
        times.set(moved.visitId, { ...times.get(moved.visitId), [moved.to]: moved.effectiveAt });
      }
      if (event.type === 'visit.time-corrected' && event.milestone === 'arrivedAt') {
        times.set(event.visitId, { ...times.get(event.visitId), arrived: event.at });
      }
    }
  }
  return times;
}

function differences(times: Map<string, Times>, from: string, to: string): number[] {
  return [...times.values()]
    .flatMap((each) => (each[from] === undefined || each[to] === undefined ? [] : [each[to] - each[from]]))
    .sort((a, b) => a - b);
}

/** Mean, median and p90 written differently from statistics.ts. */
function independently(sorted: readonly number[]) {
  const n = sorted.length;
  if (n === 0) return { count: 0, meanMs: null, medianMs: null, p90Ms: null };
  let sum = 0;
  for (const each of sorted) sum += each;
  const low = sorted[(n - 1) >> 1] ?? 0;
  const high = sorted[n >> 1] ?? 0;
  let p90 = sorted[n - 1] ?? 0;
  for (let i = n - 1; i >= 0 && (i + 1) / n >= 0.9; i--) p90 = sorted[i] ?? 0;
  return { count: n, meanMs: sum / n, medianMs: (low + high) / 2, p90Ms: p90 };
}

describe('scenario 27: metrics at 17:00', () => {
  function wholeDay(): BoardPlayer {
    const player = new BoardPlayer();
    const gaps = [
      [5, 7, 9, 20, 4],
      [12, 6, 15, 18, 3],
      [1, 11, 2, 31, 8],
      [22, 5, 30, 12, 2],
      [8, 8, 8, 8, 8],
      [3, 9, 27, 16, 5],
    ];
    gaps.forEach((each, i) => {
      const start = `${String(9 + i).padStart(2, '0')}:00`;
      player.book(`v${i}`, start, { providerId: i % 2 === 0 ? 'dr-a' : 'dr-b' });
      passage(player, `v${i}`, start, each);
    });
    player.book('fast', '15:30');
    player.move('front-desk', 'fast', 'arrived', '15:30');
    player.move('provider', 'fast', 'with-doctor', '15:50');
    player.move('provider', 'fast', 'completed', '16:10');
    player.must('front-desk', {
      type: 'correctTime',
      visitId: 'v0',
      milestone: 'arrivedAt',
      at: clock('08:55'),
    });
    player.book('oops', '16:00');
    player.move('front-desk', 'oops', 'arrived', '16:20');
    player.move('medical-assistant', 'oops', 'appt-prep', '16:21');
    player.must('medical-assistant', { type: 'undoLast', visitId: 'oops', eventId: player.lastEventId() });
    player.now = clock('17:00');
    return player;
  }

  const pairs = [
    ['lobbyRaw', 'arrived', 'appt-prep'],
    ['prep', 'appt-prep', 'ready-for-md'],
    ['inRoomWait', 'ready-for-md', 'with-doctor'],
    ['doorToProvider', 'arrived', 'with-doctor'],
    ['provider', 'with-doctor', 'seen-by-md'],
    ['wrapUp', 'seen-by-md', 'completed'],
    ['cycle', 'arrived', 'completed'],
  ] as const;

  it.each(pairs)('[V24] %s equals an independent recomputation from the log', (name, from, to) => {
    const player = wholeDay();
    const times = timesFromLog(player.frames);
    const { intervals } = dayMetrics(player.visits(), player.now);
    expect(intervals[name].finished).toEqual(independently(differences(times, from, to)));
    expect(intervals[name].finished.count).toBeGreaterThan(5);
  });

  it.each(['dr-a', 'dr-b'] as const)('[V24] and per provider: %s', (providerId) => {
    const player = wholeDay();
    const own = new Set(
      player.visits().flatMap((visit) => (visit.providerId === providerId ? [visit.id] : [])),
    );
    const times = new Map([...timesFromLog(player.frames)].filter(([id]) => own.has(id)));
    const metrics = providerMetrics(player.visits(), player.now).get(providerId);
    for (const [name, from, to] of pairs) {
      expect(metrics?.intervals[name].finished).toEqual(independently(differences(times, from, to)));
    }
  });

  it('[V24] shows waiting now beside finished, and the undone click nowhere', () => {
    const player = wholeDay();
    const metrics = dayMetrics(player.visits(), player.now);
    expect(metrics.waiting).toBe(1);
    expect(metrics.averageWaitNowMs).toBe(40 * 60_000);
    expect(metrics.intervals.lobbyRaw.running).toEqual({ count: 1, meanMs: 40 * 60_000, maxMs: 40 * 60_000 });
    expect(metrics.counts.completed).toBe(7);
  });

  it('[V25] lists hasty clicks and rooming without the tick, per station', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.book('v2', '09:00');
    const step = (id: string, to: 'arrived' | 'appt-prep' | 'ready-for-md', now: number, station: string) =>
      player.must(
        to === 'arrived' ? 'front-desk' : 'medical-assistant',
        { type: 'moveVisit', visitId: id, to },
        { now, station },
      );
    step('v1', 'arrived', clock('09:00'), 'desk');
    step('v2', 'arrived', clock('09:00'), 'desk');
    player.must(
      'front-desk',
      { type: 'setCheckInCompleted', visitId: 'v2', isCompleted: true },
      { at: '09:01' },
    );
    step('v1', 'appt-prep', clock('09:10'), 'tablet-1');
    step('v1', 'ready-for-md', clock('09:10') + 59_999, 'tablet-1');
    step('v2', 'appt-prep', clock('09:20'), 'tablet-2');
    step('v2', 'ready-for-md', clock('09:21'), 'tablet-2');
    expect(clickQuality(player.frames)).toEqual([
      {
        station: 'desk',
        steps: 2,
        hasty: [],
        roomed: 0,
        roomedUnticked: 0,
        untickedShare: null,
        isPoor: false,
      },
      {
        station: 'tablet-1',
        steps: 2,
        hasty: [{ visitId: 'v1', from: 'appt-prep', to: 'ready-for-md', gapMs: 59_999 }],
        roomed: 1,
        roomedUnticked: 1,
        untickedShare: 1,
        isPoor: true,
      },
      {
        station: 'tablet-2',
        steps: 2,
        hasty: [],
        roomed: 1,
        roomedUnticked: 0,
        untickedShare: 0,
        isPoor: false,
      },
    ]);
  });

  it('[V17] measures room turnover from patient out to clean', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('medical-assistant', 'v1', 'with-doctor', '09:05', { roomId: 'room-1' });
    player.move('medical-assistant', 'v1', 'completed', '09:30');
    player.must(
      'medical-assistant',
      { type: 'undoLast', visitId: 'v1', eventId: player.lastEventId() },
      { at: '09:31' },
    );
    player.move('medical-assistant', 'v1', 'completed', '09:40');
    expect(roomTurnovers(player.frames)).toEqual([
      { roomId: 'room-1', outAt: clock('09:40'), readyAt: null, ms: null },
    ]);
    player.must('medical-assistant', { type: 'markRoomClean', roomId: 'room-1' }, { at: '09:47' });
    expect(roomTurnovers(player.frames)).toEqual([
      { roomId: 'room-1', outAt: clock('09:40'), readyAt: clock('09:47'), ms: 7 * 60_000 },
    ]);
  });
});

describe('[V23] waits of any day', () => {
  it('are never negative, and estimated or skipped ones are in no average', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 5, maxLength: 40 }), (steps) => {
        const player = openDay();
        for (const step of steps) {
          player.now += step.minutes * 60_000;
          const command = commandOf(player, step);
          player.play(roleOf(player, command, step), command);
        }
        const visits = player.visits();
        const counted = visits.filter((visit) => {
          const { arrivedAt, roomedAt } = visit.milestones;
          const isEstimated = visit.estimated.some((name) => name === 'arrivedAt' || name === 'roomedAt');
          return visit.status !== 'entered-in-error' && arrivedAt && roomedAt && !isEstimated;
        });
        const { lobbyRaw } = dayMetrics(visits, player.now).intervals;
        expect(lobbyRaw.finished.count).toBe(counted.length);
        for (const visit of visits) expect(waitOf(visit, 'lobbyRaw', 0)?.ms ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  it('value-added share needs every time', () => {
    const player = new BoardPlayer();
    player.book('v1', '09:00');
    passage(player, 'v1', '09:00', [10, 10, 10, 20, 10]);
    expect(valueAddedShare(player.visit('v1'))).toBe(0.5);
    const { readyAt: _readyAt, ...others } = player.visit('v1').milestones;
    expect(valueAddedShare({ ...player.visit('v1'), milestones: others })).toBeNull();
  });

  it('an EHR check-out ends the visit but tells nothing about the provider time', () => {
    const player = new BoardPlayer();
    player.must('system', scheduleRow('v1', '09:00'));
    player.move('front-desk', 'v1', 'arrived', '09:00');
    player.move('provider', 'v1', 'with-doctor', '09:10');
    player.must('system', scheduleRow('v1', '09:00', { status: 'CheckedOut' }), { at: '10:00' });
    expect(player.visit('v1')).toMatchObject({
      status: 'completed',
      estimated: ['completedAt'],
      skipped: ['roomedAt', 'readyAt', 'seenAt'],
    });
    expect(waitOf(player.visit('v1'), 'provider', player.now)).toBeNull();
    const { intervals } = dayMetrics(player.visits(), player.now);
    expect([intervals.cycle.finished.count, intervals.provider.finished.count]).toEqual([0, 0]);
  });
});

describe('statistics', () => {
  it('of nothing are unknown, not zero', () => {
    expect(summarise([])).toEqual({ count: 0, meanMs: null, medianMs: null, p90Ms: null });
  });

  it('take the middle and the nearest rank', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), mean([1, 2])]).toEqual([2, 2.5, 1.5]);
    expect([percentile([5], 90), percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90)]).toEqual([5, 9]);
    expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90)).toBe(10);
  });
});
