/** Where the top keys live: they wrap the keys below them and never leave. A local file, or Google KMS. */

import type { KeyPurpose, KeyState } from '@workflow-bolt/contracts';

export type KeyInfo = { purpose: KeyPurpose; kid: string; state: KeyState; createdAt: number };
export type KeyProviderStatus = { kind: 'local-file' | 'google-kms'; keys: KeyInfo[] };

export interface KeyProvider {
  /** Wraps a small secret under the purpose's active key, bound to `aad`. Throws Fault `keys_unavailable`. */
  wrap(purpose: KeyPurpose, plain: Uint8Array, aad: string): Promise<string>;
  /** Throws Fault `phi_unreadable` (changed, moved, key unknown or disabled) or `keys_unavailable`. */
  unwrap(purpose: KeyPurpose, wrapped: string, aad: string): Promise<Uint8Array>;
  /** HMAC-SHA256 under the purpose's key. */
  mac(purpose: KeyPurpose, data: Uint8Array): Promise<Uint8Array>;
  /** Ed25519 over the data, 64 bytes. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /** The raw Ed25519 public key, 32 bytes. */
  publicKey(): Promise<Uint8Array>;
  /** The id of the key that wrapped something: which of them would be affected by its loss. */
  wrappedBy(wrapped: string): string;
  /** Which keys there are. Throws Fault `keys_unavailable`. */
  status(): Promise<KeyProviderStatus>;
  /**
   * Makes a new active key for a purpose and answers its id; the former ones only open what they sealed. Null where the
   * service renews its keys by itself or by its own console. Throws Fault `keys_unavailable`.
   */
  rotate(purpose: KeyPurpose): Promise<string | null>;
}
