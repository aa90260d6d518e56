/**
 * Top keys in Google Cloud KMS: they never leave it. A key ring holds `phi` and `credentials` (encrypt/decrypt,
 * HSM), and `audit-sign` (Ed25519). `session-mac` authenticates every request, so its secret is wrapped by the key of
 * that name once, kept in the key store, and used here; asking KMS for each request would add 20 ms to each.
 *
 *   wrapped: kms1.<purpose>-<version>.<ciphertext, base64url>
 */
import { createHmac, createPublicKey, hash, randomBytes } from 'node:crypto';
import { Fault, type KeyPurpose, keyPurposes } from '@workflow-bolt/contracts';
import type { ObjectStore } from '../archive/object-store.ts';
import { cryptFault } from './crypt-failure.ts';
import type { KeyInfo, KeyProvider, KeyProviderStatus } from './key-provider.ts';

/** What is used of the KMS client: its calls answer an array whose first item is the answer. */
export type KmsClient = {
  encrypt(request: {
    name: string;
    plaintext: Uint8Array;
    additionalAuthenticatedData: Uint8Array;
  }): Promise<readonly [{ name?: string | null; ciphertext?: Uint8Array | string | null }, ...unknown[]]>;
  decrypt(request: {
    name: string;
    ciphertext: Uint8Array;
    additionalAuthenticatedData: Uint8Array;
  }): Promise<readonly [{ plaintext?: Uint8Array | string | null }, ...unknown[]]>;
  asymmetricSign(request: {
    name: string;
    data: Uint8Array;
  }): Promise<readonly [{ signature?: Uint8Array | string | null }, ...unknown[]]>;
  getPublicKey(request: { name: string }): Promise<readonly [{ pem?: string | null }, ...unknown[]]>;
  listCryptoKeyVersions(request: { parent: string }): Promise<
    readonly [
      readonly {
        name?: string | null;
        state?: string | number | null;
        createTime?: { seconds?: unknown } | null;
      }[],
      ...unknown[],
    ]
  >;
};

const wrappedShape = /^kms1\.([a-z-]+)-(\d{1,9})\.([A-Za-z0-9_-]+)$/;
const macSecretName = 'installation/session-mac.json';
const macAad = 'session-mac';
const rawKeyBytes = 32;
/** gRPC codes: what the ciphertext or the key is to blame for will fail again. */
const [invalidArgument, notFound, failedPrecondition] = [3, 5, 9];
/** KMS's states by name and number (ENABLED 1, DISABLED 2, DESTROYED 3, DESTROY_SCHEDULED 4). */
const isEnabled = (state: unknown): boolean => state === 'ENABLED' || state === 1;

/** Why KMS refused; its own sentences name projects and people. */
function kmsFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = (error as { code?: number }).code;
  if (code === invalidArgument) return cryptFault('tampered');
  if (code === notFound) return cryptFault('unknown_key');
  if (code === failedPrecondition) return cryptFault('disabled_key');
  return new Fault('keys_unavailable', { where: 'google-kms' }, error);
}

async function asked<T>(work: Promise<readonly [T, ...unknown[]]>): Promise<T> {
  try {
    return (await work)[0];
  } catch (error) {
    throw kmsFault(error);
  }
}

const bytesOf = (value: Uint8Array | string | null | undefined): Buffer =>
  typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value ?? []);

export type GoogleKmsParts = {
  client: KmsClient;
  /** `projects/<p>/locations/<l>/keyRings/<r>` */
  keyRing: string;
  /** Where the wrapped session secret is kept. */
  store: ObjectStore;
  /** Version of `audit-sign` that signs. */
  signVersion?: number;
};

export class GoogleKms implements KeyProvider {
  readonly #parts: GoogleKmsParts;
  #macSecret: Promise<Buffer> | null = null;
  #publicKey: Promise<Uint8Array> | null = null;

  constructor(parts: GoogleKmsParts) {
    if (!/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+$/.test(parts.keyRing))
      throw new RangeError('a key ring is projects/<p>/locations/<l>/keyRings/<r>');
    this.#parts = parts;
  }

