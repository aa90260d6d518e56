import { createHash } from 'node:crypto';
import type { KeyRow } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';

export const oneUseKeyRows: readonly KeyRow[] = [
  {
    name: 'once:<purpose>:<sha256>',
    type: 'string',
    content: 'what a passkey challenge or a departure to an identity provider must be compared with',
    life: '5 or 10 min, or until used',
  },
];

/** `passkey-…`: a challenge. `oidc-…`: state, nonce and PKCE verifier of one departure. */
export const oneUsePurposes = [
  'passkey-sign-in',
  'passkey-register',
  'passkey-step-up',
  'oidc-sign-in',
  'oidc-link',
] as const;
export type OneUsePurpose = (typeof oneUsePurposes)[number];

/**
 * Values that are read once. The key is a digest of `binding`, so nobody who reads Redis learns the reference, and a
 * value is found only by whoever holds the very thing it was made for.
 */
export class OneUseStore {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Replaces an earlier value of the same binding: only the last one counts. */
  async put(
    place: { purpose: OneUsePurpose; binding: string },
    value: unknown,
    lifeMs: number,
  ): Promise<void> {
    await this.#port.command('SET', keyOf(place), JSON.stringify(value), 'PX', lifeMs);
  }

  /** The value, which is gone afterwards; null when there is none, it is too old, or it was taken before. */
  async take(place: { purpose: OneUsePurpose; binding: string }): Promise<unknown> {
    const text = (await this.#port.command('GETDEL', keyOf(place))) as string | null;
    return text === null ? null : JSON.parse(text);
  }
}

const keyOf = ({ purpose, binding }: { purpose: OneUsePurpose; binding: string }): string =>
  `once:${purpose}:${createHash('sha256').update(binding).digest('base64url')}`;
