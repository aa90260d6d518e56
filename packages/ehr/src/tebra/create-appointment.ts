import { type EhrFailure, type EhrResult, ehrOk } from '../ehr-failure.ts';
import type { EhrScheduleRow } from '../ehr-records.ts';
import type { AppointmentCreation, CreateOutcome } from '../ehr-write-port.ts';
import { refusedBy, slept } from '../write-verdicts.ts';
import { isPatients, versionOf } from './appointment-copy.ts';
import { decodeAppointment } from './decode-appointment.ts';
import { presentChild } from './element-reading.ts';
import { digits, isoUtcText, longDigits } from './request-values.ts';
import type { RequestValues } from './soap-request.ts';
import { type FoundAppointment, readAppointment, sameId, tebraReads } from './tebra-reads.ts';
import { SETTLE_MS, type WriteTools } from './write-status.ts';
import type { XmlElement } from './xml-tree.ts';

/** A new appointment may take a minute to appear in the list; sooner, its absence proves nothing. */
export const LIST_DELAY_MS = 75_000;

const MINUTE_MS = 60_000;

/** Creates an appointment unless one of the patient's stands at that time already. Sends at most once. */
export async function createAppointment(
  tools: WriteTools,
  creation: AppointmentCreation,
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const search = await searchEarlier(tools, creation, signal);
  if (!search.ok) return unsent(search.failure, 'not-read');
  const earlier = settledBySearch(search.value);
  if (earlier) return earlier;
  const sinceMs = creation.triedAgoMs ?? LIST_DELAY_MS;
  if (sinceMs < LIST_DELAY_MS)
    return { kind: 'unknown', failure: null, searchAfterMs: LIST_DELAY_MS - sinceMs, isSent: false };
  const sent = await tools.call(
    'CreateAppointment',
    () => ({ Appointment: newAppointment(creation) }),
    signal,
  );
  if (!sent.ok && sent.failure.writes === 'not-applied') return unsent(sent.failure, 'not-sent');
  return sent.ok
    ? readNew(tools, { creation, answer: sent.value }, signal)
    : searchLost(tools, { creation, failure: sent.failure }, signal);
}

/** The members of a patient's appointment that does not repeat. Throws RequestRefused for what is no such one. */
function newAppointment(creation: AppointmentCreation): RequestValues {
  return {
    AppointmentName: creation.name ?? undefined,
    AppointmentReasonId:
      creation.reasonId === null ? undefined : longDigits(creation.reasonId, 'AppointmentReasonId'),
    AppointmentStatus: creation.status,
    AppointmentType: 'P',
    EndTime: isoUtcText(creation.endAt, 'EndTime'),
    IsRecurring: 'false',
    MaxAttendees: '1',
    Notes: creation.notes ?? undefined,
    PatientCaseId: creation.caseId === null ? undefined : longDigits(creation.caseId, 'PatientCaseId'),
    PatientSummary: { PatientId: longDigits(creation.patientId, 'PatientId') },
    PracticeId: digits(creation.practiceId, 'PracticeId'),
    ProviderId: longDigits(creation.providerId, 'ProviderId'),
    ResourceIds: { long: creation.resourceIds.map((id) => longDigits(id, 'ResourceIds')) },
    ServiceLocationId: longDigits(creation.serviceLocationId, 'ServiceLocationId'),
    StartTime: isoUtcText(creation.startAt, 'StartTime'),
  };
}

const second = (at: number): number => Math.floor(at / 1_000);

/** The patient's rows that start in the same second. */
async function searchEarlier(
  tools: WriteTools,
  creation: AppointmentCreation,
  signal?: AbortSignal,
): Promise<EhrResult<readonly EhrScheduleRow[]>> {
  const { practiceName, patientId, startAt } = creation;
  const window = { startAt: startAt - MINUTE_MS, endAt: startAt + MINUTE_MS };
  const found = await tebraReads(tools.call).schedule({ practiceName, patientId, window }, signal);
  if (!found.ok) return found;
  return ehrOk(
    found.value.rows.filter(
      ({ patientId: id, start }) =>
        id !== null &&
        sameId(id, patientId) &&
        start?.kind === 'instant' &&
        second(start.at) === second(startAt),
    ),
  );
}

