/** What is compared: a visit of the board, an appointment of the EHR, or both where they are one. */
import type { EhrStatus, Visit } from '@workflow-bolt/contracts';

/**
 * An appointment as the EHR has it, in the board's ids where there are any. Null is what the EHR did not say: it differs
 * from nothing.
 */
export type TheirAppointment = {
  appointmentId: string;
  patientId: string;
  status: EhrStatus;
  startAt: number | null;
  /** Minutes. */
  durationMin: number | null;
  /** `id` is the board's own; null for a provider whom the board does not list. */
  provider: { id: string | null; name: string | null };
  visitTypeId: string | null;
  locationName: string | null;
  fingerprint: string;
};

/**
 * What became of an appointment that the day's list does not have: `unlisted` while the EHR still knows it on this day,
 * `unasked` when nobody could say.
 */
export type Absence = 'unlisted' | 'deleted' | 'moved' | 'unasked';

/** A visit without an appointment is `none`: a walk-in, or one that was imported. */
export type DriftPair =
  | { visit: Visit; theirs: TheirAppointment }
  | { visit: Visit; theirs: Absence | 'none' }
  | { visit: null; theirs: TheirAppointment };
