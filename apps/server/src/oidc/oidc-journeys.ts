import { randomBytes } from 'node:crypto';
import { Fault, federationLifeMs, type IdentityProvider } from '@workflow-bolt/contracts';
import type { OneUseStore } from '@workflow-bolt/store';
import type { IDToken } from 'openid-client';
import { openId, ProviderConnection } from './provider-connection.ts';

/** Somebody proved at a provider who they are. */
export type ProvenIdentity = {
  provider: string;
  iss: string;
  sub: string;
  /** The provider asked for a second factor, by evidence that this provider's settings accept. */
  hasMfa: boolean;
};

export type JourneyPurpose = 'oidc-sign-in' | 'oidc-link';

/** Why an answer was not believed; for the audit. `cancelled`: the person turned back at the provider. */
export class IdentityRefused extends Error {
  readonly reason: 'unknown-journey' | 'cancelled' | 'answer';
  constructor(reason: IdentityRefused['reason'], cause?: unknown) {
    super(`identity refused: ${reason}`, { cause });
    this.name = 'IdentityRefused';
    this.reason = reason;
  }
}

type Journey = {
  provider: string;
  state: string;
  nonce: string;
  verifier: string;
  /** The session that began a linking; empty for a sign-in, which has none yet. */
  binding: string;
};

export type JourneyParts = {
  providers: readonly IdentityProvider[];
  journeys: OneUseStore;
  /** Exact origin of the web app. */
  origin: string;
  isLoopbackAllowed: boolean;
  now: () => number;
};

const returnPaths: Record<JourneyPurpose, string> = {
  'oidc-sign-in': '/sign-in/return',
  'oidc-link': '/account/return',
};

/** Claims that prove a second factor, where the settings say nothing else. Google gives no evidence at all. */
const usualEvidence: Record<IdentityProvider['kind'], readonly string[]> = {
  auth0: ['mfa', 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'],
  entra: ['mfa'],
  google: [],
  other: [],
};

/**
 * Leaving for a provider and coming back (authorization code with PKCE). What must match on return - state, nonce,
 * PKCE verifier, provider - waits in Redis under a random reference, which only the browser that left holds, in a
 * cookie; it is taken once. So another browser's answer, a second one, or one for another provider opens nothing.
 */
export class OidcJourneys {
  readonly #connections: Map<string, ProviderConnection>;
  readonly #parts: JourneyParts;

  constructor(parts: JourneyParts) {
    this.#parts = parts;
    const { isLoopbackAllowed, now } = parts;
    this.#connections = new Map(
      parts.providers.map((provider) => [
        provider.id,
        new ProviderConnection({ provider, isLoopbackAllowed, now }),
      ]),
    );
  }

  get choices(): { id: string; label: string }[] {
    return this.#parts.providers.map(({ id, label }) => ({ id, label }));
  }

  /** Where to send the browser, and the reference it must bring back. Null for an unknown provider; throws Fault. */
  async begin(
    purpose: JourneyPurpose,
    provider: string,
    binding: string,
  ): Promise<{ location: string; reference: string } | null> {
    const connection = this.#connections.get(provider);
    if (!connection) return null;
    const [client, configuration] = await Promise.all([openId(), connection.configuration()]);
    const journey: Journey = {
      provider,
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      binding,
    };
    const { maxAgeSec, kind } = connection.settings;
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#returnAddress(purpose),
      response_type: 'code',
      scope: 'openid',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
      // On a shared workstation the provider may remember who was here before: nobody is signed in by memory alone.
      prompt: kind === 'google' ? 'select_account' : 'login',
      ...(maxAgeSec === null ? {} : { max_age: String(maxAgeSec) }),
    });
    const reference = randomBytes(32).toString('base64url');
    await this.#parts.journeys.put({ purpose, binding: reference }, journey, federationLifeMs);
    return { location: url.href, reference };
  }

  /** Who came back. Throws IdentityRefused, or Fault while the provider is away. */
  async finish(
    purpose: JourneyPurpose,
    back: { reference: string; query: string; binding: string },
  ): Promise<ProvenIdentity> {
    const taken = await this.#parts.journeys.take({ purpose, binding: back.reference });
    const journey = taken as Journey | null;
    const connection = journey && this.#connections.get(journey.provider);
    if (!journey || !connection || journey.binding !== back.binding)
      throw new IdentityRefused('unknown-journey');
    const url = new URL(this.#returnAddress(purpose));
    url.search = back.query;
    const claims = await this.#exchange(connection, journey, url);
    return {
      provider: journey.provider,
      iss: claims.iss,
      sub: claims.sub,
      hasMfa: hasEvidence(claims, connection.settings),
    };
  }

  async #exchange(connection: ProviderConnection, journey: Journey, url: URL): Promise<IDToken> {
    const [client, configuration] = await Promise.all([openId(), connection.configuration()]);
    const { maxAgeSec } = connection.settings;
    const tokens = await client
      .authorizationCodeGrant(configuration, url, {
        expectedState: journey.state,
        expectedNonce: journey.nonce,
        pkceCodeVerifier: journey.verifier,
        idTokenExpected: true,
        ...(maxAgeSec === null ? {} : { maxAge: maxAgeSec }),
      })
      .catch((cause: unknown) => {
        throw refusalOf(cause, journey.provider);
      });
    const claims = tokens.claims();
    if (!claims) throw new IdentityRefused('answer');
    return claims;
  }

  #returnAddress(purpose: JourneyPurpose): string {
    return this.#parts.origin + returnPaths[purpose];
  }
}

function hasEvidence(claims: IDToken, { kind, mfaEvidence }: IdentityProvider): boolean {
  const accepted = mfaEvidence ?? usualEvidence[kind];
  const amr = Array.isArray(claims.amr) ? claims.amr : [];
  return [...amr, claims.acr].some((each) => typeof each === 'string' && accepted.includes(each));
}

/** Fetch itself fails with a TypeError, a slow answer with a TimeoutError; everything else is an answer we refuse. */
function refusalOf(cause: unknown, provider: string): Error {
  const { name, code, error } = cause as { name?: string; code?: string; error?: string };
  if (error === 'access_denied') return new IdentityRefused('cancelled', cause);
  const isAway = code === 'OAUTH_TIMEOUT' || name === 'TimeoutError' || isNetworkFailure(cause);
  return isAway
    ? new Fault('identity_provider_unavailable', { provider }, cause)
    : new IdentityRefused('answer', cause);
}

const isNetworkFailure = (cause: unknown): boolean =>
  cause instanceof TypeError && cause.message === 'fetch failed';
