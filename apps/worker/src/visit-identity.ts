import { createHash } from 'node:crypto';
import type { Person, Visit } from '@workflow-bolt/contracts';
import { normalisedName, writtenKeyPrefix } from '@workflow-bolt/domain';
import type { EhrAppointment } from '@workflow-bolt/ehr';

/** Lower-case letters and digits of a SHA-256, so that ids reveal nothing and fit the id alphabet. */
function shortHash(text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`).toString(36);
}

/** The same key for every visit of one patient at one clinic; opaque. */
export function patientKeyOf(clinic: string, patientId: string): string {
  return `t${shortHash(`${clinic}|patient|${patientId}`)}`;
}

/**
 * A new visit's id follows from the row, so that a crashed or repeated synchronisation makes the same one. Ids are not
 * sealed, and the EHR's numbers could be tried out one by one: where there is a key, `opaqueId` makes it.
 */
export function visitIdOf(clinic: string, externalKey: string, opaqueId = shortHash): string {
  return `t${opaqueId(`${clinic}|visit|${externalKey}`)}`;
}

/** Whether a visit came from the clinic's EHR, whichever kind that is. */
export function isOfEhr({ external }: Pick<Visit, 'external'>): boolean {
  return external !== null && external.system !== 'import';
}

export type MatchedRow = { row: EhrAppointment; visitId: string; visit: Visit | null };
export type Matching = {
  rows: MatchedRow[];
  absent: Visit[];
  /** Rows that may be what write-back is making for a visit: whose they are is known once that is settled. */
  beingMade: EhrAppointment[];
};

const occurrenceOf = (row: Pick<EhrAppointment, 'appointmentId' | 'patientId'>) =>
  `${row.appointmentId}/${row.patientId}`;

export type KnownDay = {
  visits: readonly Visit[];
  persons: ReadonlyMap<string, Person>;
  /** Visits for which an appointment may have been made that the board does not show yet. */
  beingMade?: ReadonlySet<string> | undefined;
  /** Makes an id of a text that nobody can guess back. */
  opaqueId?: ((text: string) => string) | undefined;
};

/**
 * Pairs the EHR's rows with the visits already on the board.
 * First by exact key; then a row whose appointment and patient are known under another start is the same visit
 * moved; then a visit that was imported while the EHR was away, with the same name at the same time, is the same
 * visit; so is a walk-in whose appointment was made while they are here. A row that starts in the very second for which
 * write-back is making an appointment, under another name, is set aside. What is left is new, and EHR visits left over
 * are absent from this answer.
 */
export function matchRows(clinic: string, rows: readonly EhrAppointment[], day: KnownDay): Matching {
  const known = day.visits.filter(isOfEhr);
  const byKey = new Map(known.map((visit) => [visit.external?.key, visit]));
  const used = new Set<string>();
  const exact = rows.map((row) => byKey.get(row.externalKey) ?? null);
  for (const visit of exact) if (visit) used.add(visit.id);
  const beingMade: EhrAppointment[] = [];
  const matched = rows.flatMap((row, i) => {
    const settled = exact[i] ?? moved(row, known, used) ?? imported(row, day, used);
    const makers = settled ? [] : makersOf(row, day, used);
    const visit = settled ?? walkedIn(row, makers.length > 0 ? { ...day, visits: makers } : day, used);
    if (visit) used.add(visit.id);
    else if (makers.length > 0) beingMade.push(row);
    if (!visit && makers.length > 0) return [];
    return [{ row, visit, visitId: visit?.id ?? visitIdOf(clinic, row.externalKey, day.opaqueId) }];
  });
  return { rows: matched, absent: known.filter((visit) => !used.has(visit.id)), beingMade };
}

const second = (at: number): number => Math.floor(at / 1_000);

/** Visits whose appointment is being made for the second at which the row starts; the name may be written otherwise there. */
function makersOf(
  { startAt }: EhrAppointment,
  { visits, beingMade }: KnownDay,
  used: ReadonlySet<string>,
): Visit[] {
  if (!beingMade || beingMade.size === 0) return [];
  return visits.filter(
    (visit) =>
      beingMade.has(visit.id) &&
      !used.has(visit.id) &&
      visit.external === null &&
      visit.status !== 'entered-in-error' &&
      second(visit.startAt ?? visit.createdAt) === second(startAt),
  );
}

/** Made by write-back and not seen in a schedule yet: neither a series nor a group, so its number says it all. */
const isOurs = ({ key }: NonNullable<Visit['external']>): boolean => key.startsWith(writtenKeyPrefix);

function moved(row: EhrAppointment, known: readonly Visit[], used: ReadonlySet<string>): Visit | null {
  const isSame = ({ id, external }: Visit) =>
    !used.has(id) &&
    external !== null &&
    (isOurs(external)
      ? external.appointmentId === row.appointmentId
      : `${external.appointmentId}/${external.patientId}` === occurrenceOf(row));
  return known.find(isSame) ?? null;
}

/** Only an unmistakable pair: two imported namesakes at the same time are left for people to sort out. */
function imported(
  row: EhrAppointment,
  { visits, persons }: KnownDay,
  used: ReadonlySet<string>,
): Visit | null {
  if (row.patientName === null) return null;
  const name = normalisedName(row.patientName);
  const found = visits.filter(
    ({ id, startAt, external }) =>
      !used.has(id) &&
      external?.system === 'import' &&
      startAt === row.startAt &&
      normalisedName(persons.get(id)?.fullName ?? '') === name,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** How far an appointment that was made for a walk-in may be from their coming (ms). */
const walkInNearMs = 30 * 60_000;

/** The appointment that we or the front desk made for a walk-in: the same name, about the time they came, and only one. */
function walkedIn(
  row: EhrAppointment,
  { visits, persons }: KnownDay,
  used: ReadonlySet<string>,
): Visit | null {
  if (row.patientName === null) return null;
  const name = normalisedName(row.patientName);
  const found = visits.filter(
    (visit) =>
      !used.has(visit.id) &&
      visit.kind === 'walk-in' &&
      visit.external === null &&
      Math.abs(visit.createdAt - row.startAt) <= walkInNearMs &&
      normalisedName(persons.get(visit.id)?.fullName ?? '') === name,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}
