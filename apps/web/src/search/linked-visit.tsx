import { useBoard } from '@workflow-bolt/react';
import { useEffect, useState } from 'react';
import { useBoardUi } from '../board/board-ui.ts';
import { findVisit } from '../model/entities.ts';

/** Cards are drawn a frame or two after the board is there; one in another tab or list is not drawn at all. */
const lookEveryMs = 50;
const looksMax = 40;

/** The visit that the address names: `?visit=<id>`. */
const namedVisit = (): string | null => new URLSearchParams(location.search).get('visit');

/** Once shown, it is no longer what the page is about. */
function forgetVisit(): void {
  const query = new URLSearchParams(location.search);
  query.delete('visit');
  history.replaceState(history.state, '', `${location.pathname}?${query}`);
}

function focusCard(visitId: string): boolean {
  const card = document.querySelector(`[data-visit="${CSS.escape(visitId)}"]`);
  const name = card?.querySelector<HTMLElement>('[data-part="name"]');
  name?.focus();
  card?.scrollIntoView({ block: 'center' });
  return name !== null && name !== undefined;
}

/** Leads to the visit that the address names: to its card, or to its history where no card is in view. */
export function LinkedVisit() {
  const { openPanel } = useBoardUi();
  const [visitId] = useState(namedVisit);
  const isThere = useBoard(({ entities }) => visitId !== null && findVisit(entities, visitId) !== null);
  useEffect(() => {
    if (!isThere || visitId === null) return;
    let looks = 0;
    const looking = setInterval(() => {
      const isFound = focusCard(visitId);
      looks += 1;
      if (!isFound && looks < looksMax) return;
      clearInterval(looking);
      if (!isFound) openPanel({ kind: 'history', visitId });
      forgetVisit();
    }, lookEveryMs);
    return () => clearInterval(looking);
  }, [isThere, visitId, openPanel]);
  return null;
}
