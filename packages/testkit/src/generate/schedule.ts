import { type Clinic, type DayOptions, type Provider, seeingProviders } from './clinic.ts';
import { draw } from './distributions.ts';
import { CANCEL_REASONS, COMPLAINTS } from './names.ts';
import type { Patient } from './patients.ts';
import {
  ARRIVAL_OFFSET,
  CLOSES_AT_MIN,
  LUNCH_AT_MIN,
  LUNCH_MIN,
  OPENS_AT_MIN,
  PROFILES,
  type Profile,
  VISIT_TYPES,
  type VisitType,
} from './profiles.ts';
import { createRng, type Rng } from './random.ts';
import { instantOfMinute } from './wall-clock.ts';

/** What is going to happen to a booking, decided when the day is made. */
export type Fate = 'comes' | 'no-show' | 'cancels' | 'leaves';

/** Row-level strangeness that a schedule list may show; the simulator renders each. */
export type Oddity =
  | 'duplicate-row'
  | 'conflicting-row'
  | 'recurring-shared-id'
  | 'no-start'
  | 'no-patient'
  | 'all-day'
  | 'unknown-status'
  | 'inactive-provider'
  | 'deleted-patient'
  | 'crlf-notes'
  | 'same-patient-twice'
  | 'midnight-crossing'
  | 'clock-change';

export interface Appointment {
  /** Not unique in a pathological day: occurrences of one series may share it. Use `key`. */
  id: number;
  /** Unique within the day. */
  key: string;
  /** Null for a block of type O, and for a broken row. */
  patientId: number | null;
  type: 'P' | 'O';
  startMs: number;
  endMs: number;
  providerId: number;
  roomId: number | null;
  locationId: number;
  visitType: VisitType;
  complaint: string;
  /** The EHR's word at the start of the day (one of its 13, or something unheard of). */
  status: string;
  fate: Fate;
  cancelReason: string | null;
  /** Minutes from the booked start to the arrival; negative is early. */
  arrivalOffsetMin: number;
  /** Minutes with the provider or nurse. */
  serviceMin: number;
  walkIn: boolean;
  oddities: Oddity[];
}

const BOOKED_STATUSES = [
  { word: 'Confirmed', weight: 55 },
  { word: 'Scheduled', weight: 32 },
  { word: 'ReminderSent', weight: 10 },
  { word: 'Tentative', weight: 3 },
];

/** The booked appointments of a day, ordered by start, then id. Patients are taken in a random order, one each. */
export function generateSchedule(
  options: DayOptions,
  clinic: Clinic,
  patients: readonly Patient[],
): Appointment[] {
  const profile = PROFILES[options.profile ?? 'calm'];
  const count = options.appointments ?? profile.appointments;
  const rng = createRng(options.seed).fork('schedule');
  const order = rng.fork('patients').shuffle(patients);
  const providers = seeingProviders(clinic);
  const slots = providers.flatMap((provider, i) =>
    slotsOf(provider, share(count, providers.length, i), rng.fork(`slots-${i}`)),
  );
  const booked = slots.map((slot, i) => book({ slot, patient: order[i], clinic, profile, options, rng }));
  return numbered(booked.sort((a, b) => a.startMs - b.startMs || a.providerId - b.providerId));
}

interface Slot {
  provider: Provider;
  startMin: number;
  visitType: VisitType;
}

/** The n-th part of a whole split as evenly as integers allow. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

/** One provider's day: slots one after another with the free time spread between them; too many wrap as double bookings. */
function slotsOf(provider: Provider, count: number, rng: Rng): Slot[] {
  const types = Array.from({ length: count }, () => rng.weighted(VISIT_TYPES));
  const open = CLOSES_AT_MIN - OPENS_AT_MIN - LUNCH_MIN;
  const busy = types.reduce((sum, type) => sum + type.slotMin, 0);
  const slackSteps = Math.max(Math.floor((open - busy) / 10), 0);
  let cursor = OPENS_AT_MIN;
  return types.map((visitType) => {
    cursor += rng.int(0, Math.floor((2 * slackSteps) / Math.max(count, 1))) * 10;
    cursor = skipLunchAndWrap(cursor, visitType.slotMin);
    const startMin = cursor;
    cursor += visitType.slotMin;
    return { provider, startMin, visitType };
  });
}

function skipLunchAndWrap(cursor: number, lengthMin: number): number {
  const overLunch = cursor < LUNCH_AT_MIN + LUNCH_MIN && cursor + lengthMin > LUNCH_AT_MIN;
  const at = overLunch ? LUNCH_AT_MIN + LUNCH_MIN : cursor;
  return at + lengthMin > CLOSES_AT_MIN ? OPENS_AT_MIN + ((at - OPENS_AT_MIN) % 60) + 10 : at;
}

interface Booking {
  slot: Slot;
  patient: Patient | undefined;
  clinic: Clinic;
  profile: Profile;
  options: DayOptions;
  rng: Rng;
}

function book({ slot, patient, clinic, profile, options, rng }: Booking): Appointment {
  const startMs = instantOfMinute(options.date, options.zone, slot.startMin);
  const fate = fateOf(profile, rng);
  const telehealth = rng.chance(0.05);
  return {
    id: 0,
    key: '',
    patientId: patient?.id ?? null,
    type: 'P',
    startMs,
    endMs: startMs + slot.visitType.slotMin * 60_000,
    providerId: slot.provider.id,
    roomId: rng.chance(0.15) ? rng.pick(clinic.rooms.filter((room) => room.kind === 'exam')).id : null,
    locationId: clinic.locations[telehealth ? 2 : 0]?.id ?? 301,
    visitType: slot.visitType,
    complaint: rng.pick(COMPLAINTS),
    status: rng.weighted(BOOKED_STATUSES).word,
    fate,
    cancelReason: fate === 'cancels' ? rng.pick(CANCEL_REASONS) : null,
    arrivalOffsetMin: arrivalOffset(slot.startMin, profile, rng),
    serviceMin: draw(slot.visitType.service, rng),
    walkIn: false,
    oddities: [],
  };
}

function fateOf(profile: Profile, rng: Rng): Fate {
  const u = rng.next();
  if (u < profile.noShowShare) return 'no-show';
  if (u < profile.noShowShare + profile.cancelShare) return 'cancels';
  return u < profile.noShowShare + profile.cancelShare + profile.lwbsShare ? 'leaves' : 'comes';
}

function arrivalOffset(startMin: number, profile: Profile, rng: Rng): number {
  const offset = draw(ARRIVAL_OFFSET, rng);
  return rng.chance(profile.flashCrowdShare) ? OPENS_AT_MIN - startMin : offset;
}

/** Gives ids (from 880001) and keys in order of start, as a scheduler would have handed them out. */
export function numbered(appointments: readonly Appointment[]): Appointment[] {
  return appointments.map((appointment, i) => ({ ...appointment, id: 880_001 + i, key: `a${880_001 + i}` }));
}
