import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';

/** The browser's own answer, sent on as it is. */
type Options = Record<string, unknown>;

/** Asks the authenticator to sign. Rejects with a sentence for the person. */
export async function signWithPasskey(options: Options): Promise<unknown> {
  return startAuthentication({
    optionsJSON: options as unknown as Parameters<typeof startAuthentication>[0]['optionsJSON'],
  }).catch(explain);
}

/** Asks the authenticator to make a passkey. Rejects with a sentence for the person. */
export async function makePasskey(options: Options): Promise<unknown> {
  return startRegistration({
    optionsJSON: options as unknown as Parameters<typeof startRegistration>[0]['optionsJSON'],
  }).catch(explain);
}

const sentences: Partial<Record<string, string>> = {
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'This device or key already has a passkey of yours.',
  ERROR_CEREMONY_ABORTED: 'The passkey was not used: it was cancelled.',
  ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT:
    'This key cannot remember who you are. Use another one.',
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT:
    'This key asks for no PIN or fingerprint, which is needed here. Set one up, or use another key.',
};

function explain(cause: unknown): never {
  const known = cause instanceof WebAuthnError ? sentences[cause.code] : undefined;
  throw new Error(
    known ?? 'The passkey was not used: it was cancelled, took too long, or this device has none.',
    {
      cause,
    },
  );
}

/** False where the browser has no passkeys, such as a page that is not secure. */
export const hasPasskeys = (): boolean => typeof window.PublicKeyCredential === 'function';
