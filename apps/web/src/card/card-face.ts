/** What a card says, as words: built from entities by pure functions, drawn by `CardView`. */
import type { Day, Person, Visit } from '@workflow-bolt/contracts';
import { isClosed, isExpected, isInOffice, statusInfo } from '@workflow-bolt/domain';
import { ageInYears, birthDate, clockTime } from '../format/clock.ts';
import type { Chip } from './card-chip.tsx';

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
};

const unknownColor = '#8a969c';

/** Everything a card says besides its running clock and its buttons. */
export function cardFace(facts: CardFacts): CardFace {
  const { visit, person, day } = facts;
  const provider = day.providers.find((each) => each.id === visit.providerId);
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
    chips: chipsOf(facts),
    endedText: isClosed(visit.status) ? closedWords(visit, day) : null,
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

function chipsOf(facts: CardFacts): Chip[] {
  return [...stateChips(facts), ...ehrChips(facts), ...identityChips(facts), ...personChips(facts)];
}

function stateChips({ visit, isPending, attention }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (isPending) chips.push({ key: 'pending', kind: 'pending', tone: 'info', text: 'Sending…' });
  if (attention) chips.push({ key: 'attention', kind: 'attention', tone: 'amber', text: attention });
  if (visit.status === 'confirmed')
    chips.push({ key: 'confirmed', kind: 'confirmed', tone: 'plain', text: 'Confirmed' });
  if (visit.steppedOut) {
    const text = `Stepped out: ${visit.steppedOut.where}`;
    chips.push({ key: 'stepped-out', kind: 'stepped-out', tone: 'info', text });
  }
  return chips;
}

function ehrChips({ visit }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (visit.conflict) {
    const text = `EHR says ${visit.conflict.rawStatus}`;
    const title = `${text}; the board did not follow. Open the menu to decide.`;
    chips.push({ key: 'conflict', kind: 'conflict', tone: 'red', text, title });
  }
  if (visit.ehrWarning) {
    const text = `EHR: “${visit.ehrWarning.raw}”`;
    const title = `The EHR used a word nobody knows: “${visit.ehrWarning.raw}”. Nothing was moved.`;
    chips.push({ key: 'ehr-unknown', kind: 'ehr-unknown', tone: 'amber', text, title });
  }
  if (visit.external?.isRemoved && !isExpected(visit.status))
    chips.push({ key: 'ehr-removed', kind: 'ehr-removed', tone: 'amber', text: 'Not in the EHR any more' });
  return chips;
}

function identityChips({ hasSimilarName, linkedCount }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (hasSimilarName)
    chips.push({
      key: 'same-name',
      kind: 'same-name',
      tone: 'amber',
      text: 'Name alert: check DOB',
      title: 'Another patient today has a similar name. Confirm the date of birth.',
    });
  if (linkedCount > 0)
    chips.push({
      key: 'linked',
      kind: 'linked',
      tone: 'info',
      text: `${linkedCount + 1} visits today`,
    });
  return chips;
}

function personChips({ visit, person }: CardFacts): Chip[] {
  const chips: Chip[] = [];
  if (person?.alert) chips.push({ key: 'alert', kind: 'alert', tone: 'amber', text: person.alert });
  if (person?.note) chips.push({ key: 'note', kind: 'note', tone: 'plain', text: person.note });
  if (visit.flags.interpreter)
    chips.push({ key: 'interpreter', kind: 'interpreter', tone: 'plain', text: 'Interpreter' });
  if (visit.flags.mobility)
    chips.push({ key: 'mobility', kind: 'mobility', tone: 'plain', text: 'Mobility' });
  if (visit.flags.privacy) chips.push({ key: 'privacy', kind: 'privacy', tone: 'plain', text: 'Private' });
  return chips;
}
