import type { Command, Role } from '@workflow-bolt/contracts';
import { rolesFor, transitionTable } from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';

/**
 * In which of their roles somebody gives this command: the first that may, so that the log says it and the rules agree;
 * their first role when none may, and the rules refuse it.
 */
export function actingRole(roles: readonly Role[], command: Command, host: BoardHost): Role {
  if (roles.length === 1 && roles[0]) return roles[0];
  const may = rolesFor(command).filter((role) => isInMove(role, command, host));
  return roles.find((role) => may.includes(role)) ?? roles[0] ?? 'viewer';
}

/** A move is narrowed by where the visit is now. */
function isInMove(role: Role, command: Command, host: BoardHost): boolean {
  if (command.type !== 'moveVisit') return true;
  const visit = host.state.get(`v:${command.visitId}`)?.d;
  if (visit?.type !== 'visit') return true;
  return transitionTable[visit.status][command.to]?.who.includes(role) ?? true;
}
