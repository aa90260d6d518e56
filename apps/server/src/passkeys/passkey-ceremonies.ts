import { randomBytes } from 'node:crypto';
import {
  type PasskeyAssertion,
  type PasskeyCreated,
  passkeyChallengeLifeMs,
  passkeysMax,
} from '@workflow-bolt/contracts';
import type { OneUsePurpose, OneUseStore, Passkey, PasskeyStore } from '@workflow-bolt/store';
import type { RelyingParty } from './relying-party.ts';

/** Loaded with the first ceremony: it parses ASN.1 and CBOR, which a start does not need. */
const library = () => import('@simplewebauthn/server');

const challengeBytes = 32;
/** ES256, EdDSA, RS256: what authenticators in clinics speak. */
const algorithms = [-7, -8, -257];

type Purpose = Extract<OneUsePurpose, `passkey-${string}`>;
type Asked = { challenge: string; uid: string | null };

/** For the audit and for tests; a stranger is told one thing for all of them. */
export type PasskeyRefusal =
  | 'challenge'
  | 'unknown'
  | 'signature'
  | 'suspended'
  | 'regressed'
  | 'taken'
  | 'full';

export class PasskeyRefused extends Error {
  readonly reason: PasskeyRefusal;
  /** Whose passkey it was, once a valid signature proved it. */
  readonly uid: string | null;
  constructor(reason: PasskeyRefusal, more: { uid?: string; cause?: unknown } = {}) {
    super(`passkey refused: ${reason}`, { cause: more.cause });
    this.name = 'PasskeyRefused';
    this.reason = reason;
    this.uid = more.uid ?? null;
  }
}

export type CeremonyParts = {
  party: RelyingParty;
  passkeys: PasskeyStore;
  challenges: OneUseStore;
  now: () => number;
};

/**
 * The two ceremonies of WebAuthn. Each begins with a challenge that only its `binding` finds again - a sign-in
 * transaction, or a session with the action that is being confirmed - once, within five minutes; so an answer that was
 * given for one thing opens nothing else.
 */
export class PasskeyCeremonies {
  readonly #parts: CeremonyParts;

  constructor(parts: CeremonyParts) {
    this.#parts = parts;
  }

