import type { Command, CommandType, Milestone, Role } from '@workflow-bolt/contracts';
import { milestones } from '@workflow-bolt/contracts';

const frontDesk: Role = 'front-desk';
const assistant: Role = 'medical-assistant';
const provider: Role = 'provider';
const manager: Role = 'manager';
const system: Role = 'system';

const staff: readonly Role[] = [frontDesk, assistant, provider, manager];
const clinical: readonly Role[] = [assistant, provider, manager];

/** Commands whose permission depends on what they ask for are split by it. */
export type Action =
  | Exclude<CommandType, 'createVisit' | 'applyScheduleRow'>
  | 'createVisit:booked'
  | 'createVisit:walk-in'
  | 'applyScheduleRow:tebra'
  | 'applyScheduleRow:import';

/**
 * Role × action. A role that is not listed is refused with `permission_denied` and the list.
 * `moveVisit` and `correctTime` are narrowed further: by the transition table and by `correctors`.
 */
export const permissions: Record<Action, readonly Role[]> = {
  'createVisit:booked': [frontDesk, system],
  'createVisit:walk-in': [frontDesk, assistant],
  moveVisit: [...staff, system],
  setCheckInCompleted: [frontDesk],
  undoLast: staff,
  correctTime: staff,
  assignRoom: clinical,
  reserveRoom: staff,
  cancelReservation: [...staff, system],
  setProvider: staff,
  setVisitType: staff,
  setNote: staff,
  setPinned: staff,
  setFlags: staff,
  stepOut: staff,
  stepBack: staff,
  updatePerson: [frontDesk, assistant, manager],
  resolveConflict: staff,
  markRoomClean: clinical,
  deferRoomCleaning: clinical,
  setRoomService: [assistant, manager],
  configureDay: [manager, system],
  startDayClose: [frontDesk, manager],
  closeDay: [frontDesk, manager],
  reopenDay: [frontDesk, manager],
  'applyScheduleRow:tebra': [system],
  'applyScheduleRow:import': [frontDesk, manager, system],
  applyPersonDetails: [system],
  noteAbsence: [system],
  reportSync: [system],
};

/** Who may correct the time of a milestone; a manager may correct all. */
export const correctors: Record<Milestone, readonly Role[]> = {
  ...(Object.fromEntries(milestones.map((name) => [name, [manager]])) as Record<Milestone, Role[]>),
  arrivedAt: [frontDesk, manager],
  checkInCompletedAt: [frontDesk, manager],
  roomedAt: [assistant, manager],
  readyAt: [assistant, manager],
  withDoctorAt: [provider, assistant, manager],
  seenAt: [provider, assistant, manager],
};

/** Undo without haste belongs to these; everyone else has five minutes for their own step. */
export const lateUndoers: readonly Role[] = [manager];

/** The row of `permissions` that a command falls under. */
export function actionOf(command: Command): Action {
  if (command.type === 'createVisit') return `createVisit:${command.kind}`;
  if (command.type === 'applyScheduleRow') return `applyScheduleRow:${command.system}`;
  return command.type;
}

/** Roles that may give this command at all; a move is further narrowed by its transition. */
export function rolesFor(command: Command): readonly Role[] {
  return command.type === 'correctTime' ? correctors[command.milestone] : permissions[actionOf(command)];
}
