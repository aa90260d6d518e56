import type { Fields } from '../soap/strict-read.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { appointmentView } from './appointment-view.ts';
import { BusinessError, type Call, type Operation } from './call.ts';
import { store } from './store-write.ts';

/** One appointment with UTC times, the patient's birth date and phone. */
export const getAppointment: Operation = {
  name: 'GetAppointment',
  request: 'GetAppointmentReq',
  response: 'GetAppointmentResp',
  permission: 'Find Appointment',
  isWrite: false,
  noData: { Appointment: null },
  handle(call, request) {
    const record = call.world.find(Number((request.Appointment as Fields).AppointmentId));
    if (!record || (record.deleted && call.config.data.deleted === 'not-found')) return notThere(call);
    return { Appointment: appointmentView(record, call.world) };
  },
};

/** Marks an appointment deleted; it leaves the list at once and without a trace there. */
export const deleteAppointment: Operation = {
  name: 'DeleteAppointment',
  request: 'DeleteAppointmentReq',
  response: 'DeleteAppointmentResp',
  permission: 'Delete Appointment',
  isWrite: true,
  noData: { AppointmentId: 0, Deleted: false },
  handle(call, request) {
    const id = Number((request.Appointment as Fields).AppointmentId);
    const record = call.world.find(id);
    if (!record || record.deleted) return { AppointmentId: id, Deleted: false };
    if (!call.config.writes.acceptedButNotApplied) {
      store(call, record, { deleted: true });
      call.effects.push({ kind: 'deleted', id });
    }
    return { AppointmentId: id, Deleted: true };
  },
};

/** The appointment a write names; what is deleted cannot be written. */
export function mustFind(call: Call, appointment: Fields): AppointmentRecord {
  const occurrence = appointment.OccurrenceId as number | null | undefined;
  const record = call.world.find(Number(appointment.AppointmentId), occurrence ?? null);
  if (!record || record.deleted) throw new BusinessError('Unable to find appointment.');
  return record;
}

function notThere(call: Call): Fields {
  if (call.config.data.notFound === 'error') throw new BusinessError('Unable to find appointment.');
  return { Appointment: null };
}
