/** Who read what is kept before the answer leaves (I5). There is no second way: what cannot be kept is not answered. */
import { Fault, type Principal } from '@workflow-bolt/contracts';
import type { AuditMark, BoardHost } from '@workflow-bolt/store';
import { policyHash } from '../access/policy-hash.ts';
import { type Call, mustPrincipal, mustSession } from '../http/handler.ts';

/** A session is named by the beginning of its hash. */
const sidLength = 16;

/** By what request something was read or changed, as the record names it. */
export function markOf(call: Call, isEmergency: boolean): AuditMark {
  const { id, aal } = mustSession(call);
  const mark = { sid: id.slice(0, sidLength), aal, rid: call.requestId, pol: policyHash };
  return isEmergency ? { ...mark, pou: 'BTG' } : mark;
}

/**
 * Resolves when the read is on the record. Throws Fault `store_unavailable` when it is not, or nobody knows: whoever
 * asks again is recorded again, which says nothing untrue.
 */
export async function recordRead(
  host: BoardHost,
  call: Call,
  what: string,
  entities: readonly string[],
  /** How many patients, where it leaves the screen. */
  n?: number,
): Promise<void> {
  const { user, station } = mustSession(call);
  const actor = { id: user.id, role: user.role, station };
  const mark = markOf(call, isInEmergency(mustPrincipal(call), host, entities));
  try {
    await host.auditRead({ actor, what, entities, ...mark, ...(n === undefined ? {} : { n }) });
  } catch (error) {
    throw new Fault('store_unavailable', { reason: 'audit' }, error);
  }
}

/** Who has broken the glass reads, and moves, with it whatever shows that patient. */
export function isInEmergency(
  { openGlass }: Principal,
  { board }: BoardHost,
  entities: readonly string[],
): boolean {
  return openGlass.some(
    ({ clinic, date, visitId }) =>
      clinic === board.clinic &&
      date === board.date &&
      (entities.includes('*') || entities.includes(`v:${visitId}`)),
  );
}
