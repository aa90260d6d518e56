import type { CallClock } from '../call-clock.ts';
import { type EhrFailure, type EhrResult, ehrFailure, ehrOk, type FailureFacts } from '../ehr-failure.ts';
import { transportFacts } from '../http-exchange.ts';

/** How the client proves itself at the token endpoint. */
export type FhirClientProof =
  | { readonly kind: 'secret'; readonly secret: string }
  /** SMART Backend Services: an assertion signed with this key (ES384 or RS384), which the server knows. */
  | { readonly kind: 'key'; readonly key: () => Promise<CryptoKey>; readonly keyId: string };

export interface FhirClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Such as `system/Appointment.rs system/Appointment.u`; empty for what the server gives anyway. */
  readonly scope: string;
  readonly proof: FhirClientProof;
}

/** Bearer tokens for calls: one is fetched when none is at hand, and by one caller at a time. */
export interface FhirAccess {
  /** The value of the Authorization header, null when the server wants none. */
  header(): Promise<EhrResult<string | null>>;
  /** The server refused that header: it is not used again. */
  forget(header: string | null): void;
}

export const openAccess: FhirAccess = { header: async () => ehrOk(null), forget: () => undefined };

/** A token is renewed this long before it ends, so that none ends on its way. */
const SPARE_MS = 30_000;
/** For how long a token is used whose end the server does not tell. */
const UNTOLD_MS = 60_000;
const TOKEN_TIMEOUT_S = 15;

interface Grant {
  readonly header: string;
  readonly endsAt: number;
}

interface AccessParts {
  readonly client: FhirClient;
  readonly clock: CallClock;
  readonly fetch: typeof globalThis.fetch;
}

/** OAuth 2.0 client credentials (RFC 6749 4.4), with a secret or a signed assertion (RFC 7523). */
export function clientAccess(parts: AccessParts): FhirAccess {
  let granted: Grant | null = null;
  let asking: Promise<EhrResult<Grant>> | null = null;
  const ask = async () => {
    const result = await askForToken(parts);
    if (result.ok) granted = result.value;
    asking = null;
    return result;
  };
  return {
    async header() {
      if (granted && granted.endsAt > parts.clock.now()) return ehrOk(granted.header);
      asking ??= ask();
      const result = await asking;
      return result.ok ? ehrOk(result.value.header) : result;
    },
    forget(header) {
      if (granted?.header === header) granted = null;
    },
  };
}

async function askForToken({ client, clock, fetch }: AccessParts): Promise<EhrResult<Grant>> {
  const oidc = await import('openid-client');
  try {
    const config = new oidc.Configuration(
      { issuer: new URL(client.tokenUrl).origin, token_endpoint: client.tokenUrl },
      client.clientId,
      undefined,
      await proofOf(oidc, client),
    );
    config.timeout = TOKEN_TIMEOUT_S;
    config[oidc.customFetch] = (url, init) => fetch(url, init as RequestInit);
    // Which addresses may be spoken to in the open was decided when the adapter was made.
    if (client.tokenUrl.startsWith('http:')) oidc.allowInsecureRequests(config);
    const askedAt = clock.now();
    const told = await oidc.clientCredentialsGrant(config, client.scope ? { scope: client.scope } : {});
    if (told.token_type !== 'bearer')
      return notSent({ kind: 'auth', reason: 'credentials-refused', permissions: [] });
    const livesMs = told.expires_in === undefined ? UNTOLD_MS + SPARE_MS : told.expires_in * 1_000;
    return ehrOk({
      header: `Bearer ${told.access_token}`,
      endsAt: askedAt + Math.max(livesMs - SPARE_MS, 1_000),
    });
  } catch (error) {
    return notSent(tokenFacts(error));
  }
}

type Oidc = typeof import('openid-client');

async function proofOf(oidc: Oidc, { tokenUrl, proof }: FhirClient) {
  if (proof.kind === 'secret') return oidc.ClientSecretBasic(proof.secret);
  const { key, keyId } = proof;
  return oidc.PrivateKeyJwt(
    { key: await key(), kid: keyId },
    // SMART asks for the token endpoint itself as the audience.
    {
      [oidc.modifyAssertion]: (_header, payload) => {
        payload.aud = tokenUrl;
      },
    },
  );
}

/** Whatever became of the token, the call itself has not been sent: a write has done nothing. */
function notSent(facts: FailureFacts): { readonly ok: false; readonly failure: EhrFailure } {
  return { ok: false, failure: { ...ehrFailure(facts), writes: 'not-applied' } };
}

const REFUSALS = new Set(['invalid_client', 'unauthorized_client', 'invalid_grant', 'access_denied']);

function tokenFacts(error: unknown): FailureFacts {
  const { error: code, status, cause } = error as { error?: unknown; status?: unknown; cause?: unknown };
  if (typeof code === 'string' && REFUSALS.has(code))
    return { kind: 'auth', reason: 'credentials-refused', permissions: [] };
  if (code === 'invalid_scope') return { kind: 'auth', reason: 'permission-missing', permissions: [] };
  const httpStatus = typeof status === 'number' ? status : statusOf(cause);
  if (httpStatus === 401) return { kind: 'auth', reason: 'credentials-refused', permissions: [] };
  if (httpStatus === 429) return { kind: 'throttled', endpoint: 'token', intervalMs: null };
  if (httpStatus !== null) return { kind: 'service-down', reason: 'http-status', httpStatus };
  return isTimeout(error) ? { kind: 'transport', reason: 'timeout', code: null } : transportFacts(error);
}

function statusOf(cause: unknown): number | null {
  return cause instanceof Response ? cause.status : null;
}

function isTimeout(error: unknown): boolean {
  for (let next = error, depth = 0; next instanceof Error && depth < 5; next = next.cause, depth += 1) {
    if (next.name === 'TimeoutError' || (next as { code?: unknown }).code === 'OAUTH_TIMEOUT') return true;
  }
  return false;
}
