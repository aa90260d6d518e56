import type { Session } from '@workflow-bolt/client';
import type { View } from '@workflow-bolt/contracts';

export type BoardAddress = { clinic: string; date: string; view: View };

const dateShape = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Which board a page shows: `?clinic=main&date=2026-11-23&view=wall`, each part optional. Null when the
 * person has no clinic. A clinic they may not see is left to the server to refuse.
 */
export function boardAddress(search: string, clinics: Session['clinics']): BoardAddress | null {
  const query = new URLSearchParams(search);
  const clinic = query.get('clinic') ?? clinics[0]?.id;
  if (clinic === undefined) return null;
  const today = clinics.find((each) => each.id === clinic)?.today ?? clinics[0]?.today ?? '';
  const asked = query.get('date') ?? '';
  return {
    clinic,
    date: dateShape.test(asked) ? asked : today,
    view: query.get('view') === 'wall' ? 'wall' : 'staff',
  };
}
