import { Fault, type IdentityProvider } from '@workflow-bolt/contracts';
import type * as OpenId from 'openid-client';

/** Loaded with the first use: a clinic without providers never pays for it. */
export const openId = (): Promise<typeof OpenId> => import('openid-client');

/** How long a provider may take for one answer, in seconds. */
const timeoutSec = 8;
/** Keys are fetched again by the library when one is unknown; endpoints hardly ever move. */
const configurationLifeMs = 3_600_000;

export type ConnectionOptions = {
  provider: IdentityProvider;
  /** True only in development: plain HTTP to a provider on this machine. */
  isLoopbackAllowed: boolean;
  now: () => number;
};

/** What is known about one provider: its endpoints and keys, read from its issuer's address and nowhere else. */
export class ProviderConnection {
  readonly settings: IdentityProvider;
  readonly #options: ConnectionOptions;
  #held: { configuration: Promise<OpenId.Configuration>; at: number } | null = null;

  constructor(options: ConnectionOptions) {
    this.settings = options.provider;
    this.#options = options;
  }

  /** Throws Fault `identity_provider_unavailable`; a failed reading is not kept. */
  configuration(): Promise<OpenId.Configuration> {
    const now = this.#options.now();
    if (this.#held && now - this.#held.at < configurationLifeMs) return this.#held.configuration;
    const configuration = this.#discover().catch((cause: unknown) => {
      this.#held = null;
      throw new Fault('identity_provider_unavailable', { provider: this.settings.id }, cause);
    });
    this.#held = { configuration, at: now };
    return configuration;
  }

  async #discover(): Promise<OpenId.Configuration> {
    const client = await openId();
    const { issuer, clientId, clientSecret, idTokenAlg } = this.settings;
    const server = new URL(issuer);
    const isPlain = server.protocol === 'http:';
    if (isPlain && !this.#options.isLoopbackAllowed) throw new Error('the issuer is not reached over TLS');
    return client.discovery(
      server,
      clientId,
      // One algorithm is the whole allow-list: neither `none` nor a shared secret can sign.
      { id_token_signed_response_alg: idTokenAlg },
      clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
      {
        timeout: timeoutSec,
        // The token comes over TLS, which the standard accepts; its signature is checked nevertheless.
        execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
      },
    );
  }
}
