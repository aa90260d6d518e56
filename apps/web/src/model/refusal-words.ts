/** Why a step did not happen, in words with names instead of ids. */
import { type Command, type ProblemCode, problems, type Role } from '@workflow-bolt/contracts';
import { clockTime } from '../format/clock.ts';
import { roleLabel } from '../session/role-label.ts';
import { type Entities, findDay, patientName, roomName } from './entities.ts';

type Details = Readonly<Record<string, unknown>>;
type Words = (details: Details, entities: Entities) => string;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function freeRooms(details: Details, entities: Entities): string {
  const free = texts(details.free).map((id) => roomName(entities, id));
  return free.length > 0 ? ` Free now: ${free.join(', ')}.` : ' No other room is free.';
}

function at(entities: Entities, value: unknown): string {
  const day = findDay(entities);
  return day && typeof value === 'number' ? clockTime(day.zone, value) : 'then';
}

function between({ notBefore, notAfter }: Details, entities: Entities): string {
  const from = typeof notBefore === 'number' && notBefore > 0 ? at(entities, notBefore) : null;
  const to =
    typeof notAfter === 'number' && notAfter < Number.MAX_SAFE_INTEGER ? at(entities, notAfter) : null;
  if (from && to) return `The time must lie between ${from} and ${to}.`;
  return from ? `The time cannot be before ${from}.` : `The time cannot be after ${to}.`;
}

const specific: Partial<Record<ProblemCode, Words>> = {
  room_occupied: (details, entities) => {
    const who = texts(details.occupants).map((id) => patientName(entities, id));
    const room = roomName(entities, text(details.roomId));
    return `${room} is taken by ${who.join(', ') || 'someone else'}.${freeRooms(details, entities)}`;
  },
  room_reserved: (details, entities) => {
    const room = roomName(entities, text(details.roomId));
    const holder = patientName(entities, text(details.reservedFor));
    return `${room} is held for ${holder}.${freeRooms(details, entities)}`;
  },
  room_not_ready: (details, entities) => {
    const state = details.state === 'needs-cleaning' ? 'needs cleaning' : 'is out of service';
    return `${roomName(entities, text(details.roomId))} ${state}.${freeRooms(details, entities)}`;
  },
  permission_denied: (details) => {
    const required = texts(details.required).map((role) => roleLabel[role as Role] ?? role);
    return `Your role may not do this. It is for: ${required.join(', ') || 'others'}.`;
  },
  time_out_of_order: between,
  time_in_future: () => 'The time lies in the future.',
  grace_not_passed: (details, entities) =>
    `Too early to call this a no-show: wait until ${at(entities, details.notBefore)}.`,
};

/** One or two sentences a person can act on. */
export function refusalWords(code: ProblemCode, details: Details, entities: Entities): string {
  return specific[code]?.(details, entities) ?? problems[code].title;
}

const commandWords: Record<Command['type'], string> = {
  createVisit: 'New visit',
  moveVisit: 'Next step',
  setCheckInCompleted: 'Papers done',
  undoLast: 'Undo',
  correctTime: 'Time correction',
  assignRoom: 'Room',
  reserveRoom: 'Holding a room',
  cancelReservation: 'Ending a hold',
  setProvider: 'Provider',
  setVisitType: 'Visit type',
  setNote: 'Note',
  setPinned: 'Pin',
  setFlags: 'Marks',
  stepOut: 'Stepped out',
  stepBack: 'Came back',
  updatePerson: 'Patient details',
  resolveConflict: 'EHR conflict',
  retryWrite: 'Another try at the EHR',
  settleWrite: 'EHR write',
  setWriteBack: 'EHR write-back',
  markRoomClean: 'Room cleaned',
  deferRoomCleaning: 'Defer cleaning',
  setRoomService: 'Room service',
  configureDay: 'Day settings',
  startDayClose: 'Begin to close the day',
  closeDay: 'Close the day',
  reopenDay: 'Reopen the day',
  applyScheduleRow: 'Schedule row',
  applyPersonDetails: 'Patient details',
  noteAbsence: 'EHR absence',
  reportSync: 'Synchronisation',
};

/** The step in two or three words, for lists of steps. */
export function commandName(command: Command): string {
  return commandWords[command.type];
}
