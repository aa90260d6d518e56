import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KmsClient } from '../src/vault/google-kms.ts';

export const keyRing = 'projects/p/locations/us/keyRings/bolt';

/** A key service in memory, as strict as the real one about names, versions and bound data. */
export class FakeKms implements KmsClient {
  readonly versions = new Map<string, { key: Buffer; state: string }[]>();
  readonly pair = generateKeyPairSync('ed25519');
  readonly calls: string[] = [];
  failure: { code: number } | null = null;
  isCorrupting = false;

  constructor() {
    for (const purpose of ['phi', 'credentials', 'session-mac', 'audit-sign']) this.rotate(purpose);
  }

  rotate(purpose: string): void {
    const name = `${keyRing}/cryptoKeys/${purpose}`;
    this.versions.set(name, [...(this.versions.get(name) ?? []), { key: randomBytes(32), state: 'ENABLED' }]);
  }

  #ask(call: string): void {
    this.calls.push(call);
    if (this.failure) throw Object.assign(new Error('projects/p: someone@example.org may not'), this.failure);
  }

  async encrypt({ name, plaintext, additionalAuthenticatedData }: Parameters<KmsClient['encrypt']>[0]) {
    this.#ask('encrypt');
    const versions = this.versions.get(name) ?? [];
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', versions.at(-1)?.key ?? '', iv);
    cipher.setAAD(additionalAuthenticatedData);
    const body = Buffer.concat([
      Buffer.from([versions.length]),
      iv,
      cipher.update(plaintext),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    if (this.isCorrupting) body[20] = (body[20] ?? 0) ^ 1;
    return [{ name: `${name}/cryptoKeyVersions/${versions.length}`, ciphertext: body }] as const;
  }

  async decrypt({ name, ciphertext, additionalAuthenticatedData }: Parameters<KmsClient['decrypt']>[0]) {
    this.#ask('decrypt');
    const body = Buffer.from(ciphertext);
    const version = this.versions.get(name)?.[(body[0] ?? 0) - 1];
    if (!version) throw Object.assign(new Error('no such version'), { code: 3 });
    if (version.state !== 'ENABLED') throw Object.assign(new Error('not enabled'), { code: 9 });
    const decipher = createDecipheriv('aes-256-gcm', version.key, body.subarray(1, 13));
    decipher.setAAD(additionalAuthenticatedData);
    decipher.setAuthTag(body.subarray(-16));
    const plain = decipher.update(body.subarray(13, -16));
    try {
      decipher.final();
    } catch {
      throw Object.assign(new Error('decryption failed'), { code: 3 });
    }
    return [{ plaintext: plain }] as const;
  }

  async asymmetricSign({ data }: Parameters<KmsClient['asymmetricSign']>[0]) {
    this.#ask('asymmetricSign');
    return [{ signature: sign(null, data, this.pair.privateKey) }] as const;
  }

  async getPublicKey() {
    this.#ask('getPublicKey');
    return [{ pem: this.pair.publicKey.export({ format: 'pem', type: 'spki' }).toString() }] as const;
  }

  async listCryptoKeyVersions({ parent }: { parent: string }) {
    this.#ask('list');
    return [
      (this.versions.get(parent) ?? []).map(({ state }, i) => ({
        name: `${parent}/cryptoKeyVersions/${i + 1}`,
        state,
        createTime: { seconds: 1_700_000_000 + i },
      })),
    ] as const;
  }
}
