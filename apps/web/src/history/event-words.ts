import type { BoardEvent, Day, EventOf, Milestone, Visit } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import { clockTime } from '../format/clock.ts';
import { ehrStatusWords, writeFailureWords } from '../model/ehr-words.ts';

/** Names behind the ids of a board. */
export type Names = {
  day: Day;
  roomName: (roomId: string) => string;
  patientName: (visitId: string) => string;
};

export const milestoneLabel: Record<Milestone, string> = {
  confirmedAt: 'Confirmed',
  arrivedAt: 'Arrived',
  checkInCompletedAt: 'Check-in completed',
  roomedAt: 'Roomed',
  readyAt: 'Ready for MD',
  withDoctorAt: 'Doctor started',
  seenAt: 'Seen by MD',
  completedAt: 'Checked out',
  leftAt: 'Left',
  noShowAt: 'No show',
  cancelledAt: 'Cancelled',
  rescheduledAt: 'Rescheduled',
  voidedAt: 'Removed',
};

const label = (status: Visit['status']): string => statusInfo[status].label;

function withReason(words: string, reason: string | null): string {
  return reason ? `${words} (${reason})` : words;
}

function providerName({ day }: Names, id: string | null): string {
  return day.providers.find((each) => each.id === id)?.name ?? 'nobody';
}

function movedWords(event: EventOf<'visit.moved'>): string {
  const words = `${label(event.from)} → ${label(event.to)}`;
  const estimated = event.isEstimated ? ', time estimated' : '';
  const again = event.isReCheckIn ? 'Checked in again: ' : '';
  return withReason(`${again}${words}${estimated}`, event.reason);
}

function settledWords({ conflict, ehrWrite }: EventOf<'visit.write-settled'>): string {
  if (conflict) return 'The EHR and the board say different things';
  if (ehrWrite.failed !== null) return `Not written to the EHR: ${writeFailureWords(ehrWrite.failed)}`;
  if (ehrWrite.would !== null) return `Would be written to the EHR: ${ehrStatusWords(ehrWrite.would)}`;
  const word = ehrStatusWords(ehrWrite.agreed);
  return ehrWrite.dropped !== null ? `The EHR’s word counts: ${word}` : `In the EHR: ${word}`;
}

const modeWords = { off: 'off', 'dry-run': 'a dry run', on: 'on' } as const;

type Words = { [T in BoardEvent['type']]: (event: EventOf<T>, names: Names) => string };

/** One sentence for every event; a new event does not compile until it has its sentence. */
const words: Words = {
  'day.configured': () => 'The day was configured',
  'day.closing-started': () => 'Closing the day began',
  'day.closed': ({ noShows }) =>
    noShows.length === 0 ? 'The day was closed' : `The day was closed with ${noShows.length} no-shows`,
  'day.reopened': ({ reason }) => withReason('The day was reopened', reason),
  'day.write-back-set': ({ mode }) => `Write-back to the EHR is ${modeWords[mode]}`,
  'visit.created': ({ visit }) => (visit.kind === 'walk-in' ? 'Walked in' : 'Put on the schedule'),
  'visit.moved': (event) => movedWords(event),
  'visit.check-in-completed': ({ isCompleted }) =>
    isCompleted ? 'Check-in completed' : 'Check-in set back to incomplete',
  'visit.undone': ({ reason }) => withReason('Undid the last step', reason),
  'visit.time-corrected': ({ milestone, was, at, reason }, { day }) =>
    withReason(
      `${milestoneLabel[milestone]}: ${was === null ? 'unknown' : clockTime(day.zone, was)} corrected to ${clockTime(day.zone, at)}`,
      reason,
    ),
  'visit.room-assigned': ({ from, to }, { roomName }) => {
    if (to === null) return from === null ? 'No room' : `Left ${roomName(from)}`;
    return from === null ? `Into ${roomName(to)}` : `${roomName(from)} → ${roomName(to)}`;
  },
  'visit.provider-changed': ({ from, to }, names) =>
    `Provider: ${providerName(names, from)} → ${providerName(names, to)}`,
  'visit.type-changed': ({ to }, { day }) =>
    `Visit type: ${day.visitTypes.find((each) => each.id === to)?.label ?? 'none'}`,
  'visit.pinned': ({ isPinned }) => (isPinned ? 'Pinned to the top' : 'Unpinned'),
  'visit.flagged': ({ flags }) => {
    const set = Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []));
    return `Marks: ${set.join(', ') || 'none'}`;
  },
  'visit.stepped-out': ({ where }) => `Stepped out: ${where}`,
  'visit.stepped-back': () => 'Came back',
  'visit.booking-changed': ({ startAt }, { day }) =>
    startAt === null ? 'Booking changed' : `Booking changed: ${clockTime(day.zone, startAt)}`,
  'visit.ehr-seen': ({ external }) => `EHR: ${external.rawStatus || external.status}`,
  'visit.conflict-resolved': ({ choice, reason }) =>
    withReason(choice === 'accept' ? 'Followed the EHR' : 'Kept the board against the EHR', reason),
  'visit.conflict-postponed': () => 'Put the EHR conflict off',
  'visit.write-settled': (event) => settledWords(event),
  'visit.write-retried': () => 'Asked to try the EHR again',
  'person.changed': () => 'Patient details changed',
  'person.noted': ({ note }) => (note === null ? 'Note removed' : `Note: ${note}`),
  'room.reserved': ({ roomId, expiresAt }, { day, roomName }) =>
    `${roomName(roomId)} held until ${clockTime(day.zone, expiresAt)}`,
  'room.reservation-cancelled': ({ roomId }, { roomName }) => `${roomName(roomId)} no longer held`,
  'room.occupied': ({ roomId }, { roomName }) => `${roomName(roomId)} occupied`,
  'room.released': ({ roomId, needsCleaning }, { roomName }) =>
    `${roomName(roomId)} released${needsCleaning ? ', needs cleaning' : ''}`,
  'room.cleaned': ({ roomId }, { roomName }) => `${roomName(roomId)} cleaned`,
  'room.cleaning-deferred': ({ roomId, until }, { day, roomName }) =>
    `${roomName(roomId)}: cleaning deferred until ${clockTime(day.zone, until)}`,
  'room.service-changed': ({ roomId, isInService, reason }, { roomName }) =>
    withReason(`${roomName(roomId)} ${isInService ? 'back in service' : 'out of service'}`, reason),
  'sync.reported': ({ sync }) => `EHR synchronisation: ${sync.phase}`,
};

/** What an event means, as a person would say it. */
export function eventWords(event: BoardEvent, names: Names): string {
  return (words[event.type] as (event: BoardEvent, names: Names) => string)(event, names);
}

/** Facts that only repeat another event of the same step; a visit's history leaves them out. */
export function isEcho(event: BoardEvent): boolean {
  return event.type === 'room.occupied' || event.type === 'room.released';
}
