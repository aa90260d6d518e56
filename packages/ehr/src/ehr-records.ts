import type { EhrStatus } from './appointment-status.ts';

/**
 * What the port hands out: plain data, free of any vendor's spelling. Ids are opaque strings, instants are
 * epoch milliseconds in UTC, calendar dates are YYYY-MM-DD text, and null means that the EHR did not say.
 */

/**
 * A point in time as the EHR wrote it. Without a zone it stays text: guessing one would move an appointment by
 * hours. A text that is no time at all is `unreadable`.
 */
export type EhrTime =
  | { readonly kind: 'instant'; readonly at: number; readonly text: string }
  | { readonly kind: 'unknown-zone'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly text: string };

/** A doctor, room or other thing that an appointment books. */
export interface EhrResource {
  readonly id: string | null;
  readonly name: string | null;
  readonly kind: 'provider' | 'room' | 'unknown';
}

/** P: a patient's appointment · O: a block without a patient · U: the EHR did not say, or said something new. */
export type EhrAppointmentType = 'P' | 'O' | 'U';

/** One row of the schedule as listed, decoded but not yet judged. */
export interface EhrScheduleRow {
  readonly appointmentId: string;
  readonly occurrenceId: string | null;
  readonly patientId: string | null;
  readonly patientName: string | null;
  readonly start: EhrTime | null;
  readonly end: EhrTime | null;
  readonly durationMin: number | null;
  readonly status: EhrStatus;
  readonly reasons: readonly string[];
  readonly resources: readonly EhrResource[];
  readonly locationId: string | null;
  readonly locationName: string | null;
  readonly notes: string | null;
  readonly type: EhrAppointmentType;
  readonly typeRaw: string | null;
  readonly allDay: boolean | null;
  readonly recurring: boolean | null;
  readonly practiceId: string | null;
  readonly practiceName: string | null;
  readonly patientCaseId: string | null;
  /** As written: the vendor does not say in which zone. */
  readonly createdDate: string | null;
  readonly lastModifiedDate: string | null;
}

/** The list answer. A phantom is the empty row that some accounts send instead of no row. */
export interface EhrSchedule {
  readonly rows: readonly EhrScheduleRow[];
  readonly phantomRows: number;
}

/** A patient's appointment on a known day, ready to become a card. */
export interface EhrAppointment {
  /** Stable for one patient's occurrence at one time; it changes when the appointment moves. */
  readonly externalKey: string;
  readonly appointmentId: string;
  readonly occurrenceId: string | null;
  readonly patientId: string;
  readonly patientName: string | null;
  readonly startAt: number;
  readonly endAt: number | null;
  readonly durationMin: number | null;
  readonly status: EhrStatus;
  readonly reasons: readonly string[];
  /** The first booked provider. */
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly otherProviders: readonly EhrResource[];
  readonly roomResources: readonly EhrResource[];
  readonly unknownResources: readonly EhrResource[];
  readonly locationId: string | null;
  readonly locationName: string | null;
  readonly notes: string | null;
  readonly type: 'P' | 'U';
  readonly allDay: boolean | null;
  readonly recurring: boolean | null;
  readonly practiceId: string | null;
  readonly practiceName: string | null;
  readonly patientCaseId: string | null;
  readonly createdDate: string | null;
  readonly lastModifiedDate: string | null;
  /** SHA-256 over everything above but `lastModifiedDate`, in hex: equal means nothing real has changed. */
  readonly fingerprint: string;
}

/** The few facts about a patient that come with a single appointment. */
export interface EhrPatientSummary {
  readonly patientId: string | null;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly dateOfBirth: string | null;
  readonly mobilePhone: string | null;
  readonly homePhone: string | null;
  readonly email: string | null;
}

export interface EhrGroupPatient extends EhrPatientSummary {
  readonly attendeeStatus: string | null;
}

/** One appointment as the single call answers it, with every member that an update must send back. */
export interface EhrAppointmentDetail {
  readonly appointmentId: string;
  readonly status: EhrStatus;
  readonly start: EhrTime | null;
  readonly end: EhrTime | null;
  readonly type: EhrAppointmentType;
  readonly typeRaw: string | null;
  readonly patient: EhrPatientSummary | null;
  readonly groupPatients: readonly EhrGroupPatient[];
  readonly isDeleted: boolean | null;
  readonly isGroup: boolean | null;
  readonly isRecurring: boolean | null;
  readonly occurrenceId: string | null;
  readonly name: string | null;
  readonly mode: string | null;
  readonly notes: string | null;
  readonly reasonId: string | null;
  readonly patientCaseId: string | null;
  readonly insurancePolicyAuthorizationId: string | null;
  readonly maxAttendees: string | null;
  readonly practiceId: string | null;
  readonly providerId: string | null;
  readonly resourceId: string | null;
  readonly resourceIds: readonly string[];
  readonly serviceLocationId: string | null;
  readonly createdAt: EhrTime | null;
  readonly updatedAt: EhrTime | null;
  readonly updatedBy: string | null;
}

export interface EhrPatientCase {
  readonly caseId: string | null;
  readonly name: string | null;
  readonly isPrimary: boolean | null;
  readonly payerScenario: string | null;
}

/** A patient's record, limited to what a board needs: no social security number, no address, no balances. */
export interface EhrPatient {
  readonly patientId: string;
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly suffix: string | null;
  readonly dateOfBirth: string | null;
  readonly gender: string | null;
  readonly mobilePhone: string | null;
  readonly homePhone: string | null;
  readonly email: string | null;
  readonly medicalRecordNumber: string | null;
  readonly alertMessage: string | null;
  readonly alertWhenScheduling: boolean | null;
  readonly alertWhenDisplaying: boolean | null;
  readonly renderingProviderId: string | null;
  readonly renderingProviderName: string | null;
  readonly practiceId: string | null;
  readonly practiceName: string | null;
  readonly lastModifiedDate: string | null;
  readonly cases: readonly EhrPatientCase[];
}

export interface EhrProvider {
  readonly providerId: string;
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly degree: string | null;
  readonly specialty: string | null;
  readonly npi: string | null;
  /** Null when the EHR does not say; a referring provider is no column on a board. */
  readonly active: boolean | null;
  readonly kind: 'normal' | 'referring' | 'unknown';
  readonly practiceId: string | null;
  readonly practiceName: string | null;
}

export interface EhrPractice {
  readonly practiceId: string;
  /** Exactly as the EHR spells it, trailing blanks included: it is the key of the schedule filter. */
  readonly name: string | null;
  readonly active: boolean | null;
  readonly npi: string | null;
  readonly state: string | null;
}

/** A site. The EHR knows no time zone; an administrator assigns one. */
export interface EhrServiceLocation {
  readonly locationId: string;
  readonly name: string | null;
  readonly placeOfService: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zipCode: string | null;
  readonly practiceId: string | null;
  readonly practiceName: string | null;
}

/** The vendor's current minimum gap between two calls of one operation. */
export interface EhrThrottle {
  readonly endpoint: string;
  readonly minGapMs: number;
}
