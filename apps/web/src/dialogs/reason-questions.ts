import type { Visit, VisitStatus } from '@workflow-bolt/contracts';
import { isInOffice, transitionTable } from '@workflow-bolt/domain';
import type { ReasonQuestion } from './reason-dialog.tsx';

type Words = Pick<ReasonQuestion, 'title' | 'confirmLabel' | 'suggestions'>;

const words: Partial<Record<VisitStatus, Words>> = {
  left: {
    title: 'The patient left',
    confirmLabel: 'Mark as left',
    suggestions: ['Waited too long', 'Felt better', 'Had to go', 'Went to the emergency room'],
  },
  cancelled: {
    title: 'Cancel the visit',
    confirmLabel: 'Cancel the visit',
    suggestions: ['Patient called', 'Provider not available', 'Insurance', 'Feels better'],
  },
  rescheduled: {
    title: 'Reschedule the visit',
    confirmLabel: 'Mark as rescheduled',
    suggestions: ['Patient asked', 'Provider running late', 'Preparation missing'],
  },
  'entered-in-error': {
    title: 'Remove the visit',
    confirmLabel: 'Remove the visit',
    suggestions: ['Wrong patient', 'Double entry', 'Test entry'],
  },
};

const fallback: Words = { title: 'Why?', confirmLabel: 'Confirm', suggestions: [] };

/** What has to be asked before this visit goes to `to`; follows the conditions of the transition table. */
export function reasonQuestion(visit: Visit, to: VisitStatus, patientName: string): ReasonQuestion {
  const conditions = transitionTable[visit.status][to]?.conditions ?? [];
  const asksBy = conditions.includes('departure') || to === 'cancelled' || to === 'rescheduled';
  const hint =
    isInOffice(visit.status) && asksBy
      ? 'The patient is in the clinic. If they walked out, use Left instead.'
      : null;
  return {
    ...(words[to] ?? fallback),
    patientName,
    asksBy,
    asksTime: to === 'left',
    ...(hint && { hint }),
  };
}
