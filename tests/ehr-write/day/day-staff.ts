/** What people do with the cards of a day: mostly the next step, now and then one back, and they settle conflicts. */
import type { EhrStatus, Role, Visit } from '@workflow-bolt/contracts';
import { isClosed, isHidden, nextActions, syncOf } from '@workflow-bolt/domain';
import type { Rng } from '@workflow-bolt/testkit/generate';
import type { DayBoard } from './day-board.ts';

const roles: readonly Role[] = ['front-desk', 'medical-assistant', 'provider', 'manager'];

export class DayStaff {
  /** The board's word that gave way to the EHR's because somebody said so. */
  readonly accepted = new Map<string, EhrStatus>();
  readonly #board: DayBoard;
  readonly #rng: Rng;
  readonly #now: () => number;

  constructor(parts: { board: DayBoard; rng: Rng; now: () => number }) {
    this.#board = parts.board;
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

  /** Looks at every card with a question, and leaves some for later. */
  settleConflicts(): void {
    for (const visit of this.#board.visits()) {
      const { state, word } = syncOf(visit, this.#board.day);
      if (state !== 'conflict') continue;
      const choice = this.#rng.pick(['accept', 'keep-mine', 'later'] as const);
      const command = { type: 'resolveConflict', visitId: visit.id, choice } as const;
      const isTaken = this.#board.submit('manager', command, 'ui');
      if (isTaken && choice === 'accept' && word) this.accepted.set(visit.id, word);
    }
  }

  /** Has tried again whatever was given up. */
  retryFailed(): void {
    for (const { id, ehrWrite } of this.#board.visits())
      if (ehrWrite?.failed) this.#board.submit('manager', { type: 'retryWrite', visitId: id }, 'ui');
  }
}
