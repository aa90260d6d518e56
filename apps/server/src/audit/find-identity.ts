/** Who is behind an opaque key, as far as boards that are kept say. Only for a revealed identity: it answers with names. */
import { Fault, type Person, type Revealed } from '@workflow-bolt/contracts';
import { revealedFields } from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';
import type { BoardAccess } from '../boards/board-access.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type IdentitySources = {
  boards: Pick<BoardAccess, 'find'>;
  /** Days whose boards have shown a patient, as far as they are sealed. */
  daysOf: (clinic: string, patient: string) => Promise<string[]>;
  /** The clinic's day, whose entries may not be sealed yet. */
  today: (clinic: string) => string;
};

/** Boards that are opened for one patient, newest first. */
const boardsMax = 15;

/** Nulls when no kept board says it, as after the patient's data was destroyed. Throws Fault. */
export async function findIdentity(
  sources: IdentitySources,
  clinic: string,
  patient: string,
): Promise<Revealed> {
  const known = await sources.daysOf(clinic, patient);
  const days = [...new Set([sources.today(clinic), ...known])].sort().reverse().slice(0, boardsMax);
  for (const date of days) {
    const host = await boardOf(sources, { clinic, date });
    const person = host && personOn(host, patient);
    if (person && person.fullName !== '') return { patient, ...shownOf(person), date };
  }
  return { patient, fullName: null, dob: null, date: null };
}

/** A board that is gone says nothing; one that cannot be read now is no answer at all. */
async function boardOf(
  { boards }: IdentitySources,
  key: { clinic: string; date: string },
): Promise<BoardHost | null> {
  try {
    return await boards.find(key);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'board_not_found') return null;
    if (error instanceof Fault && error.code === 'board_purged') return null;
    throw error;
  }
}

function personOn({ state }: BoardHost, patient: string): Person | null {
  for (const [, { d }] of state.entries()) {
    if (d.type !== 'visit' || (d.patientKey ?? `visit:${d.id}`) !== patient) continue;
    const person = state.get(`p:${d.id}`)?.d;
    if (person?.type === 'person') return person;
  }
  return null;
}

/** The fields of the matrix, and no other. */
function shownOf(person: Person): Pick<Revealed, 'fullName' | 'dob'> {
  const shown: Pick<Revealed, 'fullName' | 'dob'> = { fullName: null, dob: null };
  for (const field of revealedFields) shown[field] = person[field];
  return shown;
}
