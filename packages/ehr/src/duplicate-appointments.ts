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
  /** In order of start, then key. */
  readonly appointments: readonly EhrAppointment[];
  readonly duplicates: number;
  readonly collisions: readonly Collision[];
}

/** One appointment per key. The choice depends on the rows alone, not on their order, or the board would flicker. */
export function mergeAppointments(appointments: readonly EhrAppointment[]): MergedAppointments {
  const groups = [...Map.groupBy(appointments, ({ externalKey }) => externalKey).values()];
  const merged = groups.map(mergeGroup);
  const kept = merged.map((group) => group.kept);
  return {
    appointments: kept.sort(byStart),
    duplicates: merged.reduce((sum, group) => sum + group.duplicates, 0),
    collisions: merged.flatMap((group) => group.collisions),
  };
}

function mergeGroup(group: readonly EhrAppointment[]) {
  const prefer = preference(group);
  const ranked = [...group].sort((left, right) => prefer(right, left).sign);
  const distinct = [
    ...new Map(ranked.toReversed().map((row) => [row.fingerprint, row])).values(),
  ].toReversed();
  const [kept, ...others] = distinct as [EhrAppointment, ...EhrAppointment[]];
  const collisions = others.map((dropped) => collision(kept, dropped, prefer(kept, dropped).because));
  return { kept, collisions, duplicates: group.length - distinct.length };
}

function collision(kept: EhrAppointment, dropped: EhrAppointment, because: Collision['because']): Collision {
  return { externalKey: kept.externalKey, because, kept, dropped };
}

type Preference = { readonly sign: number; readonly because: Collision['because'] };

/** Later change first, then further state. Dates count only if all can be read, or three rows could go in a circle. */
function preference(
  group: readonly EhrAppointment[],
): (left: EhrAppointment, right: EhrAppointment) => Preference {
  const datesCount = group.every(({ lastModifiedDate: at }) => compareWrittenTimes(at, at) !== null);
  return (left, right) => {
    const later = datesCount ? (compareWrittenTimes(left.lastModifiedDate, right.lastModifiedDate) ?? 0) : 0;
    if (later !== 0) return { sign: later, because: 'later-modified' };
    const further = statusRank(left.status.canonical) - statusRank(right.status.canonical);
    if (further !== 0) return { sign: further, because: 'further-status' };
    const order = Number(left.fingerprint > right.fingerprint) - Number(left.fingerprint < right.fingerprint);
    return { sign: order, because: 'arbitrary' };
  };
}

function byStart(left: EhrAppointment, right: EhrAppointment): number {
  return left.startAt - right.startAt || (left.externalKey < right.externalKey ? -1 : 1);
}
