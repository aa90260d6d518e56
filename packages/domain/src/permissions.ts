import type { Command, Milestone, Role } from '@workflow-bolt/contracts';
import { milestones } from '@workflow-bolt/contracts';
import { type Action, actionMatrix, type CommandAction, personWriters } from './permission-matrix.ts';

const frontDesk: Role = 'front-desk';
const assistants: readonly Role[] = ['medical-assistant', 'nurse'];
const provider: Role = 'provider';
const manager: Role = 'manager';

/** The roles of every action, out of the matrix. A role that is not listed is refused with `permission_denied`. */
export const permissions: Readonly<Record<Action, readonly Role[]>> = Object.fromEntries(
  Object.entries(actionMatrix).map(([action, { who }]) => [action, Object.keys(who)]),
) as Record<Action, Role[]>;

/** Who may correct the time of a milestone; a manager may correct all. */
export const correctors: Record<Milestone, readonly Role[]> = {
  ...(Object.fromEntries(milestones.map((name) => [name, [manager]])) as Record<Milestone, Role[]>),
  arrivedAt: [frontDesk, manager],
  checkInCompletedAt: [frontDesk, manager],
  roomedAt: [...assistants, manager],
  readyAt: [...assistants, manager],
  withDoctorAt: [provider, ...assistants, manager],
  seenAt: [provider, ...assistants, manager],
};

/** Undo without haste belongs to these; everyone else has five minutes for their own step. */
export const lateUndoers: readonly Role[] = [manager];

/** The row of `permissions` that a command falls under. */
export function actionOf(command: Command): CommandAction {
  if (command.type === 'createVisit') return `createVisit:${command.kind}`;
  if (command.type === 'applyScheduleRow') return `applyScheduleRow:${command.system}`;
  return command.type;
}

/** Roles that may give this command with what it holds; a move is further narrowed by its transition. */
export function rolesFor(command: Command): readonly Role[] {
  const roles = permissions[actionOf(command)];
  if (command.type === 'correctTime') return correctors[command.milestone];
  if (command.type !== 'updatePerson') return roles;
  const writers = writtenFields(command).map((field) => personWriters[field]);
  return roles.filter((role) => writers.every((each) => each.includes(role)));
}

type PersonField = keyof typeof personWriters;

/** The details that a change of a patient names, unchanged ones included. */
function writtenFields(command: Extract<Command, { type: 'updatePerson' }>): PersonField[] {
  return (Object.keys(personWriters) as PersonField[]).filter((field) => command[field] !== undefined);
}
