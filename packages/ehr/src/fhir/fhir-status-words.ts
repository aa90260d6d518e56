import type { CanonicalStatus, EhrStatus } from '../appointment-status.ts';

/**
 * Where a visit stands is told by two resources of R4: the Appointment until it is under way, the Encounter from then
 * on. The Encounter leads where both say something, because many servers never move the Appointment beyond `arrived`.
 */

/** As much of a participant as is looked at here. */
export interface AnsweringParticipant {
  readonly actor?:
    | { readonly reference?: string | undefined; readonly type?: string | undefined }
    | undefined;
  readonly status?: string | undefined;
}
/** As much of an Appointment as tells its state. */
export interface StatedAppointment {
  readonly status: string;
  readonly participant: readonly AnsweringParticipant[];
}
export interface StatedEncounter {
  readonly status: string;
}

/** What both resources must say for a state. The Encounter's word counts only if one exists, unless `isCreated`. */
export interface FhirWords {
  readonly appointment: string;
  readonly encounter: string;
  /** A state that only an Encounter can tell: where there is none, one is made. */
  readonly isCreated: boolean;
  /** The patient's own answer; null leaves it. */
  readonly participant: 'accepted' | 'needs-action' | null;
}

const words = (
  appointment: string,
  encounter: string,
  more: Partial<Pick<FhirWords, 'isCreated' | 'participant'>> = {},
): FhirWords => ({ appointment, encounter, isCreated: false, participant: null, ...more });

/** The states that R4 has words for. `ReminderSent`, `NeedsReschedule` and `Rescheduled` have none. */
export const FHIR_WORDS: Readonly<Partial<Record<CanonicalStatus, FhirWords>>> = {
  Tentative: words('pending', 'planned'),
  Scheduled: words('booked', 'planned', { participant: 'needs-action' }),
  Confirmed: words('booked', 'planned', { participant: 'accepted' }),
  CheckedIn: words('arrived', 'arrived'),
  ReadyToBeSeen: words('checked-in', 'arrived'),
  Roomed: words('fulfilled', 'in-progress', { isCreated: true }),
  CheckedOut: words('fulfilled', 'finished', { isCreated: true }),
  NoShow: words('noshow', 'cancelled'),
  Cancelled: words('cancelled', 'cancelled'),
};

const CLOSED: Readonly<Record<string, CanonicalStatus>> = { noshow: 'NoShow', cancelled: 'Cancelled' };
const UNDER_WAY: Readonly<Record<string, CanonicalStatus>> = {
  triaged: 'Roomed',
  'in-progress': 'Roomed',
  onleave: 'Roomed',
  finished: 'CheckedOut',
};
const BOOKED: Readonly<Record<string, CanonicalStatus>> = {
  proposed: 'Tentative',
  pending: 'Tentative',
  waitlist: 'Tentative',
  arrived: 'CheckedIn',
  'checked-in': 'ReadyToBeSeen',
};

/** What the two resources say. A fulfilled appointment without a telling Encounter says nothing, and stays so. */
export function fhirStatus(
  { status, participant }: StatedAppointment,
  encounter: StatedEncounter | null,
): EhrStatus {
  const raw = encounter ? `${status}/${encounter.status}` : status;
  const closed = CLOSED[status];
  if (closed) return { canonical: closed, raw };
  if (status === 'entered-in-error') return { canonical: 'Unrecognised', raw };
  const underWay = encounter && UNDER_WAY[encounter.status];
  if (underWay) return { canonical: underWay, raw };
  if (encounter?.status === 'arrived' && status !== 'checked-in') return { canonical: 'CheckedIn', raw };
  if (status === 'booked') return { canonical: hasAccepted(participant) ? 'Confirmed' : 'Scheduled', raw };
  return { canonical: BOOKED[status] ?? 'Unrecognised', raw };
}

/** Whether this participant is the patient. */
export function isPatient({ actor }: AnsweringParticipant): boolean {
  return /(?:^|\/)Patient\//.test(actor?.reference ?? '') || actor?.type === 'Patient';
}

function hasAccepted(participants: readonly AnsweringParticipant[]): boolean {
  return participants.some((one) => isPatient(one) && one.status === 'accepted');
}

/** The Encounter that tells most, of those an appointment has. One entered in error tells nothing. */
export function leadingEncounter<E extends StatedEncounter>(encounters: readonly E[]): E | null {
  const real = encounters.filter(({ status }) => status !== 'entered-in-error');
  return real.toSorted((a, b) => ORDER.indexOf(b.status) - ORDER.indexOf(a.status))[0] ?? null;
}

const ORDER = ['cancelled', 'unknown', 'planned', 'arrived', 'triaged', 'onleave', 'in-progress', 'finished'];
