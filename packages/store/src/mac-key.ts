/**
 * A secret for HMAC-SHA-256. Node checks raw key bytes anew at each use, which costs six times as much as the MAC itself;
 * a KeyObject is checked once.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

export class MacKey {
  #key: KeyObject | null;

  /** Without bytes nothing can be computed until `use` has given them. */
  constructor(bytes?: Uint8Array) {
    this.#key = bytes ? createSecretKey(bytes) : null;
  }

  /** Takes the secret, once the process has fetched it. */
  use(bytes: Uint8Array): void {
    this.#key = createSecretKey(bytes);
  }

  /** The MAC over the parts, one after the other. Throws RangeError before there is a secret. */
  mac(encoding: 'base64url' | 'hex', ...parts: readonly string[]): string {
    if (!this.#key) throw new RangeError('the secret has not been fetched yet');
    const mac = createHmac('sha256', this.#key);
    for (const part of parts) mac.update(part);
    return mac.digest(encoding);
  }
}
