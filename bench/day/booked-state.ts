/** A booked day in memory, without Redis: what a process holds of a board after the synchronisation. */
import { rulesVersion } from '@workflow-bolt/contracts';
import { BoardState, decide, foldFrame } from '@workflow-bolt/domain';
import { type BenchDay, boardAt, bookingCommands, systemActor } from './bench-day.ts';

export function bookedState(day: BenchDay): BoardState {
  const state = new BoardState();
  const board = boardAt(day, 0);
  const by = { actor: systemActor, source: 'tebra' as const };
  for (const [i, command] of bookingCommands(day).entries()) {
    const commandId = `booking-0001:${i + 1}`;
    const now = Date.now();
    const decision = decide(state, command, { board, now, commandId, ...by }, null);
    if (!decision.ok) continue;
    const { events } = decision;
    const frame = { rules: rulesVersion, commandId, command: command.type, at: now, ...by, events };
    state.apply(foldFrame(state, frame), state.seq + 1);
  }
  return state;
}
