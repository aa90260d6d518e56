import type {
  Actor,
  BoardEvent,
  BoardKey,
  Entity,
  EntityId,
  EventContext,
  Refusal,
  Source,
} from '@workflow-bolt/contracts';

/** An entity with its version: the board `seq` of its last change. */
export type Versioned<E extends Entity = Entity> = { v: number; d: E };

/**
 * What the rules may see of a board. `get` is also how the caller learns which entities a decision
 * depended on: each id read becomes a precondition of the commit, so a rule must reach every entity that
 * matters to its answer through `get`, and may use `entries` only for hints that need not be exact.
 */
export interface BoardView {
  get(id: EntityId): Versioned | undefined;
  entries(): Iterable<[EntityId, Versioned]>;
}

/** Which board, who acts, when (server clock, epoch ms), through what, and under which command identity. */
export type DecisionContext = {
  board: BoardKey;
  actor: Actor;
  now: number;
  source: Source;
  commandId: string;
};

export type Decision = { ok: true; events: BoardEvent[] } | { ok: false; refusal: Refusal };

/** Absolute post-states; null deletes. */
export type EntityChanges = Map<EntityId, Entity | null>;

export type EvolveInput = { event: BoardEvent; index: number; context: EventContext };
