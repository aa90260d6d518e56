import type { Day } from '@workflow-bolt/contracts';
import type { EhrAppointment, EhrProvider } from '@workflow-bolt/ehr';
import { boardProviderId } from './provider-ids.ts';
import { textOrNull } from './schedule-commands.ts';

type BoardProvider = Day['providers'][number];
/** A provider as the EHR names one, in its list of providers or on a schedule's row. */
export type NamedProvider = Pick<BoardProvider, 'id' | 'name'>;

/** Distinguishable in light and dark, and never red or amber: those mean waiting. */
const colours = ['#2f6fde', '#0b8a6a', '#8a4fd0', '#b0487f', '#4c6a92', '#3b8ea5', '#6b7a1e', '#7a5a3a'];

/** Characters of a provider's name that the board keeps. */
const nameMax = 80;

const named = (providerId: string, name: string | null): NamedProvider => ({
  id: boardProviderId(providerId),
  name: textOrNull(name, nameMax) ?? providerId,
});

/** The EHR's active providers who see patients. */
export function listedProviders(providers: readonly EhrProvider[]): NamedProvider[] {
  return providers
    .filter((p) => p.kind === 'normal' && p.active !== false && p.fullName !== null)
    .map((p) => named(p.providerId, p.fullName));
}

/** The providers that the schedule itself names, for cards that must not wait for the list of providers. */
export function bookedProviders(rows: readonly EhrAppointment[]): NamedProvider[] {
  const found = new Map<string, NamedProvider>();
  for (const { providerId, providerName } of rows) {
    if (providerId !== null && providerName !== null) found.set(providerId, named(providerId, providerName));
  }
  return [...found.values()].sort((a, b) => a.id.localeCompare(b.id));
}

/** Adds providers as columns. One that is known keeps its place and colour, and takes the name it has now. */
export function withProviders(
  known: readonly BoardProvider[],
  found: readonly NamedProvider[],
): BoardProvider[] {
  const names = new Map(found.map((p) => [p.id, p.name]));
  const kept = known.map((p) => ({ ...p, name: names.get(p.id) ?? p.name }));
  const ids = new Set(known.map((p) => p.id));
  const added = found.filter((p) => !ids.has(p.id));
  return [
    ...kept,
    ...added.map((p, i) => ({ ...p, color: colours[(known.length + i) % colours.length] ?? '#2f6fde' })),
  ];
}