  async wrap(purpose: KeyPurpose, plain: Uint8Array, aad: string): Promise<string> {
    const bound = Buffer.from(`${purpose}|${aad}`);
    const answer = await asked(
      this.#parts.client.encrypt({
        name: this.#keyName(purpose),
        plaintext: plain,
        additionalAuthenticatedData: bound,
      }),
    );
    const version = /\/cryptoKeyVersions\/(\d{1,9})$/.exec(answer.name ?? '')?.[1];
    if (!version) throw new Fault('keys_unavailable', { where: 'google-kms' });
    const wrapped = `kms1.${purpose}-${version}.${bytesOf(answer.ciphertext).toString('base64url')}`;
    // A ciphertext that was damaged on its way is found now, while the secret is still at hand.
    const back = await this.unwrap(purpose, wrapped, aad);
    if (Buffer.compare(back, plain) !== 0) throw new Fault('keys_unavailable', { where: 'google-kms' });
    return wrapped;
  }

  async unwrap(purpose: KeyPurpose, wrapped: string, aad: string): Promise<Uint8Array> {
    const [, ownPurpose, , text = ''] = wrappedShape.exec(wrapped) ?? [];
    if (ownPurpose === undefined) throw cryptFault('malformed');
    if (ownPurpose !== purpose) throw cryptFault('wrong_key');
    const answer = await asked(
      this.#parts.client.decrypt({
        name: this.#keyName(purpose),
        ciphertext: Buffer.from(text, 'base64url'),
        additionalAuthenticatedData: Buffer.from(`${purpose}|${aad}`),
      }),
    );
    return bytesOf(answer.plaintext);
  }

  async mac(purpose: KeyPurpose, data: Uint8Array): Promise<Uint8Array> {
    if (purpose !== 'session-mac') throw new RangeError('only session-mac authenticates');
    this.#macSecret ??= this.#openMacSecret().catch((error: unknown) => {
      this.#macSecret = null;
      throw error;
    });
    return createHmac('sha256', await this.#macSecret)
      .update(data)
      .digest();
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    const answer = await asked(this.#parts.client.asymmetricSign({ name: this.#signName(), data }));
    return bytesOf(answer.signature);
  }

  publicKey(): Promise<Uint8Array> {
    this.#publicKey ??= this.#readPublicKey().catch((error: unknown) => {
      this.#publicKey = null;
      throw error;
    });
    return this.#publicKey;
  }

  wrappedBy(wrapped: string): string {
    return wrappedShape.test(wrapped) ? (wrapped.split('.')[1] ?? '') : '';
  }

  async status(): Promise<KeyProviderStatus> {
    const keys = await Promise.all(keyPurposes.map((purpose) => this.#versionsOf(purpose)));
    return { kind: 'google-kms', keys: keys.flat() };
  }

  /** Who uses these keys does not manage them: a new version is the console's matter. */
  async rotate(): Promise<null> {
    return null;
  }

  async #versionsOf(purpose: KeyPurpose): Promise<KeyInfo[]> {
    const parent = this.#keyName(purpose);
    const versions = await asked(this.#parts.client.listCryptoKeyVersions({ parent }));
    const numbered = versions
      .map(({ name, state, createTime }) => ({
        n: Number(/(\d+)$/.exec(name ?? '')?.[1] ?? 0),
        isOn: isEnabled(state),
        createdAt: Number(createTime?.seconds ?? 0) * 1_000,
      }))
      .sort((a, b) => a.n - b.n);
    const newest = numbered.findLast(({ isOn }) => isOn)?.n;
    return numbered.map(({ n, isOn, createdAt }) => {
      const state = n === newest ? 'active' : isOn ? 'decrypt-only' : 'disabled';
      return { purpose, kid: `${purpose}-${n}`, state, createdAt };
    });
  }

  #keyName(purpose: KeyPurpose): string {
    return `${this.#parts.keyRing}/cryptoKeys/${purpose}`;
  }

  #signName(): string {
    return `${this.#keyName('audit-sign')}/cryptoKeyVersions/${this.#parts.signVersion ?? 1}`;
  }

  async #readPublicKey(): Promise<Uint8Array> {
    const { pem } = await asked(this.#parts.client.getPublicKey({ name: this.#signName() }));
    const spki = createPublicKey(pem ?? '').export({ format: 'der', type: 'spki' });
    return spki.subarray(spki.length - rawKeyBytes);
  }

  /** Made by whichever process is first; all others read what that one has kept. */
  async #openMacSecret(): Promise<Buffer> {
    const { store } = this.#parts;
    const known = await store.get(macSecretName);
    const kept = known ?? (await this.#keepMacSecret());
    const { wrapped } = JSON.parse(Buffer.from(kept).toString('utf8')) as { wrapped: string };
    return Buffer.from(await this.unwrap('session-mac', wrapped, macAad));
  }

  async #keepMacSecret(): Promise<Uint8Array> {
    const wrapped = await this.wrap('session-mac', randomBytes(32), macAad);
    const bytes = Buffer.from(
      JSON.stringify({ format: 1, wrapped, id: hash('sha256', wrapped).slice(0, 12) }),
    );
    try {
      await this.#parts.store.create(macSecretName, bytes);
      return bytes;
    } catch (error) {
      const present = await this.#parts.store.get(macSecretName);
      if (!present) throw error;
      return present;
    }
  }
}
