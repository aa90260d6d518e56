import { createHash } from 'node:crypto';
import type { Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';

/** Lower-case letters and digits of a SHA-256, so that ids reveal nothing and fit the id alphabet. */
function shortHash(text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`).toString(36);
}

/** The same key for every visit of one patient at one clinic; opaque. */
export function patientKeyOf(clinic: string, patientId: string): string {
  return `t${shortHash(`${clinic}|patient|${patientId}`)}`;
}

/** A new visit's id follows from the row, so that a crashed or repeated synchronisation makes the same one. */
export function visitIdOf(clinic: string, externalKey: string): string {
  return `t${shortHash(`${clinic}|visit|${externalKey}`)}`;
}

export type MatchedRow = { row: EhrAppointment; visitId: string; visit: Visit | null };
export type Matching = { rows: MatchedRow[]; absent: Visit[] };

const occurrenceOf = (row: Pick<EhrAppointment, 'appointmentId' | 'patientId'>) =>
  `${row.appointmentId}/${row.patientId}`;

/**
 * Pairs the EHR's rows with the visits already on the board.
 * First by exact key; then a row whose appointment and patient are known under another start is the same visit
 * moved. What is left is new, and visits left over are absent from this answer.
 */
export function matchRows(
  clinic: string,
  rows: readonly EhrAppointment[],
  visits: readonly Visit[],
): Matching {
  const known = visits.filter((visit) => visit.external?.system === 'tebra');
  const byKey = new Map(known.map((visit) => [visit.external?.key, visit]));
  const used = new Set<string>();
  const exact = rows.map((row) => byKey.get(row.externalKey) ?? null);
  for (const visit of exact) if (visit) used.add(visit.id);
  const matched = rows.map((row, i) => {
    const visit = exact[i] ?? moved(row, known, used);
    if (visit) used.add(visit.id);
    return { row, visit, visitId: visit?.id ?? visitIdOf(clinic, row.externalKey) };
  });
  return { rows: matched, absent: known.filter((visit) => !used.has(visit.id)) };
}

function moved(row: EhrAppointment, known: readonly Visit[], used: ReadonlySet<string>): Visit | null {
  return (
    known.find(
      ({ id, external }) =>
        !used.has(id) &&
        external !== null &&
        `${external.appointmentId}/${external.patientId}` === occurrenceOf(row),
    ) ?? null
  );
}
