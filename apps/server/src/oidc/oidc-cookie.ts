import type { IncomingMessage } from 'node:http';
import { federationLifeMs } from '@workflow-bolt/contracts';
import { type CookiePolicy, isPlainLoopback } from '../session/session-cookie.ts';

/** Holds only the reference of one journey. `Lax`, because the browser comes back from another site. */
const secureName = '__Host-bolt_oidc';
const loopbackName = 'bolt_dev_oidc';
const referenceShape = /^[A-Za-z0-9_-]{43}$/;

const nameFor = (req: IncomingMessage, policy: CookiePolicy): string =>
  isPlainLoopback(req, policy) ? loopbackName : secureName;

/** The reference of a request; null when there is none, or more than one. */
export function journeyReferenceOf(req: IncomingMessage, policy: CookiePolicy): string | null {
  const name = nameFor(req, policy);
  const found = (req.headers.cookie ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  const [reference] = found;
  return found.length === 1 && reference !== undefined && referenceShape.test(reference) ? reference : null;
}

const line = (req: IncomingMessage, policy: CookiePolicy, value: string, maxAgeSec: number): string => {
  const secure = isPlainLoopback(req, policy) ? '' : ' Secure;';
  return `${nameFor(req, policy)}=${value}; Path=/;${secure} HttpOnly; SameSite=Lax; Max-Age=${maxAgeSec}`;
};

export const journeyCookie = (req: IncomingMessage, policy: CookiePolicy, reference: string): string =>
  line(req, policy, reference, federationLifeMs / 1_000);

export const clearJourneyCookie = (req: IncomingMessage, policy: CookiePolicy): string =>
  line(req, policy, '', 0);
