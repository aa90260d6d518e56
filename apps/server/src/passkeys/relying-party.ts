/** Whom a passkey is made for: a browser offers it to this domain only, and signs the origin it sees. */
export type RelyingParty = { id: string; name: string; origin: string };

const ipv4 = /^\d+(?:\.\d+){3}$/;

/**
 * The relying party of a public origin, or null where passkeys cannot be: without a configured origin nobody knows
 * what to compare with, the standard has no passkeys for bare addresses, and browsers none without TLS but on
 * localhost.
 */
export function relyingPartyOf(publicOrigin: string | null): RelyingParty | null {
  if (publicOrigin === null || !URL.canParse(publicOrigin)) return null;
  const { protocol, hostname, origin } = new URL(publicOrigin);
  if (ipv4.test(hostname) || hostname.startsWith('[')) return null;
  if (protocol !== 'https:' && hostname !== 'localhost') return null;
  return { id: hostname, name: 'workflow-bolt', origin };
}
