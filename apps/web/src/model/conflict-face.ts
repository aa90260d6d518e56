/** A conflict with the EHR, as words: what each side says, since when, and what each answer does. */
import type { CommandOf, Conflict, Day, Visit } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import { clockTime } from '../format/clock.ts';
import { changedMemberWords, ehrStatusWords } from './ehr-words.ts';

export type ConflictChoice = CommandOf<'resolveConflict'>['choice'];
export type ConflictFace = {
  title: string;
  sides: readonly { name: string; says: string }[];
  remarks: readonly string[];
  /** Somebody has put it off already. */
  isSetAside: boolean;
  /** What happens after each answer. */
  effects: Record<ConflictChoice, string>;
};

type ConflictedVisit = Pick<Visit, 'status' | 'ehrWrite'> & { conflict: Conflict };

const titles: Record<NonNullable<Conflict['reason']>, string> = {
  'status-changed': 'The EHR says otherwise',
  touched: 'Changed in the EHR meanwhile',
  'members-changed': 'Changed in the EHR at the same time',
  'several-appointments': 'Several appointments in the EHR',
};

/** The EHR's own word where it is one that nobody knows. */
function theirWords({ ehrStatus, rawStatus }: Conflict): string {
  return ehrStatus === 'Unrecognised' || ehrStatus === 'Unknown'
    ? `“${rawStatus || 'unknown'}”`
    : ehrStatusWords(ehrStatus);
}

/** A reading of the schedule keeps no agreement of its own: there it is what write-back last agreed on, if anything. */
function agreedWords({ conflict, ehrWrite }: ConflictedVisit): string {
  const agreed = conflict.lastAgreed ?? ehrWrite?.agreed ?? null;
  return agreed === null ? 'Not known' : ehrStatusWords(agreed);
}

function ourWords({ status, conflict }: ConflictedVisit): string {
  const label = statusInfo[status].label;
  const ours = conflict.ours ?? null;
  const word = ours === null ? label : ehrStatusWords(ours);
  return word.toLowerCase() === label.toLowerCase() ? label : `${label} (${word})`;
}

function remarksOf({ conflict }: ConflictedVisit, day: Day): string[] {
  const remarks = [`Since ${clockTime(day.zone, conflict.since)}. Nothing moves until somebody decides.`];
  const members = conflict.members ?? [];
  if (members.length > 0) remarks.push(`Somebody changed ${changedMemberWords(members)} in the EHR.`);
  if (conflict.reason === 'several-appointments')
    remarks.push('Look in the EHR which one is right before you choose.');
  if (conflict.laterAt !== undefined) remarks.push(`Put off at ${clockTime(day.zone, conflict.laterAt)}.`);
  return remarks;
}

function acceptEffect({ conflict }: ConflictedVisit): string {
  const { suggestedStatus } = conflict;
  return suggestedStatus === null
    ? 'The board stays where it is and the EHR keeps what it says.'
    : `The board moves the patient to ${statusInfo[suggestedStatus].label}.`;
}

/** What a conflict panel says. */
export function conflictFace(visit: ConflictedVisit, day: Day): ConflictFace {
  const { conflict } = visit;
  const sides = [
    { name: 'EHR', says: theirWords(conflict) },
    { name: 'Board', says: ourWords(visit) },
    { name: 'Last agreed', says: agreedWords(visit) },
  ];
  return {
    title: titles[conflict.reason ?? 'status-changed'],
    sides: conflict.reason === 'several-appointments' ? sides.slice(1, 2) : sides,
    remarks: remarksOf(visit, day),
    isSetAside: conflict.laterAt !== undefined,
    effects: {
      accept: acceptEffect(visit),
      'keep-mine': 'The board stays as it is and its status is written to the EHR.',
      later: 'Nothing changes. The card stays marked.',
    },
  };
}
