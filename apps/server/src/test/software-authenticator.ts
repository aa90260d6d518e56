import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { PasskeyAssertion, PasskeyCreated } from '@workflow-bolt/contracts';

/** What a hostile or broken authenticator may do differently. */
export type Bend = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  isVerified?: boolean;
  isPresent?: boolean;
  crossOrigin?: boolean;
  type?: string;
  counter?: number;
  userHandle?: string | null;
  /** Signs with this key instead of its own. */
  key?: KeyObject;
};

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url');

/** One passkey in software: ES256, user verified, with a counter. For tests of the server's side only. */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #origin: string;
  counter = 0;
  userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Answers `navigator.credentials.create(options)`. */
  create(options: object, bend: Bend = {}): PasskeyCreated {
    const { challenge, user } = options as { challenge: string; user: { id: string } };
    this.userHandle = user.id;
    const clientDataJSON = this.#clientData('webauthn.create', challenge, bend);
    const authData = Buffer.concat([this.#authData(0x45, bend), this.#credentialData()]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, attestationObject: base64url(isoCBOR.encode(attestation as never)) },
    };
  }

  /** Answers `navigator.credentials.get(options)`; counts one use. */
  get(options: object, bend: Bend = {}): PasskeyAssertion {
    const { challenge } = options as { challenge: string };
    this.counter += 1;
    const clientDataJSON = this.#clientData('webauthn.get', challenge, bend);
    const authenticatorData = this.#authData(0x05, bend);
    const signed = Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: base64url(authenticatorData),
        signature: createSign('sha256')
          .update(signed)
          .sign(bend.key ?? this.#keys.privateKey, 'base64url'),
        userHandle: bend.userHandle === undefined ? this.userHandle : bend.userHandle,
      },
    };
  }

  #clientData(type: string, challenge: string, bend: Bend): string {
    return base64url(
      JSON.stringify({
        type: bend.type ?? type,
        challenge: bend.challenge ?? challenge,
        origin: bend.origin ?? this.#origin,
        crossOrigin: bend.crossOrigin ?? false,
      }),
    );
  }

  #authData(flags: number, bend: Bend): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(bend.counter ?? this.counter);
    const verified = bend.isVerified === false ? flags & ~0x04 : flags;
    const present = bend.isPresent === false ? verified & ~0x01 : verified;
    return Buffer.concat([
      sha256(bend.rpId ?? new URL(this.#origin).hostname),
      Buffer.from([present]),
      counter,
    ]);
  }

  /** No AAGUID, the credential's id and its public key in COSE. */
  #credentialData(): Buffer {
    const id = Buffer.from(this.id, 'base64url');
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const cose = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    return Buffer.concat([Buffer.alloc(16), length, id, isoCBOR.encode(cose as never)]);
  }
}
