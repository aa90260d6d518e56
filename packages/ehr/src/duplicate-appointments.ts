import { statusRank } from './appointment-status.ts';
import type { EhrAppointment } from './ehr-records.ts';
import { compareWrittenTimes } from './written-time.ts';

/** Two rows that claim to be the same visit and differ. One is kept; the other is reported. */
export interface Collision {
  readonly externalKey: string;
  readonly because: 'later-modified' | 'further-status' | 'arbitrary';
  readonly kept: EhrAppointment;
  readonly dropped: EhrAppointment;
}

export interface MergedAppointments {
  readonly appointments: readonly EhrAppointment[];
  readonly duplicates: number;
  readonly collisions: readonly Collision[];
}

/** One appointment per key, whatever order the rows came in. */
export function mergeAppointments(appointments: readonly EhrAppointment[]): MergedAppointments {
  const byKey = new Map<string, EhrAppointment>();
  const collisions: Collision[] = [];
  let duplicates = 0;
  for (const next of appointments) {
    const known = byKey.get(next.externalKey);
    const isCopy = known?.fingerprint === next.fingerprint;
    if (known && !isCopy) collisions.push(choose(known, next));
    duplicates += isCopy ? 1 : 0;
    byKey.set(next.externalKey, keep(known, next, collisions.at(-1)));
  }
  return { appointments: [...byKey.values()].sort(byStart), duplicates, collisions };
}

function keep(known: EhrAppointment | undefined, next: EhrAppointment, last: Collision | undefined) {
  if (!known) return next;
  if (known.fingerprint !== next.fingerprint) return last?.kept ?? known;
  return isLater(next, known) ? next : known;
}

function isLater(left: EhrAppointment, right: EhrAppointment): boolean {
  return (compareWrittenTimes(left.lastModifiedDate, right.lastModifiedDate) ?? 0) > 0;
}

function choose(left: EhrAppointment, right: EhrAppointment): Collision {
  const because = reason(left, right);
  const [kept, dropped] = because.sign >= 0 ? [left, right] : [right, left];
  return { externalKey: left.externalKey, because: because.name, kept, dropped };
}

function reason(left: EhrAppointment, right: EhrAppointment): { sign: number; name: Collision['because'] } {
  const modified = compareWrittenTimes(left.lastModifiedDate, right.lastModifiedDate) ?? 0;
  if (modified !== 0) return { sign: modified, name: 'later-modified' };
  const further = statusRank(left.status.canonical) - statusRank(right.status.canonical);
  if (further !== 0) return { sign: further, name: 'further-status' };
  // Neither time nor state decides; the same row must win whatever the order, or the board would flicker.
  return { sign: left.fingerprint < right.fingerprint ? 1 : -1, name: 'arbitrary' };
}

function byStart(left: EhrAppointment, right: EhrAppointment): number {
  return left.startAt - right.startAt || (left.externalKey < right.externalKey ? -1 : 1);
}
