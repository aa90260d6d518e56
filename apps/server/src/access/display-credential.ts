import type { IncomingMessage } from 'node:http';
import type { Display } from '@workflow-bolt/contracts';
import type { DisplayStore } from '@workflow-bolt/store';
import { ProblemError } from '../http/problem-answer.ts';
import type { Session } from '../session/session.ts';
import {
  type CookiePolicy,
  cookieAttributes,
  cookieName,
  cookieValues,
  sessionCookiesOf,
} from '../session/session-cookie.ts';

const names = { secure: '__Host-bolt_wall', loopback: 'bolt_dev_wall' };
/** A screen stays where it hangs; browsers keep a cookie for 400 days at most. */
const maxAgeSec = 400 * 86_400;
const prefix = 'boltd_';
/** Streams are asked to open again long before; the device itself is asked for every few seconds. */
const believedMs = 3_600_000;

/** Begins the id of a session that is none: a device, which has no end but its removal. */
export const displaySessionPrefix = 'display:';
export const displayUidOf = (id: string): string => `display-${id}`;

/** The display a request comes from; null when it brings no credential of a display. Throws `not_authenticated`. */
export async function displaySessionOf(
  req: IncomingMessage,
  { displays, cookies, now }: { displays: DisplayStore; cookies: CookiePolicy; now: () => number },
): Promise<Session | null> {
  const token = displayTokenOf(req, cookies);
  if (token === null) return null;
  const display = await displays.find(token);
  if (!display) throw new ProblemError('not_authenticated');
  return sessionOf(display, now());
}

/**
 * A device is only asked when nobody is signed in: a person's session in the same browser comes first. What a browser
 * adds by itself is never shown together with what a program shows: throws `ambiguous_credentials`.
 */
function displayTokenOf(req: IncomingMessage, cookies: CookiePolicy): string | null {
  const { authorization } = req.headers;
  const values = cookieValues(req, cookieName(req, cookies, names));
  const hasSession = sessionCookiesOf(req, cookies).length > 0;
  if (authorization !== undefined) {
    if (hasSession || values.length > 0) throw new ProblemError('ambiguous_credentials');
    return authorization.startsWith(`Bearer ${prefix}`) ? authorization.slice(7) : null;
  }
  if (hasSession) return null;
  if (values.length > 1) throw new ProblemError('not_authenticated');
  return values[0] ?? null;
}

function sessionOf({ id, name, clinic }: Display, now: number): Session {
  const user = { id: displayUidOf(id), name, role: 'display' as const, clinics: [clinic] };
  return {
    ...{ id: `${displaySessionPrefix}${id}`, user, roles: ['display'], station: null, workstation: null },
    ...{ expiresAt: now + believedMs, idleEndsAt: now + believedMs, aal: '2', amr: ['device'], authAt: now },
    ...{ stepUpAt: null, stepUps: {}, isDevelopment: false, scopes: null },
  };
}

/** What makes a browser the display of a token. */
export function displayCookieHeader(req: IncomingMessage, cookies: CookiePolicy, token: string): string {
  return `${cookieName(req, cookies, names)}=${token}${cookieAttributes(req, cookies)}; Max-Age=${maxAgeSec}`;
}
