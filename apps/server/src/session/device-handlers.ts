/** The devices where a person is signed in, seen and ended by that person. */
import { intendedChange } from '../audit/intended-change.ts';
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
    const own = await sessions.list(session.user.id);
    if (!own.some((each) => each.id === id)) throw new ProblemError('session_not_found');
    await intendedChange(record, revoked(call, id), {
      work: async () => {
        if (!(await sessions.revoke(session.user.id, id))) throw new ProblemError('session_not_found');
      },
    });
    return { status: 204, ...(id === session.id ? { cookies: [sessions.clearingCookie(call.req)] } : {}) };
  };
}

export function postSessionsRevokeOthers({ sessions, record }: DeviceParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    const work = () => sessions.revokeAll(session.user.id, session.id);
    await intendedChange(record, revoked(call, 'others'), { work });
    return { status: 204 };
  };
}

const revoked = (call: Call, id: string) =>
  sessionEvent(call, agentOfSession(mustSession(call)), {
    ...{ sub: 'session', act: 'D', out: 0, why: 'revoked', ent: [{ t: 'Session', id }] },
  });
