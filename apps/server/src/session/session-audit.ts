import type { AuditAgent, SecurityEvent } from '@workflow-bolt/contracts';
import type { Call } from '../http/handler.ts';
import type { Session } from './session.ts';

export type RecordEvent = (event: SecurityEvent) => Promise<void>;
type Said = Pick<SecurityEvent, 'sub' | 'act' | 'out'> & Partial<Pick<SecurityEvent, 'cid' | 'why' | 'ent'>>;

/** The person of a session, as the record names people. */
export const agentOfSession = ({ user, id, aal, amr, workstation }: Session): AuditAgent => ({
  ...{ uid: user.id, kind: 'human', role: user.role, sid: id.slice(0, 16), aal, amr: amr.slice(0, 8) },
  ws: workstation,
});

/** An event about a session; recorded before its answer leaves. */
export const sessionEvent = (call: Call, agent: AuditAgent, said: Said): SecurityEvent => ({
  ...{ cid: null, type: 'auth', agent, rid: call.requestId },
  ...said,
});
