import type { Command, CommandOf, Day, EhrSystem, Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import { boardProviderId } from './provider-ids.ts';
import { type KnownDay, type MatchedRow, matchRows, patientKeyOf } from './visit-identity.ts';

export type BoardContents = KnownDay & { day: Day; system?: EhrSystem };

/** One line of visible characters, cut to its length; null when nothing is left. */
export const textOrNull = (text: string | null, lengthMax: number): string | null => {
  const line = text
    ?.replace(/[\s\p{Cc}]+/gu, (run) => (/\p{Cc}/u.test(run) ? ' ' : run))
    .trim()
    .slice(0, lengthMax)
    // Half of a sign, as the cut may leave one, is no text.
    .replace(/\p{Cs}/gu, '')
    .trim();
  return line ? line : null;
};

/** Text of several lines, cut to its length, without signs that are none; null when nothing is left. */
export const blockOrNull = (text: string | null, lengthMax: number): string | null => {
  const block = text
    ?.replace(/[^\P{Cc}\n\r\t]/gu, ' ')
    .trim()
    .slice(0, lengthMax)
    .replace(/\p{Cs}/gu, '');
  return block ? block : null;
};

/** The board's provider with the EHR's id, or by name when the account hides ids. */
export function providerIdOf(
  day: Day,
  row: Pick<EhrAppointment, 'providerId' | 'providerName'>,
): string | null {
  const id = row.providerId === null ? null : boardProviderId(row.providerId);
  const found =
    day.providers.find((p) => p.id === id) ?? day.providers.find((p) => p.name === row.providerName);
  return found?.id ?? null;
}

/** The board's visit type that one of the row's reasons names; null when none does. */
export function visitTypeIdOf(day: Day, row: Pick<EhrAppointment, 'reasons'>): string | null {
  const words = row.reasons.map((reason) => reason.trim().toLowerCase());
  return day.visitTypes.find((type) => words.includes(type.label.toLowerCase()))?.id ?? null;
}

const minutesMax = 1_440;
/** Longer than a day is no length of a visit: a block over several days has none here. */
export const minutesOrNull = (minutes: number | null): number | null =>
  minutes !== null && minutes <= minutesMax ? minutes : null;

/** What the patient comes for: reasons beyond the visit type itself, then the scheduler's note. */
function complaintOf(day: Day, row: Pick<EhrAppointment, 'reasons' | 'notes'>): string | null {
  const typeId = visitTypeIdOf(day, row);
  const type = day.visitTypes.find(({ id }) => id === typeId)?.label.toLowerCase();
  const reasons = row.reasons.filter((reason) => reason.trim().toLowerCase() !== type);
  return textOrNull([...reasons, row.notes ?? ''].filter((text) => text.trim() !== '').join('; '), 500);
}

function rowCommand(
  { day, system = 'tebra' }: BoardContents,
  { row, visitId }: MatchedRow,
): CommandOf<'applyScheduleRow'> {
  return {
    type: 'applyScheduleRow',
    visitId,
    system,
    key: row.externalKey,
    appointmentId: row.appointmentId,
    patientId: row.patientId,
    patientKey: patientKeyOf(day.clinic, row.patientId),
    fingerprint: row.fingerprint,
    status: row.status.canonical,
    rawStatus: row.status.raw.slice(0, 80),
    startAt: row.startAt,
    durationMin: minutesOrNull(row.durationMin),
    providerId: providerIdOf(day, row),
    visitTypeId: visitTypeIdOf(day, row),
    locationName: textOrNull(row.locationName, 120),
    // A card needs a name to be called by; an unnamed row is shown as such rather than left out.
    fullName: textOrNull(row.patientName, 160) ?? `(no name, patient ${row.patientId})`,
    dob: null,
    phone: null,
    reason: complaintOf(day, row),
  };
}

/** True when nothing the board keeps of this row has changed and no absence is to be cleared. */
function isUnchanged(day: Day, { row, visit }: MatchedRow): boolean {
  return (
    visit?.external?.fingerprint === row.fingerprint &&
    visit.external.absences === 0 &&
    !visit.external.isRemoved &&
    visit.external.key === row.externalKey &&
    (visit.providerId !== null || providerIdOf(day, row) === null)
  );
}

export type ScheduleDiff = { commands: Command[]; absent: Visit[]; beingMade: number };

/**
 * What a complete schedule answer asks of the board: only real changes. An unchanged row yields no command,
 * so that a second pull of an unchanged day appends no event.
 */
export function diffSchedule(rows: readonly EhrAppointment[], board: BoardContents): ScheduleDiff {
  const { day } = board;
  const matching = matchRows(day.clinic, rows, board);
  const commands = matching.rows
    .filter((match) => !isUnchanged(day, match))
    .map((match) => rowCommand(board, match));
  const absent = matching.absent.filter((visit) => visit.external?.isRemoved === false);
  return { commands, absent, beingMade: matching.beingMade.length };
}

/** Patients of the board whose record is still to be read, those in the building first, then by booked time. */
export function missingDetails(board: BoardContents): { visitId: string; patientId: string }[] {
  return board.visits
    .filter((visit) => visit.external?.patientId && board.persons.get(visit.id)?.isPartial)
    .sort((a, b) => urgency(a) - urgency(b) || (a.startAt ?? 0) - (b.startAt ?? 0))
    .map((visit) => ({ visitId: visit.id, patientId: visit.external?.patientId ?? '' }));
}

function urgency(visit: Visit): number {
  if (visit.milestones.arrivedAt !== undefined) return 0;
  return visit.status === 'scheduled' || visit.status === 'confirmed' ? 1 : 2;
}
