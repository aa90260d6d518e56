import type { IncomingMessage } from 'node:http';

export const sessionCookie = 'bolt_session';
const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** The session token of a request: from the header for scripts, else from the cookie; null when absent or odd. */
export function tokenOf(req: IncomingMessage): string | null {
  const authorization = req.headers.authorization;
  const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : cookieOf(req);
  return token !== null && tokenShape.test(token) ? token : null;
}

function cookieOf(req: IncomingMessage): string | null {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === sessionCookie) return pair.slice(at + 1).trim();
  }
  return null;
}

/** A cookie that no script can read and no other site can send. */
export function sessionCookieHeader(token: string, maxAgeSec: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSec}${secure}`;
}
