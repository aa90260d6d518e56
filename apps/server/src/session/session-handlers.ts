import type { User } from '@workflow-bolt/contracts';
import { developmentLoginRequestSchema } from '@workflow-bolt/contracts';
import type { BoardAccess } from '../boards/board-access.ts';
import { type Answer, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import type { Session, SessionStore } from './session-store.ts';
import { sessionCookieHeader } from './session-token.ts';

export type SessionParts = {
  boards: BoardAccess;
  sessions: SessionStore;
  hub: StreamHub;
  /** Who may be chosen without a password; null where that cannot be, such as in production. */
  developmentUsers: readonly User[] | null;
};

const clinicsOf = ({ boards }: SessionParts, user: User) =>
  boards.clinicsOf(user).map((clinic) => {
    const { id, name, zone } = clinic;
    return { id, name, zone, today: boards.today(clinic) };
  });

function present(parts: SessionParts, { user, station }: Session) {
  return {
    user,
    station,
    clinics: clinicsOf(parts, user),
    isDevelopmentLogin: parts.developmentUsers !== null,
  };
}

export function getSession(parts: SessionParts): Handler {
  return (call) => ok(present(parts, mustSession(call)));
}

export function getClinics(parts: SessionParts): Handler {
  return (call) => ok({ clinics: clinicsOf(parts, mustSession(call).user) });
}

/** Without the development login this address does not exist. */
export function getDevUsers({ developmentUsers }: SessionParts): Handler {
  return () => {
    if (!developmentUsers) throw new ProblemError('route_not_found');
    return ok({ users: developmentUsers });
  };
}

export function postDevLogin(parts: SessionParts): Handler {
  return async (call): Promise<Answer> => {
    if (!parts.developmentUsers) throw new ProblemError('route_not_found');
    const { userId, station } = parseInput(developmentLoginRequestSchema, call.body, 'body');
    const user = parts.developmentUsers.find(({ id }) => id === userId);
    if (!user) throw new ProblemError('permission_denied', { detail: 'There is no such demo user.' });
    const { token, session } = await parts.sessions.open(user, station ?? null);
    const maxAgeSec = Math.max(0, Math.floor((session.expiresAt - Date.now()) / 1_000));
    const cookie = sessionCookieHeader(token, maxAgeSec, call.req.secure);
    return { ...ok(present(parts, session)), status: 200, headers: { 'Set-Cookie': cookie } };
  };
}

/** Ends the session, and the streams that were opened with it. */
export function postLogout({ sessions, hub }: SessionParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    await sessions.end(session);
    hub.closeSession(session.id);
    return { status: 204, headers: { 'Set-Cookie': sessionCookieHeader('', 0, call.req.secure) } };
  };
}
