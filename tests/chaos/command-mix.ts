/** What staff do, at random: mostly steps that the board offers them, now and then what two people do at once. */
import type { Command, CommandOf, Entity, EntityId, Room, User, Visit } from '@workflow-bolt/contracts';
import { nextActions, targetOf } from '@workflow-bolt/domain';
import type { Rng } from '@workflow-bolt/testkit';

export type Choice = { command: Command; expectedVersion: number | null };
type Contents = ReadonlyMap<EntityId, { v: number; d: Entity }>;
type Scene = { contents: Contents; visits: Visit[]; rooms: Room[]; user: User; rng: Rng; now: number };
type Kind = { weight: number; make: (scene: Scene) => Command | null };

const closing = new Set(['left', 'no-show', 'cancelled', 'rescheduled', 'entered-in-error']);

function move({ contents, visits, rooms, user, rng, now }: Scene): Command | null {
  const day = contents.get('day')?.d;
  const visit = visits.length > 0 ? rng.pick(visits) : null;
  if (day?.type !== 'day' || !visit) return null;
  const offered = nextActions(visit, { role: user.role, day, now });
  const actions = offered.filter(({ command }) => !closing.has(command.to) || rng.chance(0.05));
  if (actions.length === 0) return null;
  const { command, needs } = rng.chance(0.8) ? (actions[0] ?? rng.pick(actions)) : rng.pick(actions);
  const full: CommandOf<'moveVisit'> = { ...command };
  if (needs.includes('reason')) full.reason = 'Chaos';
  if (needs.includes('by')) full.by = 'patient';
  if (command.to === 'appt-prep' && rng.chance(0.7)) full.roomId = rng.pick(rooms).id;
  return full;
}

/** Few rooms, many visits: rooms are where people collide. */
function assignRoom({ visits, rooms, rng }: Scene): Command | null {
  const present = visits.filter(({ status }) => ['arrived', 'appt-prep', 'ready-for-md'].includes(status));
  if (present.length === 0) return null;
  const roomId = rng.chance(0.85) ? rng.pick(rooms.slice(0, 4)).id : null;
  return { type: 'assignRoom', visitId: rng.pick(present).id, roomId };
}

function undo({ visits, rng }: Scene): Command | null {
  const undoable = visits.filter((visit) => visit.undoable !== null);
  if (undoable.length === 0) return null;
  const visit = rng.pick(undoable);
  return visit.undoable && { type: 'undoLast', visitId: visit.id, eventId: visit.undoable.eventId };
}

function note({ visits, rng }: Scene): Command | null {
  if (visits.length === 0) return null;
  return { type: 'setNote', visitId: rng.pick(visits).id, note: `note ${rng.int(1, 1_000_000)}` };
}

function checkIn({ visits, rng }: Scene): Command | null {
  if (visits.length === 0) return null;
  return { type: 'setCheckInCompleted', visitId: rng.pick(visits).id, isCompleted: rng.chance(0.8) };
}

function clean({ rooms, rng }: Scene): Command | null {
  const dirty = rooms.filter((room) => room.state === 'needs-cleaning');
  return dirty.length > 0 ? { type: 'markRoomClean', roomId: rng.pick(dirty).id } : null;
}

function walkIn({ rng, visits }: Scene): Command | null {
  const isFull = visits.filter(({ status }) => status !== 'completed').length > 60;
  if (isFull) return null;
  const name = `Walk In ${rng.int(1, 99_999)}`;
  return { type: 'createVisit', visitId: `w${rng.int(1, 2 ** 50)}`, kind: 'walk-in', fullName: name };
}

const kinds: readonly Kind[] = [
  { weight: 40, make: move },
  { weight: 18, make: assignRoom },
  { weight: 10, make: undo },
  { weight: 10, make: note },
  { weight: 6, make: checkIn },
  { weight: 12, make: clean },
  { weight: 4, make: walkIn },
];

/** The next thing this user does on what the screen shows. */
export function chooseCommand(contents: Contents, user: User, rng: Rng): Choice {
  const entities = [...contents.values()].map(({ d }) => d);
  const visits = entities.filter((d) => d.type === 'visit');
  const rooms = entities.filter((d) => d.type === 'room').sort((a, b) => a.position - b.position);
  const scene = { contents, visits, rooms, user, rng, now: Date.now() };
  for (;;) {
    const command = rng.weighted([...kinds]).make(scene);
    if (!command) {
      if (visits.length === 0) return { command: walkIn(scene) ?? fallback(rng), expectedVersion: null };
      continue;
    }
    const target = targetOf(command);
    const seen = target === null ? undefined : contents.get(target)?.v;
    return { command, expectedVersion: seen !== undefined && rng.chance(0.5) ? seen : null };
  }
}

const fallback = (rng: Rng): Command => ({
  type: 'createVisit',
  visitId: `w${rng.int(1, 2 ** 50)}`,
  kind: 'walk-in',
  fullName: 'Walk In',
});
