import type { User } from '@workflow-bolt/contracts';
import { developmentLoginRequestSchema } from '@workflow-bolt/contracts';
import { intendedChange } from '../audit/intended-change.ts';
import type { BoardAccess } from '../boards/board-access.ts';
import { type Answer, type Handler, mustSession, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { forgetSite } from './clear-site-data.ts';
import type { Session } from './session.ts';
import { agentOfSession, type RecordEvent, sessionEvent } from './session-audit.ts';
import type { CookiePolicy } from './session-cookie.ts';
import type { RedisSessionService } from './session-service.ts';

export type SessionParts = {
  boards: BoardAccess;
  sessions: RedisSessionService;
  cookies: CookiePolicy;
  /** Who may be chosen without a password; null where that cannot be, such as in production. */
  developmentUsers: readonly User[] | null;
};

const clinicsOf = ({ boards }: SessionParts, user: User) =>
  boards.clinicsOf(user).map((clinic) => {
    const { id, name, zone } = clinic;
    return { id, name, zone, today: boards.today(clinic) };
  });

/** What a page is told of its session; `csrf` is for the page alone, so a program does not get one. */
export function presentSession(parts: SessionParts, session: Session) {
  const { user, station, roles, aal, expiresAt, idleEndsAt, stepUps, workstation, isDevelopment } = session;
  return {
    ...{ user, station, roles, aal, expiresAt, idleEndsAt, stepUps, workstation, isDevelopment },
    clinics: clinicsOf(parts, user),
    isDevelopmentLogin: parts.developmentUsers !== null,
    now: parts.sessions.now(),
    csrf: parts.sessions.isFromBrowser(session) ? parts.sessions.csrfToken(session) : null,
  };
}

export function getSession(parts: SessionParts): Handler {
  return (call) => ok(presentSession(parts, mustSession(call)));
}

/** By the time it runs, the session has been extended; the answer says until when. */
export function postContinue(parts: SessionParts): Handler {
  return async (call) => {
    const session = mustSession(call);
    const ends = await parts.sessions.endsOf([session.id]);
    return ok({ ...presentSession(parts, session), idleEndsAt: ends.get(session.id) ?? session.idleEndsAt });
  };
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
    const { session, cookie } = await parts.sessions.open(call.req, {
      uid: user.id,
      // Demo users try out what two factors allow; `isDevelopment` says that nobody proved anything.
      aal: '2',
      amr: ['development'],
      station: station ?? null,
      isDevelopment: true,
      isUnattended: user.role === 'display',
    });
    return { ...ok(presentSession(parts, session)), status: 200, cookies: [cookie] };
  };
}

/** Ends the session, and the streams that were opened with it; on record before and after. */
export function postLogout({ sessions, cookies, record }: SessionParts & { record: RecordEvent }): Handler {
  return async (call) => {
    const session = mustSession(call);
    const event = sessionEvent(call, agentOfSession(session), {
      sub: 'logout',
      act: 'E',
      out: 0,
      why: 'logout',
    });
    await intendedChange(record, event, { work: () => sessions.revoke(session.user.id, session.id) });
    return {
      status: 204,
      headers: forgetSite(call.req, cookies),
      cookies: [sessions.clearingCookie(call.req)],
    };
  };
}
