import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkOf } from '@workflow-bolt/store';

/**
 * The address that a request comes from. Behind proxies of ours it is the one that the outermost of them wrote down:
 * the last `proxies`-th entry of X-Forwarded-For. What stands before it was sent by the caller, who can write anything
 * there.
 */
export function clientAddress(req: IncomingMessage, proxies: number): string {
  const peer = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (proxies === 0) return peer;
  const said = [req.headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  const address = said.at(-proxies)?.trim() ?? '';
  return isIP(address) === 0 ? peer : address;
}

/** The /24 or /64 around it. */
export function clientNetwork(req: IncomingMessage, proxies: number): string {
  return networkOf(clientAddress(req, proxies));
}
