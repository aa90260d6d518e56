import type { Station } from './demo-users.tsx';

/** Places to work at in the demo clinic; the identity of real workstations is enrolled, not chosen. */
export const stations: readonly Station[] = [
  { id: 'front-desk-1', label: 'Front desk 1' },
  { id: 'front-desk-2', label: 'Front desk 2' },
  { id: 'tablet-1', label: 'Tablet 1' },
  { id: 'tablet-2', label: 'Tablet 2' },
  { id: 'laptop-1', label: 'Provider laptop 1' },
  { id: 'laptop-2', label: 'Provider laptop 2' },
  { id: 'office', label: 'Office' },
];

/** What a station is called; one that is not of the demo clinic by its own name. */
export const stationLabel = (id: string): string => stations.find((each) => each.id === id)?.label ?? id;
