import type { DayOptions } from './clinic.ts';
import { ALERTS, FEMALE_NAMES, LAST_NAMES, MALE_NAMES, MIDDLE_NAMES, ODD_NAMES } from './names.ts';
import { createRng, hash32, type Rng } from './random.ts';

export interface Patient {
  id: number;
  firstName: string;
  middleName: string | null;
  lastName: string;
  fullName: string;
  /** Calendar date `YYYY-MM-DD`, never an instant. */
  dob: string;
  gender: 'Female' | 'Male' | 'Unknown';
  /** Reserved fictional numbers only: (555) 555-01xx. */
  mobilePhone: string | null;
  homePhone: string | null;
  email: string | null;
  mrn: string;
  alert: string | null;
  caseId: number;
  /** The marker in the name when the day was asked to carry canaries. */
  canary: string | null;
}

/** Patients numbered from 9001. In a pathological day the first ones carry names that break systems, and two namesakes. */
export function generatePatients(options: DayOptions, count: number): Patient[] {
  const rng = createRng(options.seed).fork('patients');
  const patients = Array.from({ length: count }, (_, i) => makePatient(rng, 9001 + i, options));
  return options.profile === 'pathological' ? withOddPatients(patients, options) : patients;
}

function makePatient(rng: Rng, id: number, options: DayOptions): Patient {
  const gender = rng.chance(0.54) ? 'Female' : 'Male';
  const firstName = rng.pick(gender === 'Female' ? FEMALE_NAMES : MALE_NAMES);
  const lastName = rng.pick(LAST_NAMES);
  const middleName = rng.chance(0.3) ? rng.pick(MIDDLE_NAMES) : null;
  const phone = () => `(555) 555-01${String(rng.int(0, 99)).padStart(2, '0')}`;
  return named(
    {
      id,
      firstName,
      middleName,
      lastName,
      fullName: '',
      dob: makeDob(rng, options.date),
      gender,
      mobilePhone: rng.chance(0.9) ? phone() : null,
      homePhone: rng.chance(0.4) ? phone() : null,
      email: rng.chance(0.7) ? `patient.${id}@example.test` : null,
      mrn: `MRN${id}`,
      alert: rng.chance(0.08) ? rng.pick(ALERTS) : null,
      caseId: 70_000 + id,
      canary: null,
    },
    options,
  );
}

/** Gives a patient's derived names, with the canary when wanted. */
function named(patient: Patient, options: DayOptions): Patient {
  const canary = options.canary ? canaryOf(options.seed, patient.id) : null;
  const lastName = canary ? `${patient.lastName} ${canary}` : patient.lastName;
  return { ...patient, lastName, canary, fullName: `${patient.firstName} ${lastName}` };
}

/** The marker of one patient under one seed: findable in any dump, mistakable for nothing else. */
export function canaryOf(seed: number, patientId: number): string {
  return `ZZTEST-${hash32(`${seed}:${patientId}`).toString(16).padStart(8, '0')}`;
}

function makeDob(rng: Rng, today: string): string {
  const year = Number(today.slice(0, 4)) - rng.int(1, 94);
  const month = rng.int(1, 12);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${year}-${String(month).padStart(2, '0')}-${String(rng.int(1, days)).padStart(2, '0')}`;
}

function withOddPatients(patients: Patient[], options: DayOptions): Patient[] {
  const odd = patients.map((patient, i) => {
    const [firstName, lastName] = ODD_NAMES[i] ?? [];
    if (firstName === undefined || lastName === undefined) return patient;
    const dob = i === 0 ? '1984-02-29' : patient.dob;
    return named({ ...patient, firstName, lastName, middleName: null, dob }, options);
  });
  const [last, beforeLast] = [odd.at(-1), odd.at(-2)];
  if (odd.length < ODD_NAMES.length + 2 || !last || !beforeLast) return odd;
  // Namesakes: same name, different person; only the date of birth tells them apart.
  const namesake = (patient: Patient) =>
    named({ ...patient, firstName: 'John', middleName: null, lastName: 'Smith' }, options);
  return [...odd.slice(0, -2), namesake(beforeLast), namesake(last)];
}
