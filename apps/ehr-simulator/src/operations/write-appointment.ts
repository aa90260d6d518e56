import type { Fields, Value } from '../soap/strict-read.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { appointmentView, updatedText } from './appointment-view.ts';
import { BusinessError, type Call, type Operation } from './call.ts';
import { mustFind } from './single-appointment.ts';
import { lagBehind, store } from './store-write.ts';

type Written = Pick<
  AppointmentRecord,
  | 'status'
  | 'startMs'
  | 'endMs'
  | 'providerId'
  | 'resourceIds'
  | 'reasonId'
  | 'reasonName'
  | 'locationId'
  | 'name'
  | 'notes'
  | 'mode'
  | 'maxAttendees'
  | 'caseId'
  | 'authorizationId'
>;

/** Replaces an appointment: a member left out is cleared, not kept. Answers what was asked for, as an echo. */
export const updateAppointment: Operation = {
  name: 'UpdateAppointment',
  request: 'UpdateAppointmentReq',
  response: 'UpdateAppointmentResp',
  permission: 'Edit Appointment',
  isWrite: true,
  noData: { Appointment: null },
  handle(call, request) {
    const asked = request.Appointment as Fields;
    const record = mustFind(call, asked);
    const written: Partial<AppointmentRecord> = {
      ...writtenOf(call, asked),
      patientId: Number(asked.PatientId),
      updatedBy: num(asked.UpdatedBy) ?? 0,
    };
    const after = { ...record, ...written, updatedMs: call.nowMs };
    noteUpdate(call, record, { asked, after });
    if (!call.config.writes.acceptedButNotApplied) store(call, record, written);
    return { Appointment: appointmentView(after, call.world) };
  },
};

/** What an update does, for the journal: a lost case and somebody's overwritten work are what tests look for. */
function noteUpdate(
  { effects, config }: Call,
  before: AppointmentRecord,
  { asked, after }: { asked: Fields; after: AppointmentRecord },
): void {
  const { id } = before;
  if (config.writes.acceptedButNotApplied) {
    effects.push({ kind: 'not-applied', id, status: after.status });
    return;
  }
  effects.push({ kind: 'applied', id, status: after.status });
  if (before.caseId !== null && after.caseId === null) effects.push({ kind: 'case-cleared', id });
  const readAt = text(asked.UpdatedAt);
  if (readAt !== '' && readAt !== updatedText(before)) effects.push({ kind: 'overwrote', id });
}

/** Changes the status and nothing else. Newer than the published contract, and absent unless switched on. */
export const updateAppointmentStatus: Operation = {
  name: 'UpdateAppointmentStatus',
  request: 'UpdateAppointmentStatusReq',
  response: 'UpdateAppointmentResp',
  permission: 'Edit Appointment',
  isWrite: true,
  isUnpublished: true,
  noData: { Appointment: null },
  handle(call, request) {
    const asked = request.Appointment as Fields;
    const record = mustFind(call, asked);
    const status = String(asked.AppointmentStatus);
    const after = { ...record, status, updatedMs: call.nowMs };
    noteUpdate(call, record, { asked, after });
    if (!call.config.writes.acceptedButNotApplied) store(call, record, { status });
    return { Appointment: appointmentView(after, call.world) };
  },
};

/** Books a new appointment under the next id. */
export const createAppointment: Operation = {
  name: 'CreateAppointment',
  request: 'CreateAppointmentReq',
  response: 'CreateAppointmentResp',
  permission: 'New Appointment',
  isWrite: true,
  noData: { Appointment: null },
  handle(call, request) {
    const asked = request.Appointment as Fields;
    const record = newRecord(call, asked);
    const stored = call.config.writes.acceptedButNotApplied
      ? { ...record, id: 0, key: 'a0' }
      : call.world.add(record);
    const { id, key, status } = stored;
    call.effects.push({ kind: id === 0 ? 'not-applied' : 'created', id, status });
    if (id !== 0) lagBehind(call, id, { key, before: null });
    return { Appointment: appointmentView(stored, call.world) };
  },
};

function newRecord(call: Call, asked: Fields): Omit<AppointmentRecord, 'id' | 'key'> {
  const patientId = num((asked.PatientSummary as Fields | null | undefined)?.PatientId) ?? null;
  const type = asked.AppointmentType as AppointmentRecord['type'];
  if (type === 'P' && (patientId === null || !call.world.patients.has(patientId))) {
    throw new BusinessError(
      'Error translating AppointmentCreate to CreateAppointmentV3Request: patient is not valid.',
    );
  }
  return {
    ...writtenOf(call, asked),
    occurrenceId: null,
    patientId: type === 'P' ? patientId : null,
    type,
    recurring: asked.IsRecurring === true,
    group: asked.IsGroupAppointment === true,
    practiceId: Number(asked.PracticeId),
    createdMs: call.nowMs,
    updatedMs: call.nowMs,
    updatedBy: num(asked.CreatedBy) ?? 0,
    deleted: false,
    oddities: [],
  };
}

/** The members both writes share. Messages are those of the internal service that the public one translates to. */
function writtenOf(call: Call, asked: Fields): Written {
  const { startMs, endMs } = timesOf(asked);
  const resources = resourcesIn(call, asked);
  const reasonId = num(asked.AppointmentReasonId) ?? 0;
  return {
    // A value type left out arrives as its default, and the enum's default is its first word.
    status: (asked.AppointmentStatus as string | undefined) ?? 'Unknown',
    startMs,
    endMs,
    ...resources,
    reasonId,
    reasonName: call.world.all().find((one) => one.reasonId === reasonId)?.reasonName ?? '',
    locationId: Number(asked.ServiceLocationId),
    name: text(asked.AppointmentName),
    notes: text(asked.Notes),
    mode: text(asked.AppointmentMode) || 'InOffice',
    maxAttendees: num(asked.MaxAttendees) ?? 0,
    caseId: num(asked.PatientCaseId) ?? null,
    authorizationId: num(asked.InsurancePolicyAuthorizationId) ?? null,
  };
}

function timesOf(asked: Fields): { startMs: number; endMs: number } {
  const startMs = instantIn(asked.StartTime);
  const endMs = instantIn(asked.EndTime);
  if (startMs === undefined || endMs === undefined || endMs <= startMs) {
    throw new BusinessError(
      'Error translating AppointmentCreate to CreateAppointmentV3Request: times are not valid.',
    );
  }
  return { startMs, endMs };
}

// A time without a zone is taken as UTC: the service documents its single reads and writes in UTC.
function instantIn(value: Value | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const epochMs = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function resourcesIn(call: Call, asked: Fields): { providerId: number; resourceIds: number[] } {
  const listed = ((asked.ResourceIds as Fields | null | undefined)?.long ?? []) as number[];
  const ids = [num(asked.ProviderId) ?? 0, num(asked.ResourceId) ?? 0, ...listed];
  const provider = ids.find((id) => call.world.providers.some((one) => one.id === id));
  const resourceIds = [...new Set(ids)].filter((id) => call.world.rooms.some((room) => room.id === id));
  if (provider === undefined && resourceIds.length === 0) {
    throw new BusinessError('Appointment must have valid ProviderGuids or ResourceGuids.');
  }
  return { providerId: provider ?? 0, resourceIds };
}

function num(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
