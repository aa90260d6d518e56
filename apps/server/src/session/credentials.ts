import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../http/problem-answer.ts';
import { type CookiePolicy, sessionCookiesOf } from './session-cookie.ts';

/** What a request shows: the cookie of a browser, or the token of a program. */
export type Credentials = { kind: 'cookie'; token: string } | { kind: 'bearer'; token: string };

const bearerShape = /^Bearer ([A-Za-z0-9_-]{1,200})$/;

/**
 * Reads what a request shows. Throws `not_authenticated` for nothing, anything malformed and two session cookies (never
 * "nobody": that is how a broken credential becomes an anonymous visitor who is let further in), and
 * `ambiguous_credentials` for a cookie together with an Authorization header.
 */
export function credentialsOf(req: IncomingMessage, policy: CookiePolicy): Credentials {
  const cookies = sessionCookiesOf(req, policy);
  const { authorization } = req.headers;
  if (authorization !== undefined && cookies.length > 0) throw new ProblemError('ambiguous_credentials');
  if (authorization !== undefined) return bearerOf(authorization);
  const [token, second] = cookies;
  if (!token || second !== undefined) throw new ProblemError('not_authenticated');
  return { kind: 'cookie', token };
}

function bearerOf(authorization: string): Credentials {
  const token = bearerShape.exec(authorization)?.[1];
  if (token === undefined) throw new ProblemError('not_authenticated');
  return { kind: 'bearer', token };
}
