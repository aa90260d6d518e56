/** The roster of a day for paper: who is here and who is expected, and of each no more than desk and rooms need. */
import type { Day, Person, Room, Roster, RosterRow, Visit } from '@workflow-bolt/contracts';
import type { BoardState } from '../board-state.ts';
import { initialsOf } from '../shown-name.ts';
import { isExpected, isHidden, isInOffice, statusInfo } from '../status-info.ts';
import { runningWaitMs } from '../waits.ts';

/** What is known of the clinic without its board, and the moment of the roster (epoch ms). */
export type RosterFrame = Pick<Roster, 'clinic' | 'clinicName' | 'date' | 'zone' | 'at'>;

type Contents = {
  day: Day | null;
  rooms: Map<string, Room>;
  persons: Map<string, Person>;
  visits: Visit[];
};

function contentsOf(state: BoardState): Contents {
  const found: Contents = { day: null, rooms: new Map(), persons: new Map(), visits: [] };
  for (const [, { d }] of state.entries()) {
    if (d.type === 'day') found.day = d;
    else if (d.type === 'room') found.rooms.set(d.id, d);
    else if (d.type === 'person') found.persons.set(d.visitId, d);
    else if (d.type === 'visit') found.visits.push(d);
  }
  return found;
}

const unknownName = 'Name not known';

/** Paper lies open on a desk: whoever asked for privacy stands on it with initials. */
function whoOf({ flags }: Visit, person: Person | undefined): Pick<RosterRow, 'name' | 'dob'> {
  if (!person || person.fullName === '') return { name: unknownName, dob: null };
  if (flags.privacy || person.isPrivate === true) return { name: initialsOf(person.fullName), dob: null };
  return { name: person.fullName, dob: person.dob };
}

function kindOf({ kind, visitTypeId }: Visit, day: Day | null): string {
  const label = day?.visitTypes.find(({ id }) => id === visitTypeId)?.label ?? null;
  if (kind === 'walk-in') return label === null ? 'Walk-in' : `Walk-in: ${label}`.slice(0, 60);
  return label ?? '';
}

function rowOf(visit: Visit, { day, rooms, persons }: Contents, at: number): RosterRow {
  const waitMs = runningWaitMs(visit, at);
  return {
    startAt: visit.startAt,
    ...whoOf(visit, persons.get(visit.id)),
    provider: day?.providers.find(({ id }) => id === visit.providerId)?.name ?? null,
    room: rooms.get(visit.roomId ?? '')?.name ?? null,
    state: statusInfo[visit.status].label,
    arrivedAt: visit.milestones.arrivedAt ?? null,
    waitingSince: waitMs === null ? null : at - waitMs,
    kind: kindOf(visit, day),
  };
}

const timeOf = ({ startAt, arrivedAt }: RosterRow): number => startAt ?? arrivedAt ?? Number.MAX_SAFE_INTEGER;
const byTime = (a: RosterRow, b: RosterRow): number =>
  timeOf(a) - timeOf(b) || (a.name < b.name ? -1 : Number(a.name > b.name));

/** The roster of a board as it stands; of a day without a board, an empty one. */
export function buildRoster(state: BoardState, frame: RosterFrame): Roster {
  const contents = contentsOf(state);
  const shown = contents.visits.filter(({ status }) => isInOffice(status) || isExpected(status));
  const rows = shown.map((visit) => rowOf(visit, contents, frame.at)).sort(byTime);
  const over = contents.visits.filter(({ status }) => !isHidden(status)).length - shown.length;
  return { v: 1, ...frame, seq: state.seq, rows, over };
}
