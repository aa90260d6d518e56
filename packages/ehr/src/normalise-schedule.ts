import { appointmentFingerprint, externalKey } from './appointment-key.ts';
import { clinicDay, type InstantWindow } from './clinic-day.ts';
import { type Collision, mergeAppointments } from './duplicate-appointments.ts';
import type { EhrAppointment, EhrResource, EhrScheduleRow } from './ehr-records.ts';

/** Why a row cannot become a card. It is counted and shown, never dropped in silence and never guessed. */
export type QuarantineReason = 'no-start' | 'start-unreadable' | 'start-without-time' | 'no-patient';

export interface QuarantinedRow {
  readonly appointmentId: string;
  readonly reason: QuarantineReason;
}

export interface NormalisedSchedule {
  /** In order of start, then key. */
  readonly appointments: readonly EhrAppointment[];
  readonly quarantined: readonly QuarantinedRow[];
  /** Rows of type O: meetings, lunch, holidays. */
  readonly blocks: number;
  /** Rows that the margin brought along from the neighbouring days. */
  readonly outsideDay: number;
  /** Rows equal to another row in everything that counts. */
  readonly duplicates: number;
  readonly collisions: readonly Collision[];
}

type Judged =
  | { readonly kind: 'appointment'; readonly appointment: EhrAppointment }
  | { readonly kind: 'quarantined'; readonly row: QuarantinedRow }
  | { readonly kind: 'block' }
  | { readonly kind: 'outside' };

/**
 * Turns listed rows into the appointments of one clinic day. Throws RangeError for an unknown zone or date;
 * rows never make it throw.
 */
export function normaliseSchedule(
  rows: readonly EhrScheduleRow[],
  zone: string,
  date: string,
): NormalisedSchedule {
  const day = clinicDay(zone, date);
  const judged = rows.map((row) => judgeRow(row, day));
  const found = judged.flatMap((row) => (row.kind === 'appointment' ? [row.appointment] : []));
  return {
    ...mergeAppointments(found),
    quarantined: judged.flatMap((row) => (row.kind === 'quarantined' ? [row.row] : [])),
    blocks: judged.filter((row) => row.kind === 'block').length,
    outsideDay: judged.filter((row) => row.kind === 'outside').length,
  };
}

/** How many rows are quarantined for each reason. */
export function quarantineCounts(rows: readonly QuarantinedRow[]): Partial<Record<QuarantineReason, number>> {
  const counts: Partial<Record<QuarantineReason, number>> = {};
  for (const { reason } of rows) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function judgeRow(row: EhrScheduleRow, day: InstantWindow): Judged {
  if (row.type === 'O') return { kind: 'block' };
  if (row.start?.kind !== 'instant') return quarantine(row, startProblem(row));
  const startAt = row.start.at;
  if (startAt < day.startAt || startAt >= day.endAt) return { kind: 'outside' };
  if (row.patientId === null) return quarantine(row, 'no-patient');
  return { kind: 'appointment', appointment: asAppointment(row, row.patientId, startAt, row.type) };
}

function quarantine({ appointmentId }: EhrScheduleRow, reason: QuarantineReason): Judged {
  return { kind: 'quarantined', row: { appointmentId, reason } };
}

function startProblem({ start }: EhrScheduleRow): QuarantineReason {
  if (start === null) return 'no-start';
  return start.kind === 'unreadable' ? 'start-unreadable' : 'start-without-time';
}

function asAppointment(
  row: EhrScheduleRow,
  patientId: string,
  startAt: number,
  type: 'P' | 'U',
): EhrAppointment {
  const { start: _start, end: _end, resources, typeRaw: _typeRaw, ...kept } = row;
  const named = { ...kept, patientId, patientName: humanName(row.patientName), type, startAt };
  const appointment = {
    ...named,
    externalKey: externalKey(named),
    ...timing(row, startAt),
    ...bookedResources(resources),
  };
  return { ...appointment, fingerprint: appointmentFingerprint(appointment) };
}

/** Composed and trimmed, so that the same name from two sources compares equal. */
function humanName(name: string | null): string | null {
  return name?.normalize('NFC').trim() || null;
}

const MINUTE_MS = 60_000;

/** An end before its start is no end; a missing end or length is taken from the other of the two. */
function timing(row: EhrScheduleRow, startAt: number) {
  const listedEnd = row.end?.kind === 'instant' && row.end.at >= startAt ? row.end.at : null;
  const listedMin = row.durationMin;
  return {
    endAt: listedEnd ?? (listedMin === null ? null : startAt + listedMin * MINUTE_MS),
    durationMin: listedMin ?? (listedEnd === null ? null : Math.round((listedEnd - startAt) / MINUTE_MS)),
  };
}

function bookedResources(resources: readonly EhrResource[]) {
  const [first, ...otherProviders] = resources.filter(({ kind }) => kind === 'provider');
  return {
    providerId: first?.id ?? null,
    providerName: first?.name ?? null,
    otherProviders,
    roomResources: resources.filter(({ kind }) => kind === 'room'),
    unknownResources: resources.filter(({ kind }) => kind === 'unknown'),
  };
}
