import type { CommandOf, Day, Role, Visit, VisitStatus } from '@workflow-bolt/contracts';
import { isNoShowProposed } from './alarms.ts';
import { localDate } from './clinic-time.ts';
import {
  type MoveCondition,
  type MoveKind,
  type Transition,
  targetsOf,
  transitionTable,
} from './transition-table.ts';

/** What a person still has to give before the command is complete. */
export type ActionNeed = 'reason' | 'by' | 'room' | 'provider';

export type NextAction = {
  label: string;
  kind: MoveKind;
  /** The one step forward that a card shows as its button; at most one action of a card is. */
  isPrimary: boolean;
  needs: ActionNeed[];
  command: CommandOf<'moveVisit'>;
};

const labels: Record<VisitStatus, string> = {
  scheduled: 'Unconfirm',
  confirmed: 'Confirm',
  arrived: 'Check In',
  'appt-prep': 'Start Prep',
  'ready-for-md': 'Prep Complete',
  'with-doctor': 'MD Ready',
  'seen-by-md': 'MD Complete',
  completed: 'Check Out',
  left: 'Left',
  'no-show': 'No Show',
  cancelled: 'Cancel',
  rescheduled: 'Reschedule',
  'entered-in-error': 'Remove',
};

const reworkLabels: Partial<Record<VisitStatus, string>> = {
  'appt-prep': 'Back to Prep',
  'ready-for-md': 'Provider Called Away',
  'with-doctor': 'Provider Returns',
};

function labelOf(to: VisitStatus, kind: MoveKind): string {
  if (kind === 're-check-in') return 'Check In Again';
  if (kind === 'reopen') return 'Reopen';
  return (kind === 'rework' ? reworkLabels[to] : undefined) ?? labels[to];
}

const primaryKinds: readonly MoveKind[] = ['arrive', 'forward', 're-check-in'];

type Asking = { role: Role; day: Day; now: number };

/** Conditions no input can meet: the action would only be refused, so it is not offered. */
function isHopeless(condition: MoveCondition, visit: Visit, { role, day, now }: Asking): boolean {
  const type = day.visitTypes.find((each) => each.id === visit.visitTypeId);
  const isProviderNeeded = type?.needsProvider ?? true;
  if (condition === 'today') return localDate(day.zone, now) !== day.date;
  if (condition === 'grace') return visit.startAt !== null && !isNoShowProposed(visit, day, now);
  if (condition === 'no-provider-type') return isProviderNeeded;
  return condition === 'no-provider-type-for-front-desk' && role === 'front-desk' && isProviderNeeded;
}

function needsOf({ conditions }: Transition, visit: Visit, day: Day): ActionNeed[] {
  const needs: ActionNeed[] = [];
  if (conditions.includes('departure')) needs.push('by');
  if (conditions.includes('reason') || conditions.includes('departure')) needs.push('reason');
  if (conditions.includes('room') && day.isRoomRequired && visit.roomId === null) needs.push('room');
  if (conditions.includes('provider') && visit.providerId === null) needs.push('provider');
  return needs;
}

/**
 * The steps a role may take with a card now, the one forward first. Derived from the transition table, so a
 * button never offers what `decide` would refuse for good (V28).
 */
export function nextActions(visit: Visit, asking: Asking): NextAction[] {
  if (asking.day.state === 'closed') return [];
  const actions = targetsOf(visit.status, asking.role).flatMap((to): NextAction[] => {
    const transition = transitionTable[visit.status][to];
    if (!transition || transition.conditions.some((each) => isHopeless(each, visit, asking))) return [];
    return [
      {
        label: labelOf(to, transition.kind),
        kind: transition.kind,
        isPrimary: false,
        needs: needsOf(transition, visit, asking.day),
        command: { type: 'moveVisit', visitId: visit.id, to },
      },
    ];
  });
  const primary = actions.find((each) => primaryKinds.includes(each.kind));
  const others = actions.filter((each) => each !== primary);
  return primary ? [{ ...primary, isPrimary: true }, ...others] : others;
}
