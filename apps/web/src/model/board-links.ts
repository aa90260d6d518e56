import { linkedVisits, nameAlerts } from '@workflow-bolt/domain';
import type { Entities } from './entities.ts';

type Links = { linked: ReadonlyMap<string, string[]>; sameName: ReadonlyMap<string, string[]> };

const known = new WeakMap<Entities, Links>();

/** Visits of one patient, and patients with one name: worked out once per state of the board, for all cards. */
export function linksOf(entities: Entities): Links {
  const found = known.get(entities);
  if (found) return found;
  const view = {
    get: (id: Parameters<Entities['get']>[0]) => entities.get(id),
    entries: () => entities.entries(),
  };
  const links = { linked: linkedVisits(view), sameName: nameAlerts(view) };
  known.set(entities, links);
  return links;
}
