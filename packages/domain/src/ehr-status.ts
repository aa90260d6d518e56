/** The EHR's words and ours. What is unknown stays unknown (V20): no word maps by default. */
import type { Day, EhrStatus, VisitStatus } from '@workflow-bolt/contracts';

export type EhrMark = 'reminder-sent' | 'tentative' | 'to-reschedule';

export type BoardMeaning = {
  status: VisitStatus;
  /** The EHR also says that check-in is done. */
  isCheckInCompleted: boolean;
  mark: EhrMark | null;
};

function means(status: VisitStatus, mark: EhrMark | null = null): BoardMeaning {
  return { status, isCheckInCompleted: false, mark };
}

/**
 * Tebra → board. `Seen` has no row on purpose: the practice-management word for "roomed" reads as "seen by
 * the provider" everywhere else, so it warns instead of moving a patient.
 */
const pulled: Record<EhrStatus, BoardMeaning | null> = {
  Unknown: null,
  Unrecognised: null,
  Seen: null,
  Scheduled: means('scheduled'),
  ReminderSent: means('scheduled', 'reminder-sent'),
  Tentative: means('scheduled', 'tentative'),
  Confirmed: means('confirmed'),
  CheckedIn: means('arrived'),
  ReadyToBeSeen: means('ready-for-md'),
  Roomed: means('appt-prep'),
  CheckedOut: means('completed'),
  NoShow: means('no-show'),
  Cancelled: means('cancelled'),
  Rescheduled: means('rescheduled'),
  NeedsReschedule: means('rescheduled', 'to-reschedule'),
};

/** What an EHR status says about a visit; null when it says nothing we know. */
export function boardMeaningOf(
  status: EhrStatus,
  readyToBeSeenMeans: Day['readyToBeSeenMeans'],
): BoardMeaning | null {
  if (status === 'ReadyToBeSeen' && readyToBeSeenMeans === 'check-in-completed') {
    return { status: 'arrived', isCheckInCompleted: true, mark: null };
  }
  return pulled[status];
}

const pushed: Record<VisitStatus, EhrStatus | null> = {
  scheduled: 'Scheduled',
  confirmed: 'Confirmed',
  arrived: 'CheckedIn',
  'appt-prep': 'Roomed',
  'ready-for-md': null,
  'with-doctor': null,
  'seen-by-md': null,
  completed: 'CheckedOut',
  // Which word stands for someone who left unseen is the clinic's decision; until it decides, none.
  left: null,
  'no-show': 'NoShow',
  cancelled: 'Cancelled',
  rescheduled: 'Rescheduled',
  'entered-in-error': null,
};

/** The status to write to the EHR for a visit; null when it has no word for it and nothing is written. */
export function ehrStatusOf(
  visit: { status: VisitStatus; milestones: { checkInCompletedAt?: number | undefined } },
  readyToBeSeenMeans: Day['readyToBeSeenMeans'],
): EhrStatus | null {
  const isReadyColumn = readyToBeSeenMeans === 'ready-for-md';
  if (visit.status === 'ready-for-md' && isReadyColumn) return 'ReadyToBeSeen';
  const isTicked = visit.milestones.checkInCompletedAt !== undefined;
  if (visit.status === 'arrived' && isTicked && !isReadyColumn) return 'ReadyToBeSeen';
  return pushed[visit.status];
}

const words: Record<string, EhrStatus> = {
  unknown: 'Unknown',
  scheduled: 'Scheduled',
  remindersent: 'ReminderSent',
  confirmed: 'Confirmed',
  checkedin: 'CheckedIn',
  checkin: 'CheckedIn',
  arrived: 'CheckedIn',
  roomed: 'Roomed',
  checkedout: 'CheckedOut',
  checkout: 'CheckedOut',
  needsreschedule: 'NeedsReschedule',
  readytobeseen: 'ReadyToBeSeen',
  noshow: 'NoShow',
  cancelled: 'Cancelled',
  canceled: 'Cancelled',
  rescheduled: 'Rescheduled',
  tentative: 'Tentative',
  seen: 'Seen',
};

/** Reads a status word of any of the EHR's three vocabularies; a word nobody knows is `Unrecognised`. */
export function parseEhrStatus(raw: string): EhrStatus {
  const key = raw.toLowerCase().replace(/[^a-z]/g, '');
  return Object.hasOwn(words, key) ? (words[key] ?? 'Unrecognised') : 'Unrecognised';
}
