/** Who a pseudonym of the record is: with a fresh proof and a reason, on record before the answer, on a register after. */
import { randomUUID } from 'node:crypto';
import { type Revealed, revealRequestSchema, type SecurityEvent } from '@workflow-bolt/contracts';
import { revealedFields } from '@workflow-bolt/domain';
import { auditLogOf } from '@workflow-bolt/store';
import { agentOf } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import type { AuditParts } from './audit-handlers.ts';
import { findIdentity, type IdentitySources } from './find-identity.ts';
import { lookedUp } from './looked-up.ts';

export type RevealParts = AuditParts & {
  identities: IdentitySources;
  /** Seals and opens what people typed; `aad` names the one place it belongs to. */
  seal: (text: string, aad: string) => Promise<string>;
  unseal: (sealed: string, aad: string) => Promise<string>;
};

const reasonAad = (id: string): string => `identity-reveal|${id}|reason`;

/** Nothing that was found leaves before it is on record that, why and to whom it does. */
export function postIdentityReveal(parts: RevealParts): Handler {
  return async (call) => {
    const { patients, reasonCode, reason } = parseInput(revealRequestSchema, call.body, 'body');
    const { clinic = '' } = call.params;
    const { user } = mustSession(call);
    const [id, at] = [randomUUID(), parts.now()];
    const sealed = await parts.seal(reason, reasonAad(id));
    const revealed: Revealed[] = [];
    for (const patient of new Set(patients))
      revealed.push(await findIdentity(parts.identities, clinic, patient));
    await parts.record(revealEvent(call, { id, why: reasonCode, revealed }));
    await parts.desk.reveals.add(auditLogOf(clinic), {
      ...{ id, uid: user.id, name: user.name, at, patients: revealed.map(({ patient }) => patient) },
      ...{ reasonCode, reason: sealed },
    });
    return ok({ id, revealed });
  };
}

type Said = { id: string; why: string; revealed: readonly Revealed[] };

/** Whoever was asked about is named by key, whether or not a name was found. */
function revealEvent(call: Call, { id, why, revealed }: Said): SecurityEvent {
  const n = revealed.filter(({ fullName }) => fullName !== null).length;
  return {
    ...{
      cid: call.params.clinic ?? null,
      type: 'disclosure',
      sub: 'reveal',
      act: 'R',
      out: 0,
      sev: 'high',
      why,
    },
    ...{ agent: agentOf(mustPrincipal(call)), pou: 'HCOMPL', rid: call.requestId },
    pat: revealed.map(({ patient }) => patient),
    ent: [{ t: 'IdentityReveal', id, fields: [...revealedFields], n }],
    route: 'POST /api/v1/clinics/{clinic}/audit/reveals',
  };
}

/** Who watches over the record sees that and by which code; what was typed is for managers, who answer for it. */
export function getIdentityReveals(parts: RevealParts): Handler {
  return async (call) => {
    const { clinic = '' } = call.params;
    const stored = await parts.desk.reveals.list(auditLogOf(clinic));
    const isReviewer = mustPrincipal(call).roles.includes('manager');
    const route = 'GET /api/v1/clinics/{clinic}/audit/reveals';
    await parts.record(lookedUp(call, { sub: 'review', route, n: stored.length, query: {} }));
    const records = await Promise.all(
      stored.map(async (record) => ({
        ...record,
        reason: isReviewer ? await parts.unseal(record.reason, reasonAad(record.id)) : null,
      })),
    );
    return ok({ records });
  };
}
