import type { Fields } from '../soap/strict-read.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { listRows, listStatus, resourcesOf } from './appointment-row.ts';
import { type Call, given, matchesTexts, missingFilter, type Operation, practiceNamed } from './call.ts';
import { inDayPair, renderingOf, startWindow } from './list-window.ts';

/** The schedule of a practice. Everything is answered at once: there is no paging. */
export const getAppointments: Operation = {
  name: 'GetAppointments',
  request: 'GetAppointmentsReq',
  response: 'GetAppointmentsResp',
  permission: 'Find Appointment',
  isWrite: false,
  noData: { Appointments: null },
  handle(call, request) {
    const filter = request.Filter as Fields | null | undefined;
    if (!filter) throw missingFilter('GetAppointments');
    const rendering = renderingOf(call, filter);
    const scene = { world: call.world, data: call.config.data, rendering };
    const rows = selected(call, filter).flatMap((record) => listRows(record, scene));
    return {
      Appointments: asList('AppointmentData', withToggles(rows, request.Fields as Fields, call), call),
    };
  },
};

function selected(call: Call, filter: Fields): AppointmentRecord[] {
  const window = startWindow(call, filter, renderingOf(call, filter));
  const name = given(filter, 'PracticeName');
  const practiceId = name === undefined ? undefined : practiceNamed(call, name);
  if (name !== undefined && practiceId === undefined) return [];
  return call.world
    .shownAt(call.nowMs)
    .filter((record) => practiceId === undefined || record.practiceId === practiceId)
    .filter((record) => !window || (record.startMs >= window.fromMs && record.startMs <= window.toMs))
    .filter((record) => inDayPair(call, filter, 'CreatedDate', record.createdMs))
    .filter((record) => inDayPair(call, filter, 'LastModifiedDate', record.updatedMs))
    .filter((record) => matchesCriteria(call, filter, record))
    .sort((a, b) => a.startMs - b.startMs || a.id - b.id);
}

function matchesCriteria(call: Call, filter: Fields, record: AppointmentRecord): boolean {
  const { world } = call;
  const resource = given(filter, 'ResourceName');
  const patient = record.patientId === null ? undefined : world.patients.get(record.patientId);
  return (
    (resource === undefined || resourcesOf(record, world).some((one) => one.name === resource)) &&
    matchesTexts(filter, {
      AppointmentReason: record.reasonName,
      ConfirmationStatus: listStatus(record.status, call.config.data.statusWords),
      PatientFullName: patient?.fullName ?? record.name,
      PatientID: record.patientId === null ? null : String(record.patientId),
      ServiceLocationName:
        world.locations.find((location) => location.id === record.locationId)?.name ?? null,
      Type: record.type,
    })
  );
}

/** What explicit field toggles do to rows: they select members - or, on some accounts, empty the answer. */
export function withToggles(rows: Fields[], toggles: Fields | null | undefined, call: Call): Fields[] {
  const named = Object.entries(toggles ?? {});
  if (named.length === 0) return rows;
  if (call.config.data.toggles === 'placeholder') return [{}];
  const wanted = new Set(named.filter(([, on]) => on === true).map(([name]) => name));
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name))));
}

/** Rows as the list member of an answer; none at all is nil, or one row with nothing in it. */
export function asList(member: string, rows: Fields[], call: Call): Fields | null {
  if (rows.length > 0) return { [member]: rows };
  return call.config.data.emptyList === 'phantom' ? { [member]: [{}] } : null;
}
