import { expect, test } from 'vitest';
import { FakeKms, keyRing } from '../../test/fake-kms.ts';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { cryptReasonOf } from './crypt-failure.ts';
import { GoogleKms, type KmsClient } from './google-kms.ts';
import { openKeyProvider } from './open-key-provider.ts';

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
