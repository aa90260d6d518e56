import type { Visit } from '@workflow-bolt/contracts';
import { type Column, columns, defaultColumnRules, orderColumn } from '@workflow-bolt/domain';
import { useMemo, useRef } from 'react';
import { isShallowEqual, useBoard } from './use-board.ts';
import { useNow } from './use-now.ts';

export type BoardColumn = Column & { visits: readonly Visit[] };

/** Order depends on time through rules in minutes; a card need not jump sooner than this after its minute. */
const orderStepMs = 15_000;

/** The columns with their visits in the order they are to be taken. A column that did not change keeps its list. */
export function useColumns(): readonly BoardColumn[] {
  const entities = useBoard((snapshot) => snapshot.entities);
  const rules = useBoard((snapshot) => snapshot.day?.columnRules) ?? defaultColumnRules;
  const now = useNow(orderStepMs);
  const former = useRef<readonly BoardColumn[]>([]);
  return useMemo(() => {
    const visits = [...entities.values()].flatMap(({ d }) => (d.type === 'visit' ? [d] : []));
    const next = columns.map((column, index) => {
      const ordered = orderColumn(column.status, visits, { rules, now });
      const before = former.current[index];
      return before && isShallowEqual(before.visits, ordered) ? before : { ...column, visits: ordered };
    });
    former.current = isShallowEqual(former.current, next) ? former.current : next;
    return former.current;
  }, [entities, rules, now]);
}
