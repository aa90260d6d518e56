import { FEMALE_NAMES, LAST_NAMES, MALE_NAMES } from './names.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { createRng } from './random.ts';

/** Everything a generated day depends on. The same options give the same day, byte for byte. */
export interface DayOptions {
  /** Unsigned 32-bit. */
  seed: number;
  /** Local date, `YYYY-MM-DD`. */
  date: string;
  /** IANA zone of the clinic. */
  zone: string;
  profile?: ProfileName;
  /** Booked appointments; default by profile. */
  appointments?: number;
  /** Put a marker `ZZTEST-<hash>` into every patient's last name, for leak scans. */
  canary?: boolean;
}

export interface Provider {
  id: number;
  firstName: string;
  lastName: string;
  degree: string;
  fullName: string;
  specialty: string;
  active: boolean;
  /** A referring provider sees nobody here and must never become a column. */
  referring: boolean;
}

export type RoomKind = 'exam' | 'procedure' | 'lab' | 'iv' | 'place';

export interface Room {
  id: number;
  name: string;
  kind: RoomKind;
  capacity: number;
}

export interface Location {
  id: number;
  name: string;
  city: string;
  state: string;
  zip: string;
  zone: string;
}

export interface Clinic {
  customerId: number;
  practiceId: number;
  practiceName: string;
  zone: string;
  providers: Provider[];
  rooms: Room[];
  locations: Location[];
}

const DEGREES = ['MD', 'NP', 'DO', 'PA-C'];
const SPECIALTIES = ['Family Medicine', 'Internal Medicine', 'Pediatrics'];
// What fits between opening and closing at the visit types' mean slot of 26 minutes, with a few double bookings.
const PATIENTS_PER_PROVIDER = 22;

/** The clinic of a day: enough providers for its appointments, three exam rooms for every two of them, one main site. */
export function generateClinic(options: DayOptions): Clinic {
  const profile = PROFILES[options.profile ?? 'calm'];
  const appointments = options.appointments ?? profile.appointments;
  const seeing = Math.max(profile.providers, Math.ceil(appointments / PATIENTS_PER_PROVIDER));
  return {
    customerId: 55_501,
    practiceId: 101,
    practiceName: 'Cedar Hollow Family Medicine',
    zone: options.zone,
    providers: makeProviders(options.seed, seeing),
    rooms: makeRooms(Math.ceil(seeing * 1.5)),
    locations: makeLocations(options.zone),
  };
}

/** The providers who see patients today, in column order. */
export function seeingProviders(clinic: Clinic): Provider[] {
  return clinic.providers.filter((provider) => provider.active && !provider.referring);
}

function makeProviders(seed: number, seeing: number): Provider[] {
  const rng = createRng(seed).fork('providers');
  const first = rng.shuffle([...FEMALE_NAMES, ...MALE_NAMES]);
  const last = rng.shuffle(LAST_NAMES);
  return Array.from({ length: seeing + 2 }, (_, i) => {
    const firstName = `${first[i % first.length]}`;
    const lastName = `${last[i % last.length]}`;
    const degree = `${DEGREES[i % DEGREES.length]}`;
    return {
      id: 201 + i,
      firstName,
      lastName,
      degree,
      fullName: `${firstName} ${lastName}, ${degree}`,
      specialty: rng.pick(SPECIALTIES),
      active: i !== seeing,
      referring: i === seeing + 1,
    };
  });
}

function makeRooms(exam: number): Room[] {
  const rooms: Omit<Room, 'id'>[] = Array.from({ length: exam }, (_, i) => ({
    name: `Exam ${i + 1}`,
    kind: 'exam',
    capacity: 1,
  }));
  rooms.push({ name: 'IV Suite', kind: 'iv', capacity: 2 }, { name: 'Lab', kind: 'lab', capacity: 2 });
  rooms.push({ name: 'Lobby', kind: 'place', capacity: 999 });
  return rooms.map((room, i) => ({ id: 2501 + i, ...room }));
}

function makeLocations(zone: string): Location[] {
  return [
    { id: 301, name: 'Cedar Hollow - Main', city: 'Exampleton', state: 'TX', zip: '75001', zone },
    { id: 302, name: 'Cedar Hollow - Eastside', city: 'Sampleville', state: 'TX', zip: '75002', zone },
    { id: 303, name: 'Telehealth', city: '', state: '', zip: '', zone },
  ];
}
