/** The devices where a person is signed in, seen and ended by that person. */
import { type Call, type Handler, mustSession, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';
import type { RedisSessionService } from './session-service.ts';

export type DeviceParts = { sessions: RedisSessionService; record: RecordEvent };

export function getSessions({ sessions }: DeviceParts): Handler {
  return async (call) => {
    const { id, user } = mustSession(call);
    const listed = await sessions.list(user.id);
    return ok({ sessions: listed.map((each) => ({ ...each, isThisOne: each.id === id })) });
  };
}

/** Of another person's session it says what it says of none. */
export function postSessionRevoke({ sessions, record }: DeviceParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    const id = call.params.sessionId ?? '';
    if (!(await sessions.revoke(session.user.id, id))) throw new ProblemError('session_not_found');
    await record(revoked(call, id));
    return { status: 204, ...(id === session.id ? { cookies: [sessions.clearingCookie(call.req)] } : {}) };
  };
}

export function postSessionsRevokeOthers({ sessions, record }: DeviceParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    await sessions.revokeAll(session.user.id, session.id);
    await record(revoked(call, 'others'));
    return { status: 204 };
  };
}

const revoked = (call: Call, id: string) =>
  sessionEvent(call, agentOfSession(mustSession(call)), {
    ...{ sub: 'session', act: 'D', out: 0, ent: [{ t: 'Session', id }] },
  });
