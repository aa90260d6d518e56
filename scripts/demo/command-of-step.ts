/** The steps of a generated day as commands: for whoever plays one over the API. */
import type { Command } from '@workflow-bolt/contracts';
import type { TraceStep } from '@workflow-bolt/testkit/generate';

/**
 * What a member of staff orders at a step, on a visit and with a room of the board; null for a walk-in, who has no visit
 * yet, and for a room that is unknown.
 */
export function commandOfStep(step: TraceStep, visitId: string, roomId: string | null): Command | null {
  const move = { type: 'moveVisit', visitId } as const;
  switch (step.step) {
    case 'arrive':
      return { ...move, to: 'arrived' };
    case 'check-in-complete':
      return { type: 'setCheckInCompleted', visitId, isCompleted: true };
    case 'room':
      return { ...move, to: 'appt-prep', roomId };
    case 'ready':
      return { ...move, to: 'ready-for-md' };
    case 'with-doctor':
      return { ...move, to: 'with-doctor' };
    case 'seen':
      return { ...move, to: 'seen-by-md' };
    case 'complete':
      return { ...move, to: 'completed' };
    case 'no-show':
      return { ...move, to: 'no-show' };
    case 'leave':
      return { ...move, to: 'left', reason: step.reason ?? 'Could not wait any longer' };
    case 'cancel':
      return { ...move, to: 'cancelled', by: 'patient', reason: step.reason ?? 'Cancelled by phone' };
    case 'room-clean':
      return roomId === null ? null : { type: 'markRoomClean', roomId };
    case 'walk-in':
      return null;
  }
}
