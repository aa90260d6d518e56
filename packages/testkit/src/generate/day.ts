import { type Clinic, type DayOptions, generateClinic } from './clinic.ts';
import { bendSchedule } from './pathological.ts';
import { generatePatients, type Patient } from './patients.ts';
import { PROFILES } from './profiles.ts';
import { type Appointment, generateSchedule, numbered } from './schedule.ts';
import { generateWalkIns, walkInMinutes } from './walk-ins.ts';

/** One generated clinic day: who works, who is booked, who will walk in. The play of it is {@link dayTrace}. */
export interface ClinicDay {
  options: DayOptions;
  clinic: Clinic;
  patients: Patient[];
  /** Booked, ordered by start. */
  appointments: Appointment[];
  /** Not in any EHR until somebody types them in. */
  walkIns: Appointment[];
}

/** Makes a whole day from one seed; throws RangeError on an impossible date, zone or size. */
export function generateDay(options: DayOptions): ClinicDay {
  const booked = options.appointments ?? PROFILES[options.profile ?? 'calm'].appointments;
  if (!Number.isInteger(booked) || booked < 0 || booked > 10_000)
    throw new RangeError(`not a size: ${booked}`);
  const clinic = generateClinic(options);
  const patients = generatePatients(options, booked + walkInMinutes(options).length);
  const bookable = patients.slice(0, booked);
  const schedule = generateSchedule(options, clinic, bookable);
  return {
    options,
    clinic,
    patients,
    appointments:
      options.profile === 'pathological'
        ? ordered(bendSchedule(options, clinic, { appointments: schedule, patients: bookable }))
        : schedule,
    walkIns: generateWalkIns(options, clinic, patients.slice(booked)),
  };
}

/** Renumbers a bent schedule by start; the occurrences of a series then share the first one's id. */
function ordered(appointments: readonly Appointment[]): Appointment[] {
  const byStart = [...appointments].sort((a, b) => a.startMs - b.startMs || a.providerId - b.providerId);
  const rows = numbered(byStart);
  const series = rows.find((row) => row.oddities.includes('recurring-shared-id'));
  return rows.map((row) =>
    series && row.oddities.includes('recurring-shared-id')
      ? { ...row, id: series.id, patientId: series.patientId }
      : row,
  );
}
