/** Whether who opens a record is near to the patient: what curiosity looks at first. Compares names; keeps none. */
import type { SignalKind } from './signal.ts';

export type OpenedRecord = {
  readerName: string;
  /** Everyone who can sign in, the reader among them. */
  colleagueNames: readonly string[];
  /** Null while only the visit is known. */
  patientName: string | null;
  /** Days on which the patient has a visit that is known, the one of the record among them (YYYY-MM-DD). */
  visitDays: readonly string[];
  today: string;
};

/** A visit so near to today is a reason to open the record. */
export const nearDaysMax = 7;

const dayMs = 86_400_000;
/** Titles and what stands behind a name are no part of it. */
const beside = new Set([
  'dr',
  'mr',
  'mrs',
  'ms',
  'mx',
  'prof',
  'md',
  'do',
  'rn',
  'np',
  'pa',
  'jr',
  'sr',
  'ii',
  'iii',
  'iv',
]);

/** Words of a name in small letters without marks, without titles and initials. */
function wordsOf(name: string): string[] {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.split(/[^\p{L}\p{N}'’-]+/u).map((word) => word.replaceAll(/['’-]/g, ''));
  return words.filter((word) => word.length > 1 && !beside.has(word));
}

/** The last name: before the comma, or the last word; null for a single word. */
function surnameOf(name: string): string | null {
  if (wordsOf(name).length < 2) return null;
  const comma = name.indexOf(',');
  const before = comma > 0 ? wordsOf(name.slice(0, comma)) : [];
  return before.at(-1) ?? wordsOf(name).at(-1) ?? null;
}

/** The same for "Doe, Jane" and "Jane Doe"; null for a single word, which says too little. */
function wholeNameOf(name: string): string | null {
  const words = wordsOf(name);
  return words.length < 2 ? null : words.toSorted().join(' ');
}

const isNear = (day: string, today: string): boolean =>
  Math.abs(Date.parse(day) - Date.parse(today)) <= nearDaysMax * dayMs;

/** What is to be looked at by a person; nothing for an ordinary opening. A colleague's record is told once, as theirs. */
export function closenessOf({
  readerName,
  colleagueNames,
  patientName,
  visitDays,
  today,
}: OpenedRecord): SignalKind[] {
  const kinds: SignalKind[] = visitDays.some((day) => isNear(day, today)) ? [] : ['opened-far-day'];
  const whole = patientName === null ? null : wholeNameOf(patientName);
  if (whole === null || patientName === null) return kinds;
  if (colleagueNames.some((name) => wholeNameOf(name) === whole)) return [...kinds, 'opened-colleague'];
  return surnameOf(patientName) === surnameOf(readerName) ? [...kinds, 'opened-namesake'] : kinds;
}
