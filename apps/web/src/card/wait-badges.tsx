import type { Day, Visit } from '@workflow-bolt/contracts';
import { isSameJson, useTimed } from '../board/use-timed.ts';
import { waitWords } from '../model/wait-words.ts';
import { WaitBadge } from './wait-badge.tsx';

/** The running clocks of one visit. */
export function WaitBadges({ visit, day }: { visit: Visit; day: Day }) {
  const words = useTimed((now) => waitWords(visit, day, now), isSameJson);
  return words.map(({ key, ...badge }) => <WaitBadge key={key} {...badge} />);
}
