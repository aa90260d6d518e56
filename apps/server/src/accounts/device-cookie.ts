import type { IncomingMessage } from 'node:http';
import { type CookiePolicy, isPlainLoopback } from '../session/session-cookie.ts';

/** Names a browser that its owner has used before. It opens nothing; see `KnownDevices`. */
const secureName = '__Host-bolt_d';
const loopbackName = 'bolt_dev_d';
const tokenShape = /^[A-Za-z0-9_-]{43}$/;
/** 180 days, as long as the server remembers it. */
const maxAgeSec = 15_552_000;

const nameFor = (req: IncomingMessage, policy: CookiePolicy): string =>
  isPlainLoopback(req, policy) ? loopbackName : secureName;

/** The device token of a request; null when there is none, or more than one. */
export function deviceTokenOf(req: IncomingMessage, policy: CookiePolicy): string | null {
  const name = nameFor(req, policy);
  const found = (req.headers.cookie ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  const [token] = found;
  return found.length === 1 && token !== undefined && tokenShape.test(token) ? token : null;
}

export function deviceCookie(req: IncomingMessage, policy: CookiePolicy, token: string): string {
  const secure = isPlainLoopback(req, policy) ? '' : ' Secure;';
  return `${nameFor(req, policy)}=${token}; Path=/;${secure} HttpOnly; SameSite=Strict; Max-Age=${maxAgeSec}`;
}
