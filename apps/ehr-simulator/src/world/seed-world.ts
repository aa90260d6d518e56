import {
  type Appointment,
  type ClinicDay,
  createRng,
  type DayOptions,
  generateDay,
  type Patient,
} from '@workflow-bolt/testkit/generate';
import { type AppointmentRecord, EhrWorld, type PatientRecord } from './world.ts';

const DAY_MS = 86_400_000;

/**
 * The account for one generated day. Beside the practice in use stand one whose name differs by a trailing space and one
 * that has closed: what a name filter must be able to tell apart.
 */
export function seedWorld(options: DayOptions): EhrWorld {
  const day = generateDay(options);
  const { clinic } = day;
  return new EhrWorld({
    customerId: clinic.customerId,
    practices: [
      { id: clinic.practiceId, name: clinic.practiceName, active: true, state: 'TX' },
      { id: clinic.practiceId + 1, name: `${clinic.practiceName} `, active: true, state: 'AZ' },
      { id: clinic.practiceId + 2, name: 'Cedar Hollow (old)', active: false, state: 'TX' },
    ],
    providers: clinic.providers,
    rooms: clinic.rooms,
    locations: clinic.locations,
    patients: day.patients.map((patient) => toPatient(patient, day)),
    appointments: day.appointments.map((appointment) => toRecord(appointment, day)),
  });
}

function toPatient(patient: Patient, day: ClinicDay): PatientRecord {
  const rng = createRng(day.options.seed).fork(`patient-${patient.id}`);
  const todayMs = Date.parse(`${day.options.date}T12:00:00Z`);
  const modifiedMs = todayMs - rng.int(1, 300) * DAY_MS;
  const deleted = day.appointments.some(
    (appointment) => appointment.patientId === patient.id && appointment.oddities.includes('deleted-patient'),
  );
  return { ...patient, deleted, mergedInto: null, createdMs: modifiedMs - 400 * DAY_MS, modifiedMs };
}

function toRecord(appointment: Appointment, day: ClinicDay): AppointmentRecord {
  const rng = createRng(day.options.seed).fork(`appointment-${appointment.key}`);
  const patient = day.patients.find((one) => one.id === appointment.patientId);
  const createdMs = appointment.startMs - rng.int(3, 60) * DAY_MS;
  const recurring = appointment.oddities.includes('recurring-shared-id');
  return {
    key: appointment.key,
    id: appointment.id,
    occurrenceId: recurring ? Number(appointment.key.slice(1)) : null,
    patientId: appointment.patientId,
    type: appointment.type,
    startMs: appointment.startMs,
    endMs: appointment.endMs,
    recurring,
    group: false,
    status: appointment.status,
    providerId: appointment.providerId,
    resourceIds: appointment.roomId === null ? [] : [appointment.roomId],
    reasonId: appointment.visitType.id,
    reasonName: appointment.visitType.name,
    locationId: appointment.locationId,
    practiceId: day.clinic.practiceId,
    name: patient?.fullName ?? appointment.complaint,
    notes: appointment.oddities.includes('crlf-notes')
      ? `${appointment.complaint}\r\n\tcall <first> & ask`
      : appointment.complaint,
    mode: appointment.locationId === 303 ? 'Telehealth' : 'InOffice',
    maxAttendees: 1,
    caseId: patient?.caseId ?? null,
    authorizationId: rng.chance(0.1) ? 60_000 + rng.int(1, 999) : null,
    createdMs,
    updatedMs: createdMs + rng.int(0, 2 * 24 * 60) * 60_000,
    updatedBy: 12,
    deleted: false,
    oddities: appointment.oddities,
  };
}
