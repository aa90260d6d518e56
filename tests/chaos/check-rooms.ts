/** I4: no room ever holds more than it can, in the log (state) and in what people were told (occupancy, WGL). */
import type { Room } from '@workflow-bolt/contracts';
import {
  type CheckResult,
  checkLinearizable,
  type HistoryLine,
  type Model,
  type Operation,
  operationsOf,
  type RoomState,
  roomOccupancy,
} from '@workflow-bolt/testkit';
import type { BoardTruth, TruthEntry } from './board-truth.ts';
import type { Given } from './command-client.ts';

type Step = { room: string; f: 'occupy' | 'release'; visit: string };

/** Rooms at a moment when nothing was under way: where a stretch of history begins. */
export type RoomsAt = ReadonlyMap<string, Pick<Room, 'capacity' | 'occupants'>>;

export function roomsOf(truth: BoardTruth): RoomsAt {
  const rooms = [...truth.state.entries()].flatMap(([, { d }]) => (d.type === 'room' ? [d] : []));
  return new Map(rooms.map(({ id, capacity, occupants }) => [id, { capacity, occupants }]));
}

/** Rooms that hold more than their capacity after some entry. */
export function overfullRooms(entries: readonly TruthEntry[]): string[] {
  return entries.flatMap(({ seq, changes }) =>
    [...changes.values()].flatMap((d) =>
      d?.type === 'room' && d.capacity !== null && d.occupants.length > d.capacity
        ? [`${d.id} holds ${d.occupants.join(', ')} at #${seq}`]
        : [],
    ),
  );
}

/** Who went into and out of which room with each command. */
function stepsByCommand(start: RoomsAt, entries: readonly TruthEntry[]): Map<string, Step[]> {
  const occupants = new Map([...start].map(([id, room]) => [id, room.occupants]));
  const steps = new Map<string, Step[]>();
  for (const { frame, changes } of entries) {
    const own = [...changes.values()].flatMap((d): Step[] => {
      if (d?.type !== 'room') return [];
      const before = occupants.get(d.id) ?? [];
      occupants.set(d.id, d.occupants);
      const step = (f: Step['f']) => (visit: string) => ({ room: d.id, f, visit });
      const gone = before.filter((visit) => !d.occupants.includes(visit));
      const come = d.occupants.filter((visit) => !before.includes(visit));
      return [...gone.map(step('release')), ...come.map(step('occupy'))];
    });
    steps.set(frame.commandId, own);
  }
  return steps;
}

/** Every command as what it did to each room; refusals for a full room are answers too. */
function roomOperations(operations: readonly Operation[], steps: ReadonlyMap<string, Step[]>): Operation[] {
  const asked = operations.flatMap((operation): Operation[] => {
    const done = steps.get(operation.opId) ?? [];
    const effects = done.map(({ room, f, visit }) => operationOn(operation, { room, f, visit }, 'done'));
    return [...effects, ...refusedFor(operation)];
  });
  // What the synchronisation did has no request here: it happened at some time.
  const known = new Set(operations.map(({ opId }) => opId));
  const others = [...steps].filter(([commandId]) => !known.has(commandId));
  return [...asked, ...others.flatMap(([commandId, done]) => done.map((step) => anytime(commandId, step)))];
}

function operationOn(operation: Operation, { room, f, visit }: Step, output: string): Operation {
  const opId = `${operation.opId}/${f}/${room}`;
  // It is in the log, so it happened; when its answer was lost, it happened by the end of the stretch.
  return { ...operation, opId, f, key: room, input: { visit }, output, isKnown: true };
}

function refusedFor(operation: Operation): Operation[] {
  const given = operation.output as Given | undefined;
  const command = operation.input as { roomId?: string | null; visitId?: string };
  if (!given || !('code' in given) || given.code !== 'room_occupied' || !command.roomId) return [];
  const step = { room: command.roomId, f: 'occupy' as const, visit: command.visitId ?? '' };
  return [operationOn(operation, step, 'full')];
}

function anytime(commandId: string, { room, f, visit }: Step): Operation {
  const opId = `${commandId}/${f}/${room}`;
  const span = { startUs: 0, endUs: Number.MAX_SAFE_INTEGER };
  return { opId, proc: 'sync', f, key: room, input: { visit }, output: 'done', isKnown: true, ...span };
}

/** Is there one order of all steps into and out of each room that explains every answer of this stretch? */
export function checkRooms(
  start: RoomsAt,
  entries: readonly TruthEntry[],
  lines: readonly HistoryLine[],
): CheckResult {
  const ends = (operation: Operation): Operation =>
    Number.isFinite(operation.endUs) ? operation : { ...operation, endUs: Number.MAX_SAFE_INTEGER };
  const steps = stepsByCommand(start, entries);
  const operations = roomOperations(operationsOf(lines), steps).map(ends);
  return checkLinearizable(operations, startingFrom(start));
}

function startingFrom(start: RoomsAt): Model<RoomState> {
  const models = new Map(
    [...start].map(([id, { capacity }]) => [id, roomOccupancy(capacity ?? Number.POSITIVE_INFINITY)]),
  );
  const anyRoom = roomOccupancy(Number.POSITIVE_INFINITY);
  return {
    name: 'room',
    init: (key) => [...(start.get(key)?.occupants ?? [])].sort(),
    step: (state, operation) => (models.get(operation.key) ?? anyRoom).step(state, operation),
    hash: (state) => state.join(','),
  };
}
