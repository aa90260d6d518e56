/** Lays the EHR's rows beside the board's visits: which appointment is which visit, and what is on one side only. */
import type { Day, Visit } from '@workflow-bolt/contracts';
import type { Absence, DriftPair, TheirAppointment } from '@workflow-bolt/domain';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import { minutesOrNull, providerIdOf, textOrNull, visitTypeIdOf } from '../schedule-commands.ts';
import { isOfEhr, type KnownDay, type MatchedRow, matchRows } from '../visit-identity.ts';

/** Names and ids longer than a report keeps are cut off as on the board. */
const nameMax = 120;

/** A row in the board's ids; providers and types that the board does not list stay words or nothing. */
export function theirsOf(day: Day, row: EhrAppointment): TheirAppointment {
  return {
    appointmentId: row.appointmentId,
    patientId: row.patientId,
    status: row.status.canonical,
    startAt: row.startAt,
    durationMin: minutesOrNull(row.durationMin),
    provider: { id: providerIdOf(day, row), name: textOrNull(row.providerName, nameMax) },
    visitTypeId: visitTypeIdOf(day, row),
    locationName: textOrNull(row.locationName, nameMax),
    fingerprint: row.fingerprint,
  };
}

export type Pairing = {
  pairs: DriftPair[];
  /** Visits whose appointment the day's list does not have: the EHR is to be asked by id. */
  absent: Visit[];
};

/**
 * An appointment that was given to another patient: the visit is absent, and a row that is new has its number. A group's
 * number belongs to several patients at once, so that it tells nothing.
 */
function exchanged(visit: Visit, rows: readonly MatchedRow[]): MatchedRow | null {
  const id = visit.external?.appointmentId ?? null;
  const same = rows.filter(({ row }) => row.appointmentId === id);
  const [only] = same;
  return only && same.length === 1 && only.visit === null ? only : null;
}

/** Pairs a complete answer with the board. Throws nothing. */
export function pairDay(day: Day, rows: readonly EhrAppointment[], known: KnownDay): Pairing {
  const matching = matchRows(day.clinic, rows, known);
  const byVisit = new Map(
    matching.absent.flatMap((visit) => {
      const match = exchanged(visit, matching.rows);
      return match ? [[visit, match] as const] : [];
    }),
  );
  const taken = new Set(byVisit.values());
  const matched = new Set(matching.rows.flatMap(({ visit }) => visit ?? []));
  const absent = matching.absent.filter((visit) => !byVisit.has(visit));
  const alone = known.visits.filter((visit) => !matched.has(visit) && !isOfEhr(visit));
  return {
    absent,
    pairs: [
      ...matching.rows
        .filter((match) => !taken.has(match))
        .map(({ visit, row }) => ({ visit, theirs: theirsOf(day, row) })),
      ...[...byVisit].map(([visit, { row }]) => ({ visit, theirs: theirsOf(day, row) })),
      ...alone.map((visit) => ({ visit, theirs: 'none' as const })),
    ],
  };
}

/** The pairs of visits whose appointment is not listed. */
export function absentPairs(absent: readonly Visit[], judged: ReadonlyMap<string, Absence>): DriftPair[] {
  return absent.map((visit) => ({ visit, theirs: judged.get(visit.id) ?? 'unasked' }));
}
