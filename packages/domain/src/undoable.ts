import type { BoardEventType, EventContext, Visit } from '@workflow-bolt/contracts';
import { isSameValue } from './same-value.ts';

type Undoable = NonNullable<Visit['undoable']>;
type Before = Undoable['before'];
export type Reservation = NonNullable<Undoable['reservation']>;

/** What undo gives back: the flow, and the attributes staff set on a card. */
const restorable = [
  'status',
  'statusSince',
  'milestones',
  'skipped',
  'estimated',
  'corrected',
  'roomId',
  'providerId',
  'roomStays',
  'providerSegments',
  'waitSegments',
  'steppedOut',
  'outcome',
  'lateMin',
  'isPinned',
  'flags',
  'visitTypeId',
  'conflict',
] as const satisfies readonly (keyof Before & keyof Visit)[];

export type EventMeta = { context: EventContext; index: number; type: BoardEventType };

function replacedFields(before: Visit, after: Visit): Before {
  const changed = restorable.filter((key) => !isSameValue(before[key], after[key]));
  return Object.fromEntries(changed.map((key) => [key, before[key]])) as Before;
}

function undoableOf(visit: Visit, { context, index, type }: EventMeta): Undoable {
  const present = visit.undoable;
  if (present?.eventId.startsWith(`${context.commandId}#`)) return present;
  return {
    eventId: `${context.commandId}#${index}`,
    type,
    at: context.at,
    actorId: context.actor.id,
    before: {},
    startedEpisode: false,
    reservation: null,
  };
}

/**
 * `after` with its undo record. All events of one command share one record, so that undo takes back what a
 * person did in one click; the oldest former value of a field wins.
 */
export function recordUndo(before: Visit, after: Visit, meta: EventMeta): Visit {
  const undoable = undoableOf(before, meta);
  const startedEpisode = after.earlierEpisodes.length > before.earlierEpisodes.length;
  return {
    ...after,
    undoable: {
      ...undoable,
      before: { ...replacedFields(before, after), ...undoable.before },
      startedEpisode: undoable.startedEpisode || startedEpisode,
    },
  };
}

/** Remembers a reservation that the very command that can be undone used up or cancelled. */
export function recordLostReservation(visit: Visit, lost: Reservation, context: EventContext): Visit {
  const { undoable } = visit;
  if (!undoable?.eventId.startsWith(`${context.commandId}#`)) return visit;
  return { ...visit, undoable: { ...undoable, reservation: undoable.reservation ?? lost } };
}

/** The visit as it was before its undoable command; that command cannot be undone twice. */
export function restore(visit: Visit, undoable: Undoable): Visit {
  const { startedEpisode } = undoable;
  return {
    ...visit,
    ...undoable.before,
    earlierEpisodes: startedEpisode ? visit.earlierEpisodes.slice(0, -1) : visit.earlierEpisodes,
    undoable: null,
  };
}
