import type { VisitStatus } from '@workflow-bolt/contracts';

export type FhirStatuses = {
  r5Appointment: string;
  r5Encounter: string;
  /** Encounter.subjectStatus; null where R5 has no word for it. */
  r5Subject: string | null;
  r4Encounter: string;
};

/** Board status → FHIR codes (R5 Appointment, R5 and R4 Encounter). */
export const fhirStatuses: Record<VisitStatus, FhirStatuses> = {
  scheduled: { r5Appointment: 'booked', r5Encounter: 'planned', r5Subject: null, r4Encounter: 'planned' },
  confirmed: { r5Appointment: 'booked', r5Encounter: 'planned', r5Subject: null, r4Encounter: 'planned' },
  arrived: { r5Appointment: 'arrived', r5Encounter: 'planned', r5Subject: 'arrived', r4Encounter: 'arrived' },
  'appt-prep': {
    r5Appointment: 'fulfilled',
    r5Encounter: 'in-progress',
    r5Subject: 'triaged',
    r4Encounter: 'in-progress',
  },
  'ready-for-md': {
    r5Appointment: 'fulfilled',
    r5Encounter: 'in-progress',
    r5Subject: 'receiving-care',
    r4Encounter: 'in-progress',
  },
  'with-doctor': {
    r5Appointment: 'fulfilled',
    r5Encounter: 'in-progress',
    r5Subject: 'receiving-care',
    r4Encounter: 'in-progress',
  },
  'seen-by-md': {
    r5Appointment: 'fulfilled',
    r5Encounter: 'discharged',
    r5Subject: null,
    r4Encounter: 'in-progress',
  },
  completed: {
    r5Appointment: 'fulfilled',
    r5Encounter: 'completed',
    r5Subject: 'departed',
    r4Encounter: 'finished',
  },
  left: {
    r5Appointment: 'cancelled',
    r5Encounter: 'discontinued',
    r5Subject: 'departed',
    r4Encounter: 'cancelled',
  },
  'no-show': { r5Appointment: 'noshow', r5Encounter: 'cancelled', r5Subject: null, r4Encounter: 'cancelled' },
  cancelled: {
    r5Appointment: 'cancelled',
    r5Encounter: 'cancelled',
    r5Subject: null,
    r4Encounter: 'cancelled',
  },
  rescheduled: {
    r5Appointment: 'cancelled',
    r5Encounter: 'cancelled',
    r5Subject: null,
    r4Encounter: 'cancelled',
  },
  'entered-in-error': {
    r5Appointment: 'entered-in-error',
    r5Encounter: 'entered-in-error',
    r5Subject: null,
    r4Encounter: 'entered-in-error',
  },
};
