import type { Day } from '@workflow-bolt/contracts';
import type { EhrProvider } from '@workflow-bolt/ehr';

type BoardProvider = Day['providers'][number];

/** Distinguishable in light and dark, and never red or amber: those mean waiting. */
const colours = ['#2f6fde', '#0b8a6a', '#8a4fd0', '#b0487f', '#4c6a92', '#3b8ea5', '#6b7a1e', '#7a5a3a'];

/** The EHR's active providers who see patients, as columns of a board. */
export function boardProviders(providers: readonly EhrProvider[]): BoardProvider[] {
  return providers
    .filter((p) => p.kind === 'normal' && p.active !== false && p.fullName !== null)
    .map((p, i) => ({
      id: `ehr-${p.providerId}`,
      name: (p.fullName ?? p.providerId).trim().slice(0, 80),
      color: colours[i % colours.length] ?? '#2f6fde',
    }));
}
