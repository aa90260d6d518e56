import type { ClinicSettings, CommandOf, Day } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds } from './default-settings.ts';

type Provider = Day['providers'][number];

/** The command that opens a day with the clinic's settings, and with providers known from elsewhere (the EHR). */
export function openDayCommand(
  settings: ClinicSettings,
  otherProviders: readonly Provider[] = [],
): CommandOf<'configureDay'> {
  const { zone, providers, visitTypes, isRoomRequired, readyToBeSeenMeans, rooms } = settings;
  const own = new Set(providers.map((p) => p.id));
  return {
    type: 'configureDay',
    day: {
      clinicName: settings.name,
      zone,
      providers: [...providers, ...otherProviders.filter((p) => !own.has(p.id))],
      visitTypes,
      thresholds: settings.thresholds ?? defaultThresholds,
      columnRules: settings.columnRules ?? defaultColumnRules,
      isRoomRequired,
      readyToBeSeenMeans,
      ...(settings.ehr ? { leftMeans: settings.ehr.leftMeans } : {}),
    },
    rooms,
  };
}

/** True when the day is not open, or lacks a provider that the command knows, or calls one by another name. */
export function needsOpening(day: Day | null, command: CommandOf<'configureDay'>): boolean {
  if (!day) return true;
  const present = new Map(day.providers.map((p) => [p.id, p.name]));
  return command.day.providers.some((p) => present.get(p.id) !== p.name);
}
