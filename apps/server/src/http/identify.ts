/** Who a request comes from, by the session that Redis holds or by the one that this process remembers. */
import type { Route } from '@workflow-bolt/contracts';
import type { Request } from 'express';
import type { Access } from '../access/access.ts';
import { displaySessionOf } from '../access/display-credential.ts';
import type { Detection } from '../detection/detection.ts';
import type { Session } from '../session/session.ts';
import type { CookiePolicy } from '../session/session-cookie.ts';
import type { RedisSessionService } from '../session/session-service.ts';
import { ProblemError } from './problem-answer.ts';

export type IdentityParts = {
  access: Pick<Access, 'displays'>;
  cookies: CookiePolicy;
  sessions: RedisSessionService;
  detection: Pick<Detection, 'refuseStranger' | 'refuseAccount' | 'noticeToken'>;
};

/** Whom detection keeps out gets no further; what is there to be found is noticed when it is used. */
export async function identify(route: Route, around: IdentityParts, req: Request): Promise<Session | null> {
  const { detection } = around;
  if (route.access === 'public') {
    if (route.path.startsWith('/api/')) detection.refuseStranger(req);
    return null;
  }
  const session = await authenticate(route, around, req).catch(async (error: unknown) => {
    await detection.noticeToken(req);
    detection.refuseStranger(req);
    throw error;
  });
  if (session) detection.refuseAccount(session.user.id);
  return session;
}

/** As `identify`, without asking Redis; null when it must be asked. What is done must carry the session's guard. */
export async function recall(route: Route, around: IdentityParts, req: Request): Promise<Session | null> {
  const session = await around.sessions.recall(req);
  if (!session) return null;
  if (route.method === 'post') refuseWithoutCsrfToken(around.sessions, session, req);
  around.detection.refuseAccount(session.user.id);
  return session;
}

async function authenticate(route: Route, around: IdentityParts, req: Request): Promise<Session | null> {
  if (route.access === 'public') return null;
  const { sessions, cookies } = around;
  const { displays } = around.access;
  const screen = await displaySessionOf(req, { displays, cookies, now: () => sessions.now() });
  if (screen) return screen;
  const session = await sessions.authenticate(req);
  if (route.method === 'post') refuseWithoutCsrfToken(sessions, session, req);
  refuseForTokens(route, session);
  return session;
}

/** What names no action is a person's own affair: the table lists the little of it that a token may ask. */
function refuseForTokens({ access, isForTokens }: Route, { scopes }: Session): void {
  if (scopes === null || access !== 'session' || isForTokens) return;
  throw new ProblemError('permission_denied', { detail: 'An API token may not do this.' });
}

/** A browser adds the cookie to whatever is sent; this header only a page that was given it can add. */
function refuseWithoutCsrfToken(sessions: RedisSessionService, session: Session, req: Request): void {
  if (!sessions.isFromBrowser(session)) return;
  const given = req.headers['x-bolt-csrf'];
  if (typeof given !== 'string' || !sessions.isCsrfToken(session, given)) {
    throw new ProblemError('csrf_token_invalid');
  }
}
