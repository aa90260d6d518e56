/**
 * The clinic that `npm start` shows: settings and users derived from one seed, the same day that the EHR
 * simulator serves.
 */
import type { ClinicSettings, User } from '@workflow-bolt/contracts';
import {
  type DayOptions,
  generateClinic,
  type Room,
  seeingProviders,
  VISIT_TYPES,
} from '@workflow-bolt/testkit/generate';

export const demoClinicId = 'cedar-hollow';
export const demoSeed = 2026;
export const demoAppointments = 40;

/** One zone per hour of the world, so that somewhere it is morning. */
const zones = [
  'Pacific/Honolulu',
  'America/Anchorage',
  'America/Los_Angeles',
  'America/Denver',
  'America/Chicago',
  'America/New_York',
  'America/Halifax',
  'America/Sao_Paulo',
  'Atlantic/South_Georgia',
  'Atlantic/Azores',
  'Europe/London',
  'Europe/Paris',
  'Europe/Athens',
  'Europe/Istanbul',
  'Asia/Dubai',
  'Asia/Karachi',
  'Asia/Dhaka',
  'Asia/Bangkok',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Australia/Brisbane',
  'Pacific/Guadalcanal',
  'Pacific/Auckland',
];
const opensAtHour = 7.75;

function localHour(zone: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const read = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return read('hour') + read('minute') / 60;
}

/** The zone whose clinics are just opening: whenever somebody tries the system, the day lies ahead of it. */
export function morningZone(now: number): string {
  const distance = (zone: string) => Math.abs(localHour(zone, now) - opensAtHour);
  return zones.reduce((best, zone) => (distance(zone) < distance(best) ? zone : best));
}

const kindOf = (room: Room) => (room.kind === 'iv' ? 'procedure' : room.kind);

/** Room, visit type and EHR settings of the generated clinic. */
export function demoSettings(day: DayOptions): ClinicSettings {
  const clinic = generateClinic(day);
  return {
    id: demoClinicId,
    name: clinic.practiceName,
    zone: day.zone,
    rooms: clinic.rooms.map((room, position) => ({
      id: roomIdOf(room.id),
      name: room.name,
      kind: kindOf(room),
      capacity: room.capacity > 99 ? null : room.capacity,
      position,
    })),
    providers: [],
    visitTypes: VISIT_TYPES.map((type) => ({
      id: type.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40),
      label: type.name,
      slotMin: type.slotMin,
      needsProvider: type.needsProvider,
    })),
    isRoomRequired: false,
    readyToBeSeenMeans: 'check-in-completed',
    ehr: {
      system: 'tebra',
      practiceName: clinic.practiceName,
      serviceLocationName: null,
      writeBack: 'on',
      leftMeans: null,
      pollSeconds: 60,
    },
  };
}

export const roomIdOf = (id: number) => `room-${id}`;

/** Named people, one or two for each role; the providers are those of the schedule. */
export function demoUsers(day: DayOptions): User[] {
  const clinics = [demoClinicId];
  const providers = seeingProviders(generateClinic(day)).slice(0, 2);
  return [
    { id: 'dana', name: 'Dana Whitfield', role: 'front-desk', clinics },
    { id: 'marcus', name: 'Marcus Bell', role: 'medical-assistant', clinics },
    { id: 'ines', name: 'Inés Carrillo', role: 'medical-assistant', clinics },
    ...providers.map((p) => ({
      id: `provider-${p.id}`,
      name: p.fullName,
      role: 'provider' as const,
      clinics,
    })),
    { id: 'robin', name: 'Robin Achebe', role: 'manager', clinics },
    { id: 'wanda', name: 'Wanda Liu', role: 'viewer', clinics },
  ];
}