function settledBySearch(rows: readonly EhrScheduleRow[]): CreateOutcome | null {
  const [first] = rows;
  if (!first) return null;
  const appointmentIds = [...new Set(rows.map((row) => row.appointmentId))];
  if (appointmentIds.length > 1) return { kind: 'conflict', appointmentIds, members: [], theirs: null };
  return { kind: 'already-so', appointmentId: first.appointmentId, status: first.status };
}

/** The answer was lost: the list may show the new appointment already, or not yet. */
async function searchLost(
  tools: WriteTools,
  { creation, failure }: { creation: AppointmentCreation; failure: EhrFailure },
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const unknown: CreateOutcome = { kind: 'unknown', failure, searchAfterMs: LIST_DELAY_MS, isSent: true };
  if (!(await slept(tools.clock, SETTLE_MS[0] ?? 0, signal))) return unknown;
  const search = await searchEarlier(tools, creation, signal);
  const found = search.ok ? settledBySearch(search.value) : null;
  if (found?.kind !== 'already-so') return found ?? unknown;
  return confirmNew(tools, { creation, id: found.appointmentId, isAnswerLost: true }, signal);
}

/** An answer without an id says nothing about what was done. */
async function readNew(
  tools: WriteTools,
  { creation, answer }: { creation: AppointmentCreation; answer: XmlElement },
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const echo = presentChild(answer, 'Appointment');
  const id = echo && decodeAppointment(echo)?.appointmentId;
  if (!id) return { kind: 'unknown', failure: null, searchAfterMs: LIST_DELAY_MS, isSent: true };
  if (!(await slept(tools.clock, SETTLE_MS[0] ?? 0, signal))) {
    return { kind: 'unknown', failure: null, searchAfterMs: LIST_DELAY_MS, isSent: true };
  }
  return confirmNew(tools, { creation, id, isAnswerLost: false }, signal);
}

async function confirmNew(
  tools: WriteTools,
  made: { creation: AppointmentCreation; id: string; isAnswerLost: boolean },
  signal?: AbortSignal,
): Promise<CreateOutcome> {
  const { creation, id, isAnswerLost } = made;
  const read = await readAppointment(tools.call, id, signal);
  const failure = read.ok ? null : read.failure;
  if (!read.ok || !read.value)
    return { kind: 'unknown', failure, searchAfterMs: LIST_DELAY_MS, isSent: true };
  const { detail, element } = read.value;
  const members = differences(creation, read.value);
  const theirs = { status: detail.status, version: versionOf(element) };
  if (members.length > 0) return { kind: 'conflict', appointmentIds: [id], members, theirs };
  return { kind: 'written', appointmentId: id, isAnswerLost, ...theirs };
}

/** The names of the members that were read back otherwise than they were sent. */
function differences(creation: AppointmentCreation, { detail, element }: FoundAppointment): string[] {
  const isAt = (time: typeof detail.start, at: number) =>
    time?.kind === 'instant' && second(time.at) === second(at);
  const isSame = (read: string | null, sent: string) => read !== null && sameId(read, sent);
  const checks: readonly (readonly [string, boolean])[] = [
    ['AppointmentStatus', detail.status.canonical === creation.status],
    ['EndTime', isAt(detail.end, creation.endAt)],
    ['IsDeleted', detail.isDeleted !== true],
    ['PatientCaseId', creation.caseId === null || isSame(detail.patientCaseId, creation.caseId)],
    ['PatientId', isPatients(element, creation.patientId)],
    ['ProviderId', isSame(detail.providerId, creation.providerId)],
    ['ServiceLocationId', isSame(detail.serviceLocationId, creation.serviceLocationId)],
    ['StartTime', isAt(detail.start, creation.startAt)],
  ];
  return checks.filter(([, isAsSent]) => !isAsSent).map(([name]) => name);
}

function unsent(failure: EhrFailure, reason: 'not-read' | 'not-sent'): CreateOutcome {
  const refused = refusedBy(failure);
  if (!refused) return { kind: 'not-applied', reason, failure };
  return { kind: 'refused', reason: refused === 'incomplete' ? 'incomplete' : 'ehr-refused', failure };
}
