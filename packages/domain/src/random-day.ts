/** Random days for property tests: commands of all kinds over a small board, most of them possible. */
import { type Command, ehrStatuses, milestones, roles, visitStatuses } from '@workflow-bolt/contracts';
import fc from 'fast-check';
import { BoardPlayer, clock, scheduleRow, testDay } from './board-player.ts';
import { targetsOf, transitionTable } from './transition-table.ts';

export const visitIds = ['a', 'b', 'c', 'd'] as const;
const roomIds = ['room-1', 'room-2', 'iv', 'lobby'] as const;

const smallDay = {
  ...testDay,
  rooms: testDay.rooms.filter((room) => roomIds.some((id) => id === room.id)),
};

/** One booked visit, one from the EHR, one walk-in; `d` is still to come. */
export function openDay(): BoardPlayer {
  const player = new BoardPlayer(smallDay);
  player.now = clock('09:00');
  player.book('a', '09:00');
  player.must('system', scheduleRow('b', '09:10'));
  player.must('front-desk', {
    type: 'createVisit',
    visitId: 'c',
    kind: 'walk-in',
    fullName: 'Walk In',
    providerId: 'dr-b',
  });
  return player;
}

export type Step = {
  pick: number;
  kind: number;
  visitId: (typeof visitIds)[number];
  roomId: (typeof roomIds)[number] | null;
  role: number;
  minutes: number;
  /** Ask for the version seen this many changes ago; null asks for none. */
  staleness: number | null;
  isReplayed: boolean;
};

export const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  pick: fc.nat(997),
  kind: fc.nat(99),
  visitId: fc.constantFrom(...visitIds),
  roomId: fc.constantFrom(...roomIds, null),
  role: fc.nat(19),
  minutes: fc.integer({ min: -3, max: 25 }),
  staleness: fc.option(fc.nat(2), { freq: 3 }),
  isReplayed: fc.boolean(),
});

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

function moveOf(player: BoardPlayer, step: Step): Command {
  const entity = player.board.get(`v:${step.visitId}`)?.d;
  const from = entity?.type === 'visit' ? entity.status : 'scheduled';
  // Mostly somewhere possible, now and then anywhere.
  const possible = targetsOf(from);
  const targets = step.pick % 7 === 0 || possible.length === 0 ? visitStatuses : possible;
  return {
    type: 'moveVisit',
    visitId: step.visitId,
    to: at(targets, step.pick),
    roomId: step.roomId,
    reason: step.pick % 11 === 0 ? null : 'random',
    by: step.pick % 13 === 0 ? null : 'patient',
  };
}

function undoOf(player: BoardPlayer, { visitId }: Step): Command {
  const entity = player.board.get(`v:${visitId}`)?.d;
  const eventId = (entity?.type === 'visit' && entity.undoable?.eventId) || 'other-client:1#0';
  return { type: 'undoLast', visitId, eventId };
}

function rowOf({ visitId, pick }: Step): Command {
  const status = at(ehrStatuses, pick);
  return scheduleRow(visitId, at(['09:00', '09:10', '10:00'], pick), { status });
}

function roomCommand({ visitId, pick, ...step }: Step): Command {
  const roomId = step.roomId ?? 'room-1';
  const commands: Command[] = [
    { type: 'assignRoom', visitId, roomId: step.roomId },
    { type: 'reserveRoom', visitId, roomId, minutes: 1 + (pick % 30) },
    { type: 'markRoomClean', roomId },
    { type: 'markRoomClean', roomId },
    { type: 'cancelReservation', roomId },
    { type: 'deferRoomCleaning', roomId, minutes: 5 },
    { type: 'setRoomService', roomId, isInService: pick % 3 !== 0, reason: 'sink' },
  ];
  return at(commands, pick);
}

function attributeCommand({ visitId, pick }: Step): Command {
  const commands: Command[] = [
    { type: 'setCheckInCompleted', visitId, isCompleted: pick % 3 !== 0 },
    { type: 'setProvider', visitId, providerId: at(['dr-a', 'dr-b', null], pick) },
    { type: 'setVisitType', visitId, visitTypeId: at(['office', 'lab', null], pick) },
    { type: 'setNote', visitId, note: `note ${pick}` },
    { type: 'setPinned', visitId, isPinned: pick % 2 === 0 },
    { type: 'setFlags', visitId, privacy: pick % 2 === 0 },
    { type: 'stepOut', visitId, where: 'X-ray' },
    { type: 'stepBack', visitId },
    { type: 'resolveConflict', visitId, choice: pick % 2 === 0 ? 'accept' : 'keep-mine' },
    { type: 'noteAbsence', visitId, isConfirmed: pick % 2 === 0 },
    { type: 'createVisit', visitId, kind: 'walk-in', fullName: 'Late Walk In' },
  ];
  return at(commands, pick);
}

function correctionOf({ visitId, pick, minutes }: Step, now: number): Command {
  const milestone = at(milestones, pick);
  return { type: 'correctTime', visitId, milestone, at: now - Math.abs(minutes) * 60_000, reason: 'random' };
}

export function commandOf(player: BoardPlayer, step: Step): Command {
  if (step.kind < 50) return moveOf(player, step);
  if (step.kind < 62) return rowOf(step);
  if (step.kind < 75) return roomCommand(step);
  if (step.kind < 88) return attributeCommand(step);
  return step.kind < 94 ? correctionOf(step, player.now) : undoOf(player, step);
}

/** A role that may give the command, in nine of ten cases. */
export function roleOf(player: BoardPlayer, command: Command, step: Step) {
  if (step.role % 10 === 0) return at(roles, step.pick);
  if (command.type === 'moveVisit') {
    const entity = player.board.get(`v:${command.visitId}`)?.d;
    const from = entity?.type === 'visit' ? entity.status : 'scheduled';
    const who = transitionTable[from][command.to]?.who ?? [];
    if (who.length > 0) return at(who, step.role);
  }
  if (command.type === 'applyScheduleRow' || command.type === 'noteAbsence') return 'system' as const;
  if (command.type === 'setCheckInCompleted' || command.type === 'createVisit') return 'front-desk' as const;
  return 'manager' as const;
}
