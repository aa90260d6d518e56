import type { IncomingMessage } from 'node:http';
import type { Route } from '@workflow-bolt/contracts';
import { ProblemError } from './problem-answer.ts';

/**
 * May this request come from where it says it comes from? Browsers say so in Sec-Fetch-Site, and in Origin whenever they
 * write; both are set by the browser, not by the page. Only what says nothing at all is left to the caller to judge.
 */
export type Provenance = 'own' | 'foreign' | 'unsaid';

/**
 * `same-site` is hostile: another application on a neighbouring host is not ours. `none` is a person who typed the
 * address: that may look, never write. An Origin must be ours to the letter; `null` is what sandboxed frames send.
 */
export function provenanceOf(req: IncomingMessage, publicOrigin: string | null): Provenance {
  const site = req.headers['sec-fetch-site'];
  const { origin } = req.headers;
  if (origin !== undefined && !isOwnOrigin(origin, req, publicOrigin)) return 'foreign';
  if (site === undefined) return origin === undefined ? 'unsaid' : 'own';
  if (site === 'same-origin') return 'own';
  return site === 'none' && isTypedAddress(req) ? 'own' : 'foreign';
}

const isTypedAddress = (req: IncomingMessage): boolean =>
  req.method === 'GET' && req.headers['sec-fetch-mode'] === 'navigate';

/** Without a configured origin the Host header decides: a page of another host has another Origin than it sends to. */
function isOwnOrigin(origin: string, req: IncomingMessage, publicOrigin: string | null): boolean {
  if (publicOrigin !== null) return origin === publicOrigin;
  const { host } = req.headers;
  return origin === `http://${host}` || origin === `https://${host}`;
}

/**
 * Throws `cross_site_request` for what no page of ours sends. `usesCookie`: the browser added the proof of who it is by
 * itself, so a request that does not say where it comes from is refused too; whoever shows a bearer token added it.
 */
export function refuseForeignPages(
  route: Pick<Route, 'method' | 'access'>,
  req: IncomingMessage,
  { publicOrigin, usesCookie }: { publicOrigin: string | null; usesCookie: boolean },
): void {
  if (route.method === 'get' && route.access === 'public') return;
  const provenance = provenanceOf(req, publicOrigin);
  if (provenance === 'foreign') throw new ProblemError('cross_site_request');
  if (provenance === 'unsaid' && usesCookie) throw new ProblemError('cross_site_request');
}
