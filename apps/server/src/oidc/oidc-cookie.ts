import type { IncomingMessage } from 'node:http';
import { federationLifeMs } from '@workflow-bolt/contracts';
import {
  type CookiePolicy,
  cookieAttributes,
  cookieName,
  onlyCookieValue,
} from '../session/session-cookie.ts';

/** Holds only the reference of one journey. `Lax`, because the browser comes back from another site. */
const names = { secure: '__Host-bolt_oidc', loopback: 'bolt_dev_oidc' };
const referenceShape = /^[A-Za-z0-9_-]{43}$/;

/** The reference of a request; null when there is none, or more than one. */
export function journeyReferenceOf(req: IncomingMessage, policy: CookiePolicy): string | null {
  const reference = onlyCookieValue(req, cookieName(req, policy, names));
  return reference !== null && referenceShape.test(reference) ? reference : null;
}

const line = (req: IncomingMessage, policy: CookiePolicy, value: string, maxAgeSec: number): string =>
  `${cookieName(req, policy, names)}=${value}${cookieAttributes(req, policy, 'Lax')}; Max-Age=${maxAgeSec}`;

export const journeyCookie = (req: IncomingMessage, policy: CookiePolicy, reference: string): string =>
  line(req, policy, reference, federationLifeMs / 1_000);

export const clearJourneyCookie = (req: IncomingMessage, policy: CookiePolicy): string =>
  line(req, policy, '', 0);
