import type { Milestone, VisitStatus } from '@workflow-bolt/contracts';

export type StatusGroup = 'expected' | 'lobby' | 'room' | 'wrap-up' | 'closed' | 'hidden';

export type StatusInfo = {
  label: string;
  group: StatusGroup;
  /** The milestone that entering this status records. */
  milestone: Milestone | null;
  /** Progress through the clinic, 0 to 7; null for states outside that order. */
  rank: number | null;
};

/** Everything that is fixed about a status. A code is never shown; a label is never stored. */
export const statusInfo: Record<VisitStatus, StatusInfo> = {
  scheduled: { label: 'Scheduled', group: 'expected', milestone: null, rank: 0 },
  confirmed: { label: 'Confirmed', group: 'expected', milestone: 'confirmedAt', rank: 1 },
  arrived: { label: 'Arrived', group: 'lobby', milestone: 'arrivedAt', rank: 2 },
  'appt-prep': { label: 'Appointment prep', group: 'room', milestone: 'roomedAt', rank: 3 },
  'ready-for-md': { label: 'Ready for MD', group: 'room', milestone: 'readyAt', rank: 4 },
  'with-doctor': { label: 'With doctor', group: 'room', milestone: 'withDoctorAt', rank: 5 },
  'seen-by-md': { label: 'Seen by MD', group: 'wrap-up', milestone: 'seenAt', rank: 6 },
  completed: { label: 'Checked out', group: 'closed', milestone: 'completedAt', rank: 7 },
  left: { label: 'Left', group: 'closed', milestone: 'leftAt', rank: null },
  'no-show': { label: 'No show', group: 'closed', milestone: 'noShowAt', rank: null },
  cancelled: { label: 'Cancelled', group: 'closed', milestone: 'cancelledAt', rank: null },
  rescheduled: { label: 'Rescheduled', group: 'closed', milestone: 'rescheduledAt', rank: null },
  'entered-in-error': { label: 'Removed', group: 'hidden', milestone: 'voidedAt', rank: null },
};

export const isExpected = (status: VisitStatus): boolean => statusInfo[status].group === 'expected';
export const isClosed = (status: VisitStatus): boolean => statusInfo[status].group === 'closed';
export const isHidden = (status: VisitStatus): boolean => statusInfo[status].group === 'hidden';

/** The patient is in the building: arrived, not yet closed. */
export function isInOffice(status: VisitStatus): boolean {
  const { group } = statusInfo[status];
  return group === 'lobby' || group === 'room' || group === 'wrap-up';
}

/** Clinical order of the milestones of a passage; each may not precede the one before it (V1). */
export const flowMilestones = [
  'arrivedAt',
  'checkInCompletedAt',
  'roomedAt',
  'readyAt',
  'withDoctorAt',
  'seenAt',
  'completedAt',
] as const satisfies readonly Milestone[];
