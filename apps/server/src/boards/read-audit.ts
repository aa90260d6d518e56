/** Who read what is kept before the answer leaves (I5). There is no second way: what cannot be kept is not answered. */
import { Fault, type Principal } from '@workflow-bolt/contracts';
import type { BoardHost } from '@workflow-bolt/store';
import { type Call, mustPrincipal, mustSession } from '../http/handler.ts';

/** A session is named by the beginning of its hash. */
const sidLength = 16;

/**
 * Resolves when the read is on the record. Throws Fault `store_unavailable` when it is not, or nobody knows: whoever
 * asks again is recorded again, which says nothing untrue.
 */
export async function recordRead(
  host: BoardHost,
  call: Call,
  what: string,
  entities: readonly string[],
): Promise<void> {
  const { user, station, id, aal } = mustSession(call);
  const actor = { id: user.id, role: user.role, station };
  const sid = id.slice(0, sidLength);
  const pou = isInEmergency(mustPrincipal(call), host, entities) ? { pou: 'BTG' as const } : {};
  try {
    await host.auditRead({ actor, what, entities, sid, aal, rid: call.requestId, ...pou });
  } catch (error) {
    throw new Fault('store_unavailable', { reason: 'audit' }, error);
  }
}

/** Who has broken the glass reads with it whatever shows that patient. */
function isInEmergency({ openGlass }: Principal, { board }: BoardHost, entities: readonly string[]): boolean {
  return openGlass.some(
    ({ clinic, date, visitId }) =>
      clinic === board.clinic &&
      date === board.date &&
      (entities.includes('*') || entities.includes(`v:${visitId}`)),
  );
}
