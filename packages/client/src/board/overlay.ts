/**
 * What the board will look like once the commands still under way are through: a pure function of the
 * server's state and those commands, computed anew after every change of either and never stored.
 */
import type { Actor, BoardKey, Command, Entity, EntityId, EventContext } from '@workflow-bolt/contracts';
import { type BoardView, decide, foldEvents, type Versioned } from '@workflow-bolt/domain';

/** `now` is the server's time when the person acted, so that a predicted milestone does not wander. */
export type PendingWrite = { commandId: string; command: Command; now: number };

export type OverlayContext = { board: BoardKey; actor: Actor };

export type Overlaid = {
  entities: ReadonlyMap<EntityId, Versioned>;
  /** Entities that show something the server has not confirmed. */
  pendingIds: ReadonlySet<EntityId>;
};

const nothingPending: ReadonlySet<EntityId> = new Set();

/**
 * Commands in order over the server's entities. Entities keep the server's version, which is what the next
 * command must name. A command that the rules would now refuse has no effect: its outcome will say so.
 */
export function overlayPending(
  server: ReadonlyMap<EntityId, Versioned>,
  writes: readonly PendingWrite[],
  context: OverlayContext,
): Overlaid {
  if (writes.length === 0) return { entities: server, pendingIds: nothingPending };
  const entities = new Map(server);
  const pendingIds = new Set<EntityId>();
  for (const write of writes) {
    for (const [id, d] of predictChanges(entities, write, context)) {
      pendingIds.add(id);
      if (d === null) entities.delete(id);
      else entities.set(id, { v: server.get(id)?.v ?? 0, d });
    }
  }
  return { entities, pendingIds };
}

/** Post-states that the command would lead to; none when it is refused. */
export function predictChanges(
  view: BoardView,
  { commandId, command, now }: PendingWrite,
  { board, actor }: OverlayContext,
): Iterable<[EntityId, Entity | null]> {
  const context: EventContext = { commandId, command: command.type, at: now, actor, source: 'ui' };
  try {
    const decision = decide(view, command, { board, actor, now, source: 'ui', commandId });
    return decision.ok ? foldEvents(view, decision.events, context) : [];
  } catch {
    // A view that hides entities (the wall) may lack what a rule reads; then nothing can be predicted.
    return [];
  }
}
