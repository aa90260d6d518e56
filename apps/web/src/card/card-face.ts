/** What a card says, as words: built from entities by pure functions, drawn by `CardView`. */
import type { Day, Person, Visit } from '@workflow-bolt/contracts';
import { isClosed, isInOffice, statusInfo } from '@workflow-bolt/domain';
import { ageInYears, birthDate, clockTime } from '../format/clock.ts';
import { type ConflictFace, conflictFace } from '../model/conflict-face.ts';
import { type SyncMark, syncMark } from '../model/sync-mark.ts';
import type { Chip } from './card-chip.tsx';
import { cardChips } from './card-chips.ts';

export type CardFace = {
  visitId: string;
  name: string;
  dobLine: string | null;
  reasonLine: string;
  providerName: string;
  providerColor: string;
  timeText: string;
  isWalkIn: boolean;
  isPinned: boolean;
  isPending: boolean;
  hasAttention: boolean;
  /** It came to its column a moment ago; shown by a short flash. */
  isFresh: boolean;
  roomText: string | null;
  isRoomMissing: boolean;
  /** Null where the tick does not apply. */
  isCheckInCompleted: boolean | null;
  chips: Chip[];
  /** How and when the visit ended; null while it goes on. */
  endedText: string | null;
  /** Said quietly beside the facts: the EHR has it all. */
  isInEhr: boolean;
  /** What to decide about the EHR; null when nothing is, or when somebody has put it off. */
  conflict: ConflictFace | null;
};

export type CardFacts = {
  visit: Visit;
  person: Person | null;
  day: Day;
  /** Name of the room the patient is in, and of the one held for them. */
  room: string | null;
  heldRoom: string | null;
  /** Other visits of the same patient today. */
  linkedCount: number;
  /** Another patient today has a name that can be mistaken for this one. */
  hasSimilarName: boolean;
  isPending: boolean;
  attention: string | null;
  isFresh: boolean;
  /** This reader is told how the visit stands with the EHR. */
  isEhrShown: boolean;
};

const unknownColor = '#8a969c';

/** Everything a card says besides its running clock and its buttons. */
export function cardFace(facts: CardFacts): CardFace {
  const { visit, person, day } = facts;
  const provider = day.providers.find((each) => each.id === visit.providerId);
  const mark: SyncMark | null = facts.isEhrShown ? syncMark(visit, day) : null;
  return {
    visitId: visit.id,
    name: person?.fullName ?? 'Name not loaded',
    dobLine: dobLine(person, day.date),
    reasonLine: reasonLine(visit, person, day),
    providerName: provider?.name ?? 'No provider',
    providerColor: provider?.color ?? unknownColor,
    timeText: visit.startAt === null ? 'Walk-in' : clockTime(day.zone, visit.startAt),
    isWalkIn: visit.kind === 'walk-in',
    isPinned: visit.isPinned,
    isPending: facts.isPending,
    hasAttention: facts.attention !== null,
    isFresh: facts.isFresh,
    ...roomWords(facts),
    isCheckInCompleted: visit.status === 'arrived' ? visit.milestones.checkInCompletedAt !== undefined : null,
    chips: cardChips(facts, mark),
    endedText: isClosed(visit.status) ? closedWords(visit, day) : null,
    isInEhr: mark?.state === 'in-sync',
    conflict: facts.isEhrShown ? openConflict(visit, day) : null,
  };
}

function dobLine(person: Person | null, onDate: string): string | null {
  if (!person?.dob) return null;
  return `DOB ${birthDate(person.dob)} (${ageInYears(person.dob, onDate)})`;
}

function reasonLine(visit: Visit, person: Person | null, day: Day): string {
  const type = day.visitTypes.find((each) => each.id === visit.visitTypeId)?.label;
  const complaint = person?.reason;
  // Some schedules repeat the visit type as the reason.
  const words = complaint === type ? [type] : [type, complaint];
  return words.filter(Boolean).join(' – ') || 'No reason given';
}

function roomWords({ visit, room, heldRoom }: CardFacts): Pick<CardFace, 'roomText' | 'isRoomMissing'> {
  if (room !== null) return { roomText: room, isRoomMissing: false };
  if (heldRoom !== null) return { roomText: `${heldRoom} held`, isRoomMissing: false };
  const isMissing = isInOffice(visit.status) && statusInfo[visit.status].group === 'room';
  return { roomText: isMissing ? 'No room yet' : null, isRoomMissing: isMissing };
}

function closedWords(visit: Visit, day: Day): string {
  const words = [statusInfo[visit.status].label, clockTime(day.zone, visit.statusSince)];
  if (visit.outcome?.kind === 'lwbs') words[0] = 'Left without being seen';
  if (visit.outcome?.kind === 'lwot') words[0] = 'Left before the visit was done';
  const reason = visit.outcome?.reason;
  return `${words.join(' · ')}${reason ? ` · ${reason}` : ''}`;
}

/** One that was put off is a mark on the card, and a panel behind the patient's name. */
function openConflict(visit: Visit, day: Day): ConflictFace | null {
  const { conflict } = visit;
  return conflict && conflict.laterAt === undefined ? conflictFace({ ...visit, conflict }, day) : null;
}
