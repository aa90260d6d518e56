/**
 * The session cookie. Always `__Host-bolt_s` with Secure, HttpOnly, SameSite=Strict, Path=/ and no Max-Age: it is bound to
 * this host, unreadable for scripts, unsendable by other sites, and gone with the browser.
 *
 * The one exception: in development mode, without a public origin on https, a page opened over plain http on this very
 * machine (localhost, 127.0.0.1, ::1) gets `bolt_dev_s` without Secure, since not every browser keeps a Secure cookie of a
 * plain http page. In production mode that name is neither set nor read.
 */
import type { IncomingMessage } from 'node:http';

export type CookiePolicy = { mode: 'development' | 'production'; publicOrigin: string | null };

/** A cookie's name in general, and on plain http of this machine. */
export type CookieNames = { secure: string; loopback: string };

const sessionNames: CookieNames = { secure: '__Host-bolt_s', loopback: 'bolt_dev_s' };
const workstationNames: CookieNames = { secure: '__Host-bolt_ws', loopback: 'bolt_dev_ws' };
/** A workstation stays enrolled until it is removed; browsers keep a cookie for 400 days at most. */
const workstationMaxAgeSec = 400 * 86_400;
const loopbackHost = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** True when the request may use the plain variant. */
export function isPlainLoopback(req: IncomingMessage, { mode, publicOrigin }: CookiePolicy): boolean {
  if (mode !== 'development' || publicOrigin?.startsWith('https:')) return false;
  return loopbackHost.test(req.headers.host ?? '');
}

export const cookieName = (req: IncomingMessage, policy: CookiePolicy, names: CookieNames): string =>
  isPlainLoopback(req, policy) ? names.loopback : names.secure;

/** What every cookie of ours has; `Lax` only where the browser comes back from another site. */
export const cookieAttributes = (
  req: IncomingMessage,
  policy: CookiePolicy,
  sameSite: 'Strict' | 'Lax' = 'Strict',
): string => `; Path=/; ${isPlainLoopback(req, policy) ? '' : 'Secure; '}HttpOnly; SameSite=${sameSite}`;

/** Every value of the session cookie that a request carries: one is right, two are an attack or a fault. */
export function sessionCookiesOf(req: IncomingMessage, policy: CookiePolicy): string[] {
  return cookieValues(req, cookieName(req, policy, sessionNames));
}

export const sessionCookieHeader = (req: IncomingMessage, policy: CookiePolicy, token: string): string =>
  `${cookieName(req, policy, sessionNames)}=${token}${cookieAttributes(req, policy)}`;

/** Removes the cookie; a lifetime of zero is the only way to say so. */
export const clearingCookieHeader = (req: IncomingMessage, policy: CookiePolicy): string =>
  `${cookieName(req, policy, sessionNames)}=${cookieAttributes(req, policy)}; Max-Age=0`;

/** Says which enrolled workstation this is; proves nothing. Null when absent or doubled. */
export function workstationCookieOf(req: IncomingMessage, policy: CookiePolicy): string | null {
  return onlyCookieValue(req, cookieName(req, policy, workstationNames));
}

export const workstationCookieHeader = (req: IncomingMessage, policy: CookiePolicy, id: string): string =>
  `${cookieName(req, policy, workstationNames)}=${id}${cookieAttributes(req, policy)}; Max-Age=${id === '' ? 0 : workstationMaxAgeSec}`;

/** Every value that a request carries under this name. */
export function cookieValues(req: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) values.push(pair.slice(at + 1).trim());
  }
  return values;
}

/** The one value under this name; null when there is none, or more than one. */
export function onlyCookieValue(req: IncomingMessage, name: string): string | null {
  const [value, ...more] = cookieValues(req, name);
  return value && more.length === 0 ? value : null;
}
