/** Who read what is kept before the answer leaves (I5). There is no second way: what cannot be kept is not answered. */
import { Fault } from '@workflow-bolt/contracts';
import type { BoardHost } from '@workflow-bolt/store';
import type { Session } from '../session/session.ts';

/**
 * Resolves when the read is on the record. Throws Fault `store_unavailable` when it is not, or nobody knows: whoever
 * asks again is recorded again, which says nothing untrue.
 */
export async function recordRead(
  host: BoardHost,
  { user, station }: Session,
  what: string,
  entities: readonly string[],
): Promise<void> {
  const actor = { id: user.id, role: user.role, station };
  try {
    await host.auditRead({ actor, what, entities });
  } catch (error) {
    throw new Fault('store_unavailable', { reason: 'audit' }, error);
  }
}
