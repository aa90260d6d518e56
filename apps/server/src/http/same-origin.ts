import type { IncomingMessage } from 'node:http';

/**
 * True when a write may come from where it comes from: browsers say so in Sec-Fetch-Site, older ones in Origin,
 * scripts say neither. Together with SameSite=Strict and JSON-only bodies no foreign page can write.
 */
export function isOwnOrigin(req: IncomingMessage, publicOrigin: string | null): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = req.headers.origin;
  if (origin === undefined) return true;
  return publicOrigin === null ? hostOf(origin) === req.headers.host : origin === publicOrigin;
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
