/** A board view that remembers which entities a decision read: they become the preconditions of its commit. */
import type { EntityId } from '@workflow-bolt/contracts';
import type { BoardView, Versioned } from '@workflow-bolt/domain';

export class RecordingView implements BoardView {
  readonly #view: BoardView;
  readonly #read = new Map<EntityId, number>();

  constructor(view: BoardView) {
    this.#view = view;
  }

  get(id: EntityId): Versioned | undefined {
    const found = this.#view.get(id);
    this.#read.set(id, found?.v ?? 0);
    return found;
  }

  entries(): Iterable<[EntityId, Versioned]> {
    return this.#view.entries();
  }

  /** Every entity read, with its version; 0 for one that was absent. */
  get versionsRead(): ReadonlyMap<EntityId, number> {
    return this.#read;
  }
}
