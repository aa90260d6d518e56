import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { cryptReasonOf } from './crypt-failure.ts';
import { GoogleKms, type KmsClient } from './google-kms.ts';
import { openKeyProvider } from './open-key-provider.ts';

const keyRing = 'projects/p/locations/us/keyRings/bolt';

/** A key service in memory, as strict as the real one about names, versions and bound data. */
class FakeKms implements KmsClient {
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

const store = new MemoryObjectStore();
const open = (client: KmsClient, at = store) => new GoogleKms({ client, keyRing, store: at });
const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => cryptReasonOf(error) ?? (error as { code: string }).code,
  );

test('[H-05] a secret is wrapped by the service and opens for its purpose and place only', async () => {
  const kms = open(new FakeKms());
  const wrapped = await kms.wrap('phi', Buffer.from('secret'), 'clinic-key|north|ck1');
  expect([kms.wrappedBy(wrapped), wrapped.includes('secret')]).toEqual(['phi-1', false]);
  expect(Buffer.from(await kms.unwrap('phi', wrapped, 'clinic-key|north|ck1')).toString()).toBe('secret');
  expect(await reasonOf(kms.unwrap('phi', wrapped, 'clinic-key|south|ck1'))).toBe('tampered');
  expect(await reasonOf(kms.unwrap('credentials', wrapped, 'clinic-key|north|ck1'))).toBe('wrong_key');
  expect(
    await reasonOf(
      kms.unwrap('credentials', wrapped.replace('phi-1', 'credentials-1'), 'clinic-key|north|ck1'),
    ),
  ).toBe('tampered');
  expect(await reasonOf(kms.unwrap('phi', 'bolt1.g1.k1.a.b.c.d', 'x'))).toBe('malformed');
});

test('[crypto] a version that is switched off, a service that is away, and a ciphertext damaged on its way', async () => {
  const fake = new FakeKms();
  const kms = open(fake);
  const wrapped = await kms.wrap('phi', Buffer.from('secret'), 'a');
  fake.rotate('phi');
  expect(kms.wrappedBy(await kms.wrap('phi', Buffer.from('secret'), 'a'))).toBe('phi-2');
  const [first] = fake.versions.get(`${keyRing}/cryptoKeys/phi`) ?? [];
  if (first) first.state = 'DISABLED';
  expect(await reasonOf(kms.unwrap('phi', wrapped, 'a'))).toBe('disabled_key');
  expect(
    (await kms.status()).keys
      .filter(({ purpose }) => purpose === 'phi')
      .map(({ kid, state }) => [kid, state]),
  ).toEqual([
    ['phi-1', 'disabled'],
    ['phi-2', 'active'],
  ]);
  fake.isCorrupting = true;
  expect(await reasonOf(kms.wrap('phi', Buffer.from('secret'), 'a'))).toBe('tampered');
  fake.failure = { code: 14 };
  const error = await kms.wrap('phi', Buffer.from('secret'), 'a').catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: 'keys_unavailable', details: { where: 'google-kms' } });
  expect(String(error)).not.toContain('someone@example.org');
});

test('the session secret is made once for all processes, and asked of the service once each', async () => {
  const [fake, shared] = [new FakeKms(), new MemoryObjectStore()];
  const [one, two] = [open(fake, shared), open(fake, shared)];
  const data = Buffer.from('session');
  const [a, b] = await Promise.all([one.mac('session-mac', data), two.mac('session-mac', data)]);
  expect(a).toEqual(b);
  const numCalls = fake.calls.length;
  for (let i = 0; i < 20; i++) await one.mac('session-mac', data);
  expect(fake.calls.length).toBe(numCalls);
  await expect(one.mac('phi', data)).rejects.toThrow(RangeError);
});

test('signing stays in the service; its public key is the raw 32 bytes', async () => {
  const fake = new FakeKms();
  const kms = open(fake);
  expect(await kms.sign(Buffer.from('x'))).toHaveLength(64);
  expect(await kms.publicKey()).toHaveLength(32);
  await kms.publicKey();
  expect(fake.calls.filter((call) => call === 'getPublicKey')).toHaveLength(1);
});

test('[crypto] an address that names no key ring, or a service without a key store, is refused', async () => {
  expect(() => new GoogleKms({ client: new FakeKms(), keyRing: 'projects/p', store })).toThrow(RangeError);
  await expect(openKeyProvider({ address: `gcpkms://${keyRing}` })).rejects.toThrow(RangeError);
});
