/** What the dialog for other days asks, and what it says of what is missing. */
import type { PatientSearchRequest, Role } from '@workflow-bolt/contracts';
import { dateAfter, planSearch, type SearchNeeds } from '@workflow-bolt/domain';

/** Where to look: the week before and the week after, or every day that is kept. */
export type FindScope = PatientSearchRequest['in'];
export type FindAnswer = { name: string; dob: string; phone: string; record: string };

const week = 7;

const needWords: Readonly<Record<SearchNeeds, string>> = {
  letters: 'Type at least three letters of the name.',
  'fewer-days': 'These are too many days at once.',
  identifier: 'Give the last name and the date of birth, or a whole number.',
  'second-identifier': 'Give one more thing that the caller knows, so that it is the right person.',
};

/** Empty fields say nothing. */
const given = (answer: FindAnswer): Partial<FindAnswer> =>
  Object.fromEntries(
    Object.entries(answer).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
  );

export function findRequest(scope: FindScope, answer: FindAnswer, today: string): PatientSearchRequest {
  if (scope === 'all') return { in: 'all', ...given(answer) };
  return { in: 'days', from: dateAfter(today, -week), to: dateAfter(today, week), name: answer.name.trim() };
}

/** What is still missing before these roles may ask; null when nothing is. */
export function findNeeds(request: PatientSearchRequest, roles: readonly Role[]): string | null {
  const verdict = planSearch(request, roles);
  if (verdict.ok) return null;
  return 'needed' in verdict ? needWords[verdict.needed] : 'You do not see what you ask for.';
}
