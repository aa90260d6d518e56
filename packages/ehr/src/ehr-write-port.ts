import { CANONICAL_STATUSES, type CanonicalStatus, type EhrStatus } from './appointment-status.ts';
import type { EhrFailure } from './ehr-failure.ts';

/**
 * Writing to the EHR. No method throws, and none repeats a write: each reads first, sends at most once, and
 * reads again before it claims anything. Whoever wants another try calls again, which reads first again.
 */

/** A state that may be written: the EHR's enum without `Unknown`, and without the list-only word `Seen`. */
export type WritableStatus = Exclude<CanonicalStatus, 'Unrecognised' | 'Seen'>;

/** Whether a word is one that may be written. */
export function isWritableStatus(word: string): word is WritableStatus {
  return word !== 'Unrecognised' && word !== 'Seen' && CANONICAL_STATUSES.some((status) => status === word);
}

/** What both sides held the last time they agreed. */
export interface AgreedState {
  readonly status: CanonicalStatus;
  /** Opaque mark of that version, from an earlier outcome; null when none is known. */
  readonly version: string | null;
}

/** One wanted state of one appointment. */
export interface StatusWrite {
  readonly appointmentId: string;
  /** Which occurrence of a series; without it a series is not written. */
  readonly occurrenceId: string | null;
  /** The appointment must still be this patient's. */
  readonly patientId: string;
  readonly desired: WritableStatus;
  /** Null when they never agreed on anything: then only `mayReplace` allows a write. */
  readonly lastAgreed: AgreedState | null;
  /** States that the caller's policy lets `desired` replace although they are not the agreed one. */
  readonly mayReplace?: readonly CanonicalStatus[];
  /** For an undo: write only when nobody has touched the appointment since the agreed version. */
  readonly onlyUntouched?: boolean;
}

/** Why an appointment must not be written by us, however often we try. */
export type WriteRefusal =
  | 'not-found'
  | 'deleted'
  | 'other-patient'
  | 'other-occurrence'
  | 'group'
  | 'series'
  | 'status-unrecognised'
  /** The EHR has no word for the wanted state. */
  | 'no-word'
  /** What was read cannot be sent back whole, so that an update would clear something. */
  | 'incomplete'
  /** The EHR refused the account or the request: `failure` says which. */
  | 'ehr-refused';

export type NotApplied =
  /** The first read failed, so that nothing was sent. */
  | 'not-read'
  /** Nothing was done: held back by the gate, throttled, or given up before it was sent. */
  | 'not-sent'
  /** Nothing was done: somebody else wrote between our read and our write, and the EHR refused ours. */
  | 'changed-meanwhile'
  /** Answered as done, and read back as it was before. */
  | 'accepted-not-applied'
  /** The answer was lost, and what was read afterwards is as it was before. */
  | 'lost';

export type ConflictReason =
  /** The EHR's state is neither ours nor the agreed one. */
  | 'status-changed'
  /** An undo, and somebody has touched the appointment since. */
  | 'touched'
  /** Our state stands, but other members are not what we sent: somebody wrote at the same time. */
  | 'members-changed';

interface Settled {
  readonly status: EhrStatus;
  /** To be kept as the agreed state's version. */
  readonly version: string | null;
}

/** What became of a wanted state. */
export type StatusWriteOutcome =
  /** Read back as wanted. `isAnswerLost`: known only from reading it back. */
  | ({ readonly kind: 'written'; readonly isAnswerLost: boolean } & Settled)
  | ({ readonly kind: 'already-so' } & Settled)
  | {
      readonly kind: 'conflict';
      readonly reason: ConflictReason;
      readonly theirs: EhrStatus;
      readonly ours: WritableStatus;
      readonly lastAgreed: AgreedState | null;
      readonly version: string | null;
      /** Whether a write of ours reached the EHR before the conflict was seen. */
      readonly isSent: boolean;
      /** Names of the members that differ from what was sent; never their values. */
      readonly members: readonly string[];
    }
  | {
      readonly kind: 'not-applied';
      readonly reason: NotApplied;
      /** What the EHR held when last read, null when it could not be read. */
      readonly theirs: EhrStatus | null;
      readonly failure: EhrFailure | null;
    }
  /** It may have been applied: the next try must read first, which `writeStatus` does. */
  | { readonly kind: 'unknown'; readonly failure: EhrFailure }
  | {
      readonly kind: 'refused';
      readonly reason: WriteRefusal;
      readonly theirs: EhrStatus | null;
      readonly failure: EhrFailure | null;
    };

/** What a write would come to: `would` when it would be sent, else the outcome that reading alone decides. */
export type StatusPreview = { readonly kind: 'would' } | StatusWriteOutcome;

/** A visit that the EHR does not know yet, usually a walk-in. */
export interface AppointmentCreation {
  readonly practiceId: string;
  /** Exactly as `practices()` spells it: the search for an earlier try needs it. */
  readonly practiceName: string;
  readonly serviceLocationId: string;
  readonly providerId: string;
  readonly patientId: string;
  /** Epoch ms; the EHR keeps whole seconds. */
  readonly startAt: number;
  readonly endAt: number;
  readonly status: WritableStatus;
  readonly name: string | null;
  readonly reasonId: string | null;
  readonly caseId: string | null;
  readonly resourceIds: readonly string[];
  readonly notes: string | null;
  /** Ms since an earlier try whose outcome is unknown; null when there was none. */
  readonly triedAgoMs: number | null;
}

/** What became of a wanted appointment. */
export type CreateOutcome =
  | ({ readonly kind: 'written'; readonly appointmentId: string; readonly isAnswerLost: boolean } & Settled)
  /** The patient has an appointment at that time already: most likely an earlier try of ours. */
  | { readonly kind: 'already-so'; readonly appointmentId: string; readonly status: EhrStatus }
  /** Several appointments of the patient at that time, or one that was read back as something else. */
  | {
      readonly kind: 'conflict';
      readonly appointmentIds: readonly string[];
      readonly members: readonly string[];
      /** What was read of the one; null of several. */
      readonly theirs: Settled | null;
    }
  | { readonly kind: 'not-applied'; readonly reason: 'not-read' | 'not-sent'; readonly failure: EhrFailure }
  /**
   * It may exist although no list shows it yet. Call again with `triedAgoMs` once `searchAfterMs` have
   * passed: sooner, an empty search proves nothing and nothing is sent.
   */
  | {
      readonly kind: 'unknown';
      readonly failure: EhrFailure | null;
      readonly searchAfterMs: number;
      readonly isSent: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'incomplete' | 'ehr-refused';
      readonly failure: EhrFailure;
    };

/** The writing half of the EHR port. */
export interface EhrWritePort {
  /** Read, compare, full-copy update, echo check, read again. Takes 1 to 4 calls, about 2 to 4 s. */
  writeStatus(write: StatusWrite, signal?: AbortSignal): Promise<StatusWriteOutcome>;
  /** The reading and the comparison of `writeStatus`, by the same rules; sends nothing. */
  previewStatus(write: StatusWrite, signal?: AbortSignal): Promise<StatusPreview>;
  /** Search by patient and time, create, echo check, read again. */
  create(creation: AppointmentCreation, signal?: AbortSignal): Promise<CreateOutcome>;
}
