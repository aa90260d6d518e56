import type { Command, CommandType, VisitStatus } from '@workflow-bolt/contracts';

/** Steps that reach beyond one patient's way through the day, or take something from others. */
const neverQueued: ReadonlySet<CommandType> = new Set([
  'configureDay',
  'setRoomService',
  'cancelReservation',
  'startDayClose',
  'closeDay',
  'reopenDay',
]);
/** Endings that a person should only choose while seeing the present board. */
const destructiveMoves: ReadonlySet<VisitStatus> = new Set(['cancelled', 'rescheduled', 'entered-in-error']);

/** Whether the command may wait in the outbox while the server is away. */
export function mayQueueOffline(command: Command): boolean {
  if (command.type === 'moveVisit') return !destructiveMoves.has(command.to);
  return !neverQueued.has(command.type);
}
