import type { ClinicSettings, CommandOf } from '@workflow-bolt/contracts';
import { defaultColumnRules, defaultThresholds } from '@workflow-bolt/domain';

/** The command that opens a clinic's day with its settings. */
export function openingCommand(settings: ClinicSettings): CommandOf<'configureDay'> {
  return {
    type: 'configureDay',
    day: {
      clinicName: settings.name,
      zone: settings.zone,
      providers: settings.providers,
      visitTypes: settings.visitTypes,
      thresholds: settings.thresholds ?? defaultThresholds,
      columnRules: settings.columnRules ?? defaultColumnRules,
      isRoomRequired: settings.isRoomRequired,
      readyToBeSeenMeans: settings.readyToBeSeenMeans,
    },
    rooms: settings.rooms,
  };
}
