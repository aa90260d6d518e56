/** Seals a roster for the clinic's offline key. This side has the public half only: what it sealed it cannot open. */
import { createPublicKey } from 'node:crypto';
import { Fault, type Roster, rosterAlgorithms, rosterSchema, rosterType } from '@workflow-bolt/contracts';
import { CompactEncrypt, calculateJwkThumbprint } from 'jose';

const jwkOf = (publicKey: string) => ({ kty: 'OKP', crv: 'X25519', x: publicKey }) as const;

/** The name of a public key in headers: its thumbprint (RFC 7638). */
export const offlineKeyId = (publicKey: string): Promise<string> => calculateJwkThumbprint(jwkOf(publicKey));

/**
 * The roster as one JWE (RFC 7516). Each has a key pair of its own, made for it and forgotten, so that nothing here can
 * open it afterwards. Throws Fault `internal` when the public key is none.
 */
export async function sealRoster(roster: Roster, publicKey: string): Promise<Uint8Array> {
  const { clinic, date, at } = rosterSchema.parse(roster);
  try {
    const key = createPublicKey({ key: jwkOf(publicKey), format: 'jwk' });
    const header = { ...rosterAlgorithms, typ: rosterType, kid: await offlineKeyId(publicKey) };
    const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(roster)))
      .setProtectedHeader({ ...header, clinic, date, at })
      .encrypt(key);
    return Buffer.from(sealed);
  } catch (error) {
    throw new Fault('internal', { reason: 'offline_key' }, error);
  }
}
