/** What people do with the cards of a day: mostly the next step, now and then one back, and they settle conflicts. */
import type { Role, Visit } from '@workflow-bolt/contracts';
import { isClosed, isHidden, nextActions, resolveWrite } from '@workflow-bolt/domain';
import type { Rng } from '@workflow-bolt/testkit/generate';
import type { DayBoard } from './day-board.ts';
import type { DayOutbox } from './day-outbox.ts';

const roles: readonly Role[] = ['front-desk', 'medical-assistant', 'provider', 'manager'];

export class DayStaff {
  readonly #board: DayBoard;
  readonly #outbox: DayOutbox;
  readonly #rng: Rng;
  readonly #now: () => number;

  constructor(parts: { board: DayBoard; outbox: DayOutbox; rng: Rng; now: () => number }) {
    this.#board = parts.board;
    this.#outbox = parts.outbox;
    this.#rng = parts.rng;
    this.#now = parts.now;
  }

  /** One step with one card; false when nobody could do anything with it. */
  step(visitId: string): boolean {
    const visit = this.#board.visit(visitId);
    if (this.#rng.chance(0.06) && visit.undoable) return this.#undo(visit);
    return this.#move(visit);
  }

  isOver(visitId: string): boolean {
    const { status } = this.#board.visit(visitId);
    return isClosed(status) || isHidden(status);
  }

  #move(visit: Visit): boolean {
    const offers = roles.flatMap((role) =>
      nextActions(visit, { role, day: this.#board.day, now: this.#now() }).map((action) => ({
        role,
        action,
      })),
    );
    const forward = offers.filter(({ action }) => action.isPrimary);
    const others = offers.filter(({ action }) => action.command.to !== 'entered-in-error');
    const from = forward.length > 0 && this.#rng.chance(0.9) ? forward : others;
    if (from.length === 0) return false;
    const { role, action } = this.#rng.pick(from);
    const words = { reason: 'said so', by: 'patient' as const };
    return this.#board.submit(role, { ...action.command, ...words }, 'ui');
  }

  #undo(visit: Visit): boolean {
    const eventId = visit.undoable?.eventId ?? '';
    return this.#board.submit('manager', { type: 'undoLast', visitId: visit.id, eventId }, 'ui');
  }

  /** Looks at every card with a question; some are left for later. */
  settleConflicts(): void {
    for (const entry of this.#outbox.entries.values()) {
      const { conflict } = this.#board.visit(entry.visitId);
      if (!conflict && !entry.state.conflict) continue;
      const choice = this.#rng.pick(['accept', 'keep-mine', 'later'] as const);
      if (choice === 'later') continue;
      const command = { type: 'resolveConflict', visitId: entry.visitId, choice } as const;
      // Theirs is only accepted where the board can follow; what it never heard of it cannot accept.
      const isTaken = conflict !== null && this.#board.submit('manager', command, 'ui');
      if (choice === 'accept' && !isTaken) continue;
      entry.state = resolveWrite(entry.state, choice);
      this.#outbox.ring();
    }
  }
}
