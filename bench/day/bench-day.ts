/** The clinics of a bench run: one generated day, served under many clinic ids so that each round has a fresh board. */
import type { Actor, BoardKey, ClinicSettings, Command, Role, User } from '@workflow-bolt/contracts';
import { type ClinicDay, generateDay, localDateOf } from '@workflow-bolt/testkit';
import { demoSettings, morningZone } from '../../scripts/demo/demo-clinic.ts';
import { openingCommand } from './opening-command.ts';

export type BenchDay = { day: ClinicDay; settings: ClinicSettings; date: string };

/** All bench clinic ids have the same length, so that keys and payloads weigh the same on every board. */
export const clinicIdAt = (index: number): string => `bench-${String(index).padStart(3, '0')}`;

/** A day of so many booked visits, today in a zone where it is morning: no local midnight falls into the run. */
export function makeBenchDay(appointments: number, seed = 7): BenchDay {
  const zone = morningZone(Date.now());
  const date = localDateOf(Date.now(), zone);
  const options = { seed, zone, date, appointments, profile: 'calm' as const };
  const settings = demoSettings(options);
  return { day: generateDay(options), date, settings };
}

export const boardAt = ({ date }: BenchDay, index: number): BoardKey => ({ clinic: clinicIdAt(index), date });

/** Settings of `count` clinics that differ in their id only, without an EHR link. */
export function benchClinics({ settings }: BenchDay, count: number): ClinicSettings[] {
  return Array.from({ length: count }, (_, i) => ({ ...settings, id: clinicIdAt(i), ehr: null }));
}

const roles: readonly Role[] = ['front-desk', 'medical-assistant', 'provider', 'manager'];

/** One person per role, known at every bench clinic. */
export function benchUsers(clinics: readonly ClinicSettings[]): User[] {
  return roles.map((role) => ({ id: role, name: `Bench ${role}`, role, clinics: clinics.map((c) => c.id) }));
}

export const actorAs = (role: Role): Actor => ({ id: role, name: `Bench ${role}`, role, station: 'desk-1' });

export const systemActor: Actor = { id: 'system', name: 'System', role: 'system', station: null };

export const visitIdOf = (appointment: { key: string }): string =>
  `v-${appointment.key}`
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 40);

/** Opens the board and books its visits as a synchronisation does: row first, then the person's details. */
export function bookingCommands({ day, settings }: BenchDay): Command[] {
  const patients = new Map(day.patients.map((patient) => [patient.id, patient]));
  const providers = day.clinic.providers.map((p) => ({
    id: `ehr-${p.id}`,
    name: p.fullName,
    color: '#2f6fde',
  }));
  const rows = day.appointments.flatMap((appointment): Command[] => {
    const patient = patients.get(appointment.patientId ?? -1);
    if (!patient) return [];
    const visitId = visitIdOf(appointment);
    return [
      {
        type: 'applyScheduleRow',
        visitId,
        system: 'tebra',
        key: `tebra:${appointment.id}`,
        appointmentId: String(appointment.id),
        patientId: String(patient.id),
        patientKey: null,
        fingerprint: `f${appointment.id}`.padEnd(32, '0'),
        status: 'Scheduled',
        rawStatus: 'Scheduled',
        startAt: appointment.startMs,
        durationMin: Math.round((appointment.endMs - appointment.startMs) / 60_000),
        providerId: `ehr-${appointment.providerId}`,
        visitTypeId: null,
        locationName: day.clinic.locations[0]?.name ?? null,
        fullName: `${patient.firstName} ${patient.lastName}`,
        dob: null,
        phone: null,
        reason: appointment.complaint,
      },
      {
        type: 'applyPersonDetails',
        visitId,
        dob: patient.dob,
        phone: patient.mobilePhone,
        alert: patient.alert,
      },
    ];
  });
  return [openingCommand({ ...settings, providers }), ...rows];
}
