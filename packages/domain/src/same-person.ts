import type { Visit } from '@workflow-bolt/contracts';
import type { BoardView } from './board.ts';
import { isHidden } from './status-info.ts';

/** A name without accents, case, punctuation and order of words: "Doe, Jané" equals "jane doe". */
export function normalisedName(fullName: string): string {
  const plain = fullName.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(' ');
}

function shownVisits(view: BoardView): Visit[] {
  const visits: Visit[] = [];
  for (const [, { d }] of view.entries()) if (d.type === 'visit' && !isHidden(d.status)) visits.push(d);
  return visits;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function othersOf(group: readonly Visit[], visit: Visit, isPair: (other: Visit) => boolean): string[] {
  return group.filter((other) => other.id !== visit.id && isPair(other)).map((other) => other.id);
}

/** For each visit of a patient who comes more than once today: the other visits (opaque key, never names). */
export function linkedVisits(view: BoardView): Map<string, string[]> {
  const links = new Map<string, string[]>();
  for (const group of groupBy(shownVisits(view), (visit) => visit.patientKey).values()) {
    if (group.length < 2) continue;
    for (const visit of group)
      links.set(
        visit.id,
        othersOf(group, visit, () => true),
      );
  }
  return links;
}

/**
 * For each visit whose patient shares a name with someone who is not known to be the same person: those
 * visits. Staff are asked to confirm the date of birth.
 */
export function nameAlerts(view: BoardView): Map<string, string[]> {
  const nameOf = (visit: Visit): string | null => {
    const person = view.get(`p:${visit.id}`)?.d;
    return person?.type === 'person' ? normalisedName(person.fullName) : null;
  };
  const alerts = new Map<string, string[]>();
  for (const group of groupBy(shownVisits(view), nameOf).values()) {
    for (const visit of group) {
      const isSame = (other: Visit) => visit.patientKey !== null && visit.patientKey === other.patientKey;
      const others = othersOf(group, visit, (other) => !isSame(other));
      if (others.length > 0) alerts.set(visit.id, others);
    }
  }
  return alerts;
}
