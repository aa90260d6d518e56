import type { Actor, BoardKey, EntityId } from '@workflow-bolt/contracts';
import { decide, steadyVersion, targetOf, type Versioned } from '@workflow-bolt/domain';
import type { OutboxItem } from './outbox-lane.ts';
import type { Revalidation } from './settle-lane.ts';

/** What the present board says of a step, were it taken now by this person. */
export function revalidate(
  item: OutboxItem,
  entities: ReadonlyMap<EntityId, Versioned>,
  context: { board: BoardKey; actor: Actor | null; now: number },
): Revalidation {
  const { actor, board, now } = context;
  if (actor === null) return { ok: false, code: 'not_authenticated' };
  const target = targetOf(item.command);
  const shown = target === null ? undefined : entities.get(target);
  const version = shown ? steadyVersion(shown) : null;
  const commandId = `${item.clientId}:${item.n}`;
  try {
    const decision = decide(entities, item.command, { board, actor, now, source: 'ui', commandId });
    return decision.ok ? { ok: true, version } : { ok: false, code: decision.refusal.code };
  } catch {
    // This view hides what the rule reads: only the server can tell.
    return { ok: true, version };
  }
}
