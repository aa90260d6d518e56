import type { IncomingMessage } from 'node:http';
import {
  type CookiePolicy,
  cookieAttributes,
  cookieName,
  onlyCookieValue,
} from '../session/session-cookie.ts';

/** Names a browser that its owner has used before. It opens nothing; see `KnownDevices`. */
const names = { secure: '__Host-bolt_d', loopback: 'bolt_dev_d' };
const tokenShape = /^[A-Za-z0-9_-]{43}$/;
/** 180 days, as long as the server remembers it. */
const maxAgeSec = 15_552_000;

/** The device token of a request; null when there is none, or more than one. */
export function deviceTokenOf(req: IncomingMessage, policy: CookiePolicy): string | null {
  const token = onlyCookieValue(req, cookieName(req, policy, names));
  return token !== null && tokenShape.test(token) ? token : null;
}

export const deviceCookie = (req: IncomingMessage, policy: CookiePolicy, token: string): string =>
  `${cookieName(req, policy, names)}=${token}${cookieAttributes(req, policy)}; Max-Age=${maxAgeSec}`;
