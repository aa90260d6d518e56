export type StepKind =
  | 'arrive'
  | 'walk-in'
  | 'check-in-complete'
  | 'room'
  | 'ready'
  | 'with-doctor'
  | 'seen'
  | 'complete'
  | 'no-show'
  | 'leave'
  | 'cancel'
  | 'room-clean';

export type StepRole = 'front-desk' | 'medical-assistant' | 'provider';

/** One thing a member of staff means to do at a moment of the day. */
export interface TraceStep {
  atMs: number;
  /** Minutes really elapsed since local midnight (not wall minutes: the two differ on a clock-change day). */
  offsetMin: number;
  step: StepKind;
  role: StepRole;
  /** `Appointment.key`; empty for `room-clean`. */
  visit: string;
  appointmentId: number | null;
  patientId: number | null;
  providerId: number | null;
  roomId: number | null;
  reason: string | null;
}

/** Who does each step. */
export const STEP_ROLES: Readonly<Record<StepKind, StepRole>> = {
  arrive: 'front-desk',
  'walk-in': 'front-desk',
  'check-in-complete': 'front-desk',
  room: 'medical-assistant',
  ready: 'medical-assistant',
  'with-doctor': 'provider',
  seen: 'provider',
  complete: 'front-desk',
  'no-show': 'front-desk',
  leave: 'front-desk',
  cancel: 'front-desk',
  'room-clean': 'medical-assistant',
};
