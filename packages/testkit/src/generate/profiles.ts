import { type Distribution, generalisedLogistic, lognormal, type RatePiece } from './distributions.ts';

export type ProfileName = 'calm' | 'busy' | 'surge' | 'pathological';

/** What makes one kind of clinic day; shares are probabilities per booked visit, times are minutes. */
export interface Profile {
  name: ProfileName;
  appointments: number;
  providers: number;
  noShowShare: number;
  cancelShare: number;
  lwbsShare: number;
  providerDelay: Distribution;
  walkIns: readonly RatePiece[];
  /** Share of the day's patients who all come at opening, whatever their slot says. */
  flashCrowdShare: number;
}

export interface VisitType {
  id: number;
  name: string;
  slotMin: number;
  weight: number;
  /** Minutes with the provider (or nurse). */
  service: Distribution;
  needsProvider: boolean;
}

export const OPENS_AT_MIN = 8 * 60;
export const LUNCH_AT_MIN = 12 * 60;
export const LUNCH_MIN = 60;
export const CLOSES_AT_MIN = 17 * 60 + 30;

/**
 * Minutes between the booked time and the arrival; negative is early. Location -14, scale 7, shape 1.4 put the mean about
 * ten minutes early and about one patient in six late, as published studies of punctuality find for booked visits.
 */
export const ARRIVAL_OFFSET = generalisedLogistic(-14, 7, 1.4);
export const CHECK_IN_TIME = lognormal(3.5, 0.5);
export const PREP_TIME = lognormal(6, 0.4);
export const WRAP_UP_TIME = lognormal(4, 0.5);
export const CLEANING_TIME = lognormal(4, 0.3);
/** How long somebody who is inclined to leave will sit in the lobby. */
export const PATIENCE = lognormal(35, 0.4);

export const VISIT_TYPES: readonly VisitType[] = [
  { id: 401, name: 'Follow Up', slotMin: 20, weight: 46, service: lognormal(12, 0.4), needsProvider: true },
  {
    id: 402,
    name: 'New Patient',
    slotMin: 40,
    weight: 14,
    service: lognormal(27, 0.35),
    needsProvider: true,
  },
  {
    id: 403,
    name: 'Annual Physical',
    slotMin: 40,
    weight: 10,
    service: lognormal(25, 0.3),
    needsProvider: true,
  },
  { id: 404, name: 'Sick Visit', slotMin: 20, weight: 20, service: lognormal(10, 0.45), needsProvider: true },
  { id: 405, name: 'Nurse Visit', slotMin: 10, weight: 5, service: lognormal(7, 0.35), needsProvider: false },
  {
    id: 406,
    name: 'IV Hydration',
    slotMin: 60,
    weight: 5,
    service: lognormal(42, 0.2),
    needsProvider: false,
  },
];

const calm: Profile = {
  name: 'calm',
  appointments: 40,
  providers: 2,
  noShowShare: 0.06,
  cancelShare: 0.03,
  lwbsShare: 0.01,
  providerDelay: lognormal(4, 0.6),
  walkIns: [
    { fromMin: OPENS_AT_MIN, perHour: 0.3 },
    { fromMin: LUNCH_AT_MIN, perHour: 0.15 },
  ],
  flashCrowdShare: 0,
};

/** The four kinds of day. Surge is three times calm with a crowd at the door when it opens. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  calm,
  busy: {
    ...calm,
    name: 'busy',
    appointments: 72,
    providers: 3,
    noShowShare: 0.09,
    cancelShare: 0.05,
    lwbsShare: 0.03,
    providerDelay: lognormal(12, 0.6),
    walkIns: [
      { fromMin: OPENS_AT_MIN, perHour: 2 },
      { fromMin: 10 * 60, perHour: 1 },
      { fromMin: 15 * 60, perHour: 1.5 },
    ],
  },
  surge: {
    ...calm,
    name: 'surge',
    appointments: 120,
    providers: 5,
    noShowShare: 0.12,
    cancelShare: 0.06,
    lwbsShare: 0.08,
    providerDelay: lognormal(20, 0.6),
    walkIns: [{ fromMin: OPENS_AT_MIN, perHour: 6 }],
    flashCrowdShare: 0.25,
  },
  pathological: { ...calm, name: 'pathological', noShowShare: 0.1, cancelShare: 0.08, lwbsShare: 0.05 },
};