  /** What `navigator.credentials.create` takes. Throws PasskeyRefused `full`. */
  async beginRegistration(
    account: { uid: string; login: string; name: string },
    binding: string,
  ): Promise<object> {
    const present = await this.#parts.passkeys.list(account.uid);
    if (present.length >= passkeysMax) throw new PasskeyRefused('full', { uid: account.uid });
    const { generateRegistrationOptions } = await library();
    return generateRegistrationOptions({
      rpID: this.#parts.party.id,
      rpName: this.#parts.party.name,
      userID: new TextEncoder().encode(account.uid),
      userName: account.login,
      userDisplayName: account.name,
      challenge: await this.#challenge('passkey-register', binding, account.uid),
      timeout: passkeyChallengeLifeMs,
      attestationType: 'none',
      excludeCredentials: present.map(({ id, transports }) => ({ id, transports: [...transports] })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: algorithms,
    });
  }

  /** Keeps the new passkey. Throws PasskeyRefused. */
  async finishRegistration(
    uid: string,
    binding: string,
    created: { label: string; response: PasskeyCreated },
  ): Promise<Passkey> {
    const asked = await this.#asked('passkey-register', binding);
    if (asked?.uid !== uid) throw new PasskeyRefused('challenge');
    const info = await this.#verifyCreated(created.response, asked.challenge);
    const passkey: Passkey = {
      id: info.credential.id,
      uid,
      label: created.label,
      publicKey: Buffer.from(info.credential.publicKey).toString('base64url'),
      transports: info.credential.transports ?? [],
      aaguid: info.aaguid,
      isBackupEligible: info.credentialDeviceType === 'multiDevice',
      isBackedUp: info.credentialBackedUp,
      createdAt: this.#parts.now(),
      lastUsedAt: null,
      suspendedAt: null,
    };
    const { lastUsedAt: _, ...kept } = passkey;
    const outcome = await this.#parts.passkeys.add(kept, info.credential.counter);
    if (outcome === 'taken') throw new PasskeyRefused('taken', { uid });
    return passkey;
  }

  /** What `navigator.credentials.get` takes. `uid` null: whoever the authenticator knows. */
  async beginAssertion(purpose: Purpose, binding: string, uid: string | null): Promise<object> {
    const present = uid === null ? [] : await this.#parts.passkeys.list(uid);
    const usable = present.filter(({ suspendedAt }) => suspendedAt === null);
    const { generateAuthenticationOptions } = await library();
    return generateAuthenticationOptions({
      rpID: this.#parts.party.id,
      challenge: await this.#challenge(purpose, binding, uid),
      timeout: passkeyChallengeLifeMs,
      userVerification: 'required',
      ...(uid === null
        ? {}
        : { allowCredentials: usable.map(({ id, transports }) => ({ id, transports: [...transports] })) }),
    });
  }

  /**
   * The passkey that signed, and with it the account. Throws PasskeyRefused; a counter that went back suspends it.
   */
  async finishAssertion(purpose: Purpose, binding: string, assertion: PasskeyAssertion): Promise<Passkey> {
    const asked = await this.#asked(purpose, binding);
    if (!asked) throw new PasskeyRefused('challenge');
    const uid = asked.uid ?? uidOfHandle(assertion);
    const passkey = uid === null ? null : await this.#parts.passkeys.find(uid, assertion.id);
    if (uid === null || !passkey) throw new PasskeyRefused('unknown');
    const counter = await this.#verifyAssertion(assertion, passkey, asked.challenge);
    if (passkey.suspendedAt !== null) throw new PasskeyRefused('suspended', { uid });
    await this.#takeCounter(passkey, counter);
    await this.#parts.passkeys.noteUse(uid, passkey.id, this.#parts.now());
    return passkey;
  }

  async #takeCounter({ uid, id }: Passkey, counter: number): Promise<void> {
    if ((await this.#parts.passkeys.takeCounter(uid, id, counter)) === 'accepted') return;
    await this.#parts.passkeys.suspend(uid, id, this.#parts.now());
    throw new PasskeyRefused('regressed', { uid });
  }

  async #challenge(purpose: Purpose, binding: string, uid: string | null): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(randomBytes(challengeBytes));
    const asked: Asked = { challenge: Buffer.from(bytes).toString('base64url'), uid };
    await this.#parts.challenges.put({ purpose, binding }, asked, passkeyChallengeLifeMs);
    return bytes;
  }

  async #asked(purpose: Purpose, binding: string): Promise<Asked | null> {
    return (await this.#parts.challenges.take({ purpose, binding })) as Asked | null;
  }

  async #verifyCreated(response: PasskeyCreated, challenge: string) {
    refuseFrames(response.response.clientDataJSON);
    const { verifyRegistrationResponse } = await library();
    const verified = await verifyRegistrationResponse({
      // The schema has narrowed it; the library's type asks for literal transports.
      response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: this.#parts.party.origin,
      expectedRPID: this.#parts.party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }).catch((cause: unknown) => {
      throw new PasskeyRefused('signature', { cause });
    });
    if (!verified.verified) throw new PasskeyRefused('signature');
    return verified.registrationInfo;
  }

  /**
   * The counter that was signed. It is compared by the store and not here: two processes that see one counter at once
   * must not both believe it.
   */
  async #verifyAssertion(assertion: PasskeyAssertion, passkey: Passkey, challenge: string): Promise<number> {
    refuseFrames(assertion.response.clientDataJSON);
    const { verifyAuthenticationResponse } = await library();
    const verified = await verifyAuthenticationResponse({
      response: assertion as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: this.#parts.party.origin,
      expectedRPID: this.#parts.party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: 0,
      },
    }).catch((cause: unknown) => {
      throw new PasskeyRefused('signature', { cause });
    });
    if (!verified.verified) throw new PasskeyRefused('signature');
    return verified.authenticationInfo.newCounter;
  }
}

/** The account a discoverable credential names; it proves nothing before the signature is verified. */
function uidOfHandle({ response }: PasskeyAssertion): string | null {
  const text = response.userHandle ? Buffer.from(response.userHandle, 'base64url').toString('utf8') : '';
  return /^[a-z0-9-]{1,40}$/.test(text) ? text : null;
}

/** Our page is never framed; some browsers say `crossOrigin` without naming the frame, which the library lets pass. */
function refuseFrames(clientData: string): void {
  const parsed = parse(clientData);
  if (parsed === null || parsed.crossOrigin === true) throw new PasskeyRefused('signature');
}

function parse(clientData: string): { crossOrigin?: unknown } | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(clientData, 'base64url').toString('utf8'));
    return typeof value === 'object' ? (value as { crossOrigin?: unknown } | null) : null;
  } catch {
    return null;
  }
}
