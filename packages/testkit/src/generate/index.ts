/** Seeded clinic days: one u32 seed decides the clinic, its patients, its schedule and how the day is played. */
export {
  type Clinic,
  type DayOptions,
  generateClinic,
  type Location,
  type Provider,
  type Room,
  type RoomKind,
  seeingProviders,
} from './clinic.ts';
export { type ClinicDay, generateDay } from './day.ts';
export {
  type Distribution,
  draw,
  expectedEvents,
  exponential,
  generalisedLogistic,
  ksDistance,
  lognormal,
  poissonArrivals,
  type RatePiece,
  rateAt,
} from './distributions.ts';
export { canaryOf, generatePatients, type Patient } from './patients.ts';
export {
  ARRIVAL_OFFSET,
  PROFILES,
  type Profile,
  type ProfileName,
  VISIT_TYPES,
  type VisitType,
} from './profiles.ts';
export { createRng, hash32, type Rng } from './random.ts';
export { type Appointment, type Fate, generateSchedule, type Oddity } from './schedule.ts';
export { dayTrace } from './trace.ts';
export type { StepKind, StepRole, TraceStep } from './trace-step.ts';
export { generateWalkIns, walkInMinutes } from './walk-ins.ts';
export {
  instantOf,
  instantOfMinute,
  localDateOf,
  localMidnight,
  type WallTime,
  wallAsUtc,
  wallFromUtc,
  wallTimeOf,
} from './wall-clock.ts';
