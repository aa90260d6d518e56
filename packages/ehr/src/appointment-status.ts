/**
 * The EHR's appointment states in one vocabulary. The list call answers free text, the single call an enum,
 * and older accounts one-letter codes; all of them are read here. What is not known stays `Unrecognised`,
 * with the raw text kept, and is never taken for `Scheduled`.
 */

/** Spellings accepted for each state, after lower-casing and dropping everything but a-z. */
const SPELLINGS = {
  Tentative: ['tentative', 't'],
  Scheduled: ['scheduled', 's'],
  ReminderSent: ['remindersent'],
  Confirmed: ['confirmed', 'c'],
  NeedsReschedule: ['needsreschedule'],
  Rescheduled: ['rescheduled', 'r'],
  Cancelled: ['cancelled', 'canceled', 'x'],
  NoShow: ['noshow', 'n'],
  CheckedIn: ['checkedin', 'checkin', 'arrived', 'i'],
  Roomed: ['roomed', 'inroom'],
  ReadyToBeSeen: ['readytobeseen', 'readyforprovider', 'readyformd'],
  // The visit is over, but nobody has said that the patient has checked out.
  Seen: ['seen', 'e'],
  CheckedOut: ['checkedout', 'checkout', 'o'],
} as const satisfies Record<string, readonly string[]>;

export type CanonicalStatus = keyof typeof SPELLINGS | 'Unrecognised';

export interface EhrStatus {
  readonly canonical: CanonicalStatus;
  /** The text as the EHR gave it, empty when it gave none. */
  readonly raw: string;
}

const BY_SPELLING: ReadonlyMap<string, CanonicalStatus> = new Map(
  Object.entries(SPELLINGS).flatMap(([status, spellings]) =>
    spellings.map((spelling) => [spelling, status as CanonicalStatus] as const),
  ),
);

/** Reads any spelling of an appointment's state; empty, nil and unknown texts are `Unrecognised`. */
export function canonicalStatus(raw: string | null): EhrStatus {
  const letters = (raw ?? '').toLowerCase().replace(/[^a-z]/g, '');
  return { canonical: BY_SPELLING.get(letters) ?? 'Unrecognised', raw: raw ?? '' };
}

/** Every canonical state, from least to furthest along; `Unrecognised` comes first. */
export const CANONICAL_STATUSES: readonly CanonicalStatus[] = [
  'Unrecognised',
  ...(Object.keys(SPELLINGS) as (keyof typeof SPELLINGS)[]),
];

/**
 * How far along a state is: 0 for `Unrecognised`, then not yet here, then ended without a visit, then in the
 * building, then done. A patient in the building outranks a cancellation, so that nobody present is hidden.
 */
export function statusRank(status: CanonicalStatus): number {
  return CANONICAL_STATUSES.indexOf(status);
}
