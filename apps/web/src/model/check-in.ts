import type { Visit } from '@workflow-bolt/contracts';
import { type NextAction, nextActions } from '@workflow-bolt/domain';
import { linksOf } from './board-links.ts';
import { type Entities, findVisit } from './entities.ts';

type Asking = Parameters<typeof nextActions>[1];

const isArrival = ({ kind }: NextAction): boolean => kind === 'arrive' || kind === 're-check-in';

function arrivalOf(visit: Visit, asking: Asking): NextAction[] {
  return nextActions(visit, asking).filter(({ kind, needs }) => kind === 'arrive' && needs.length === 0);
}

/**
 * The arrivals of this visit and of the same patient's other expected visits today, this one first. Empty
 * when this visit, or every other, cannot be checked in by this role now.
 */
export function arrivalsTogether(entities: Entities, visit: Visit, asking: Asking): NextAction[] {
  const own = arrivalOf(visit, asking);
  if (own.length === 0) return [];
  const others = (linksOf(entities).linked.get(visit.id) ?? []).flatMap((id) => {
    const other = findVisit(entities, id);
    return other ? arrivalOf(other, asking) : [];
  });
  return others.length > 0 ? [...own, ...others] : [];
}

/** Visits of other people with the same name: before a check-in, staff confirm which of them has come. */
export function namesakesAtCheckIn(entities: Entities, action: NextAction): readonly string[] {
  return isArrival(action) ? (linksOf(entities).sameName.get(action.command.visitId) ?? []) : [];
}
