import type { ClinicSettings, CommandOf, Day } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds } from '@workflow-bolt/domain';
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

/** The command that opens a day with the clinic's settings and the providers known now. */
export function configureDayCommand(
  settings: ClinicSettings,
  fromEhr: readonly BoardProvider[],
): CommandOf<'configureDay'> {
  const own = new Set(settings.providers.map((p) => p.id));
  return {
    type: 'configureDay',
    day: {
      clinicName: settings.name,
      zone: settings.zone,
      providers: [...settings.providers, ...fromEhr.filter((p) => !own.has(p.id))],
      visitTypes: settings.visitTypes,
      thresholds: settings.thresholds ?? defaultThresholds,
      columnRules: settings.columnRules ?? defaultColumnRules,
      isRoomRequired: settings.isRoomRequired,
      readyToBeSeenMeans: settings.readyToBeSeenMeans,
    },
    rooms: settings.rooms,
  };
}

/** True when the day lacks a provider that is known now, or is not open at all. */
export function needsConfiguring(day: Day | null, command: CommandOf<'configureDay'>): boolean {
  if (!day) return true;
  const present = new Set(day.providers.map((p) => p.id));
  return command.day.providers.some((p) => !present.has(p.id));
}
