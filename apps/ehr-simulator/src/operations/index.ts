import { getCustomerIdFromKey, getThrottles } from './account.ts';
import type { Operation } from './call.ts';
import { getPractices, getProviders, getServiceLocations } from './directory.ts';
import { getAppointments } from './list-appointments.ts';
import { getAllPatients, getPatient, getPatients } from './patients.ts';
import { deleteAppointment, getAppointment } from './single-appointment.ts';
import { updatePatient } from './update-patient.ts';
import { createAppointment, updateAppointment, updateAppointmentStatus } from './write-appointment.ts';

const ACTION_PREFIX = 'http://www.kareo.com/api/schemas/KareoServices/';

const OPERATIONS: readonly Operation[] = [
  getAppointments,
  getAppointment,
  getPatient,
  getPatients,
  getAllPatients,
  getProviders,
  getPractices,
  getServiceLocations,
  getThrottles,
  getCustomerIdFromKey,
  updateAppointment,
  updateAppointmentStatus,
  createAppointment,
  deleteAppointment,
  updatePatient,
];

/** Operations by their exact SOAPAction. */
export const OPERATIONS_BY_ACTION: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [ACTION_PREFIX + operation.name, operation]),
);
