/** Small secrets under a key of the provider: password verifiers, TOTP seeds, refresh tokens. */
import type { KeyPurpose } from '@workflow-bolt/contracts';
import type { KeyProvider } from './key-provider.ts';

/**
 * Seals a text. `aad` names the one place it belongs to (such as `totp|<uid>`); it cannot be opened under another.
 * Throws Fault `keys_unavailable`.
 */
export function sealSecret(
  provider: KeyProvider,
  purpose: KeyPurpose,
  text: string,
  aad: string,
): Promise<string> {
  return provider.wrap(purpose, Buffer.from(text), aad);
}

/** Opens what `sealSecret` made. Throws Fault `phi_unreadable` or `keys_unavailable`. */
export async function openSecret(
  provider: KeyProvider,
  purpose: KeyPurpose,
  sealed: string,
  aad: string,
): Promise<string> {
  return Buffer.from(await provider.unwrap(purpose, sealed, aad)).toString('utf8');
}
