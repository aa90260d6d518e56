import type { Day, EntityId, Visit } from '@workflow-bolt/contracts';
import { BoardState, syncOf } from '@workflow-bolt/domain';
import { expect, test } from 'vitest';
import { backlogOf } from './write-back-backlog.ts';

const at = 1_773_151_200_000;
const day: Day = {
  ...{ type: 'day', clinic: 'north', clinicName: 'North', date: '2026-03-10', zone: 'America/Chicago' },
  ...{ state: 'open', providers: [], visitTypes: [], isRoomRequired: false },
  thresholds: {
    ...{ lobbyAmber: 10, lobbyRed: 15, roomIdleAmber: 10, roomIdleRed: 20, visitTotalRed: 60, seenRed: 15 },
    ...{ cleaningRed: 10, late: 1, noShowProposal: 30, withDoctorSlotFactor: 1.5 },
  },
  columnRules: { arrivedSoon: 15, readySoon: 10, walkInLong: 75, doctorSoon: 5 },
  ...{ readyToBeSeenMeans: 'check-in-completed', writeBack: 'on' },
};
/** Somebody who came without an appointment: the EHR has yet to hear of it. */
const walkIn = (id: string, statusSince: number, more: Partial<Visit> = {}): Visit => ({
  ...{ type: 'visit', id, kind: 'walk-in', status: 'arrived', statusSince, milestones: { arrivedAt: at } },
  ...{ skipped: [], estimated: [], corrected: [], roomId: null, providerId: null, roomStays: [] },
  ...{
    providerSegments: [],
    waitSegments: [],
    steppedOut: null,
    outcome: null,
    lateMin: null,
    startAt: null,
  },
  ...{ durationMin: null, visitTypeId: null, locationName: null, patientKey: null, reservedRoomId: null },
  ...{ earlierEpisodes: [], isPinned: false, isExpress: false, external: null },
  flags: { interpreter: false, mobility: false, privacy: false },
  ...{ ehrWarning: null, conflict: null, source: 'ui', createdAt: at, undoable: null, ...more },
});
const board = (written: Day, ...visits: Visit[]) =>
  new BoardState([
    ['day' as EntityId, { v: 1, d: written }],
    ...visits.map((visit): [EntityId, { v: number; d: Visit }] => [`v:${visit.id}`, { v: 1, d: visit }]),
  ]);

test('counts what waits over all boards, with the oldest; a dry run and a hidden visit owe nothing', () => {
  const waiting = walkIn('a', at + 60_000);
  expect(syncOf(waiting, day).state).toBe('waiting');
  const hidden = walkIn('c', at, { status: 'entered-in-error' });
  const boards = [
    board(day, waiting, walkIn('b', at + 30_000), hidden),
    board(day, walkIn('d', at + 90_000)),
    board({ ...day, writeBack: 'dry-run' }, walkIn('e', at)),
  ];
  expect(backlogOf(boards)).toEqual({ waiting: 3, failed: 0, conflict: 0, oldestAt: at + 30_000 });
  expect(backlogOf([])).toEqual({ waiting: 0, failed: 0, conflict: 0, oldestAt: null });
});
