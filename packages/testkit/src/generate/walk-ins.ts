import { type Clinic, type DayOptions, seeingProviders } from './clinic.ts';
import { draw, poissonArrivals } from './distributions.ts';
import { COMPLAINTS } from './names.ts';
import type { Patient } from './patients.ts';
import { CLOSES_AT_MIN, OPENS_AT_MIN, PROFILES, VISIT_TYPES } from './profiles.ts';
import { createRng } from './random.ts';
import type { Appointment } from './schedule.ts';
import { instantOfMinute } from './wall-clock.ts';

// Nobody is taken in during the last half hour: there would be no time left to see them.
const LAST_WALK_IN_MIN = CLOSES_AT_MIN - 30;

/** Minutes of the day at which people come without a booking. */
export function walkInMinutes(options: DayOptions): number[] {
  const profile = PROFILES[options.profile ?? 'calm'];
  const rng = createRng(options.seed).fork('walk-ins');
  return poissonArrivals(profile.walkIns, [OPENS_AT_MIN, LAST_WALK_IN_MIN], rng);
}

/** The walk-ins as visits that are in no EHR yet; `startMs` is the arrival. */
export function generateWalkIns(
  options: DayOptions,
  clinic: Clinic,
  patients: readonly Patient[],
): Appointment[] {
  const rng = createRng(options.seed).fork('walk-in-visits');
  const sick = VISIT_TYPES.filter((type) => type.needsProvider && type.slotMin === 20);
  return walkInMinutes(options).map((minute, i) => {
    const startMs = instantOfMinute(options.date, options.zone, minute);
    const visitType = rng.pick(sick);
    return {
      id: 890_001 + i,
      key: `w${890_001 + i}`,
      patientId: patients[i]?.id ?? null,
      type: 'P',
      startMs,
      endMs: startMs + visitType.slotMin * 60_000,
      providerId: rng.pick(seeingProviders(clinic)).id,
      roomId: null,
      locationId: clinic.locations[0]?.id ?? 301,
      visitType,
      complaint: rng.pick(COMPLAINTS),
      status: 'CheckedIn',
      fate: rng.chance(PROFILES[options.profile ?? 'calm'].lwbsShare) ? 'leaves' : 'comes',
      cancelReason: null,
      arrivalOffsetMin: 0,
      serviceMin: draw(visitType.service, rng),
      walkIn: true,
      oddities: [],
    };
  });
}
