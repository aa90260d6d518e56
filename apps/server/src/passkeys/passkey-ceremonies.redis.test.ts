import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRedisPort,
  fromUrl,
  OneUseStore,
  openKeyProvider,
  openSecret,
  PasskeyStore,
  type RedisPort,
  sealSecret,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bend, SoftwareAuthenticator } from '../test/software-authenticator.ts';
import { PasskeyCeremonies, PasskeyRefused } from './passkey-ceremonies.ts';
import { relyingPartyOf } from './relying-party.ts';

const origin = 'https://board.example.org';
const uid = '0192f0c0-0000-7000-8000-000000000001';
const other = '0192f0c0-0000-7000-8000-000000000002';
const account = { uid, login: 'nora', name: 'Nora Quist' };
let redis: RedisServer;
let port: RedisPort;
let passkeys: PasskeyStore;
let ceremonies: PasskeyCeremonies;
let directory: string;
const clock = { now: Date.parse('2026-11-23T15:00:00Z') };

beforeAll(async () => {
  redis = await startRedis();
  port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  directory = mkdtempSync(join(tmpdir(), 'bolt-passkeys-'));
  const keys = await openKeyProvider({ address: join(directory, 'keys.json') });
  passkeys = new PasskeyStore(port, {
    seal: (text, aad) => sealSecret(keys, 'credentials', text, aad),
    open: (sealed, aad) => openSecret(keys, 'credentials', sealed, aad),
  });
  const party = relyingPartyOf(origin);
  if (!party) throw new Error('no relying party');
  ceremonies = new PasskeyCeremonies({
    party,
    passkeys,
    challenges: new OneUseStore(port),
    now: () => clock.now,
  });
});
afterAll(async () => {
  await port?.close();
  await redis?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  await port.command('FLUSHALL');
});

async function registered(owner = account): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator(origin);
  const options = await ceremonies.beginRegistration(owner, 'tx-register');
  const response = authenticator.create(options);
  await ceremonies.finishRegistration(owner.uid, 'tx-register', { label: 'Desk key', response });
  return authenticator;
}

const signIn = async (authenticator: SoftwareAuthenticator, bend: Bend = {}, who: string | null = uid) => {
  const options = await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', who);
  const passkey = await ceremonies.finishAssertion(
    'passkey-sign-in',
    'tx-1',
    authenticator.get(options, bend),
  );
  return passkey.uid;
};
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (cause: unknown) => (cause instanceof PasskeyRefused ? cause.reason : cause),
  );

test('[ONC-d-13] [H-08] a registered passkey signs its owner in, by name and without one', async () => {
  const authenticator = await registered();
  expect(await signIn(authenticator)).toBe(uid);
  expect(await signIn(authenticator, {}, null)).toBe(uid);
  const [passkey] = await passkeys.list(uid);
  expect(passkey).toMatchObject({
    id: authenticator.id,
    label: 'Desk key',
    lastUsedAt: clock.now,
    suspendedAt: null,
  });
});

test('a challenge is 32 random bytes, asks for verification, and names only usable credentials', async () => {
  const authenticator = await registered();
  const options = (await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', uid)) as Record<
    string,
    unknown
  >;
  expect(Buffer.from(String(options.challenge), 'base64url')).toHaveLength(32);
  expect(options).toMatchObject({
    rpId: 'board.example.org',
    userVerification: 'required',
    allowCredentials: [{ id: authenticator.id, type: 'public-key' }],
  });
  expect(await port.command('PTTL', (await keysLike('once:passkey-sign-in:*'))[0] ?? '')).toBeLessThanOrEqual(
    300_000,
  );
});

const keysLike = async (pattern: string) => (await port.command('KEYS', pattern)) as string[];

describe('[mfa] hostile answers', () => {
  const bends: [string, Bend][] = [
    ['another origin, such as a phishing page', { origin: 'https://board.example.org.evil.test' }],
    ['the same host without TLS', { origin: 'http://board.example.org' }],
    ['another port of the same host', { origin: 'https://board.example.org:8443' }],
    ['another relying party', { rpId: 'evil.test' }],
    ['a challenge that nobody asked', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['a user who was not verified', { isVerified: false }],
    ['a user who was not there', { isPresent: false }],
    ['a frame on another site', { crossOrigin: true }],
    ['a registration passed off as an assertion', { type: 'webauthn.create' }],
    ['another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
  ];
  test.each(bends)('[mfa] %s is refused, and nothing is noted', async (_name, bend) => {
    const authenticator = await registered();
    expect(await refused(signIn(authenticator, bend))).toBe('signature');
    expect((await passkeys.list(uid))[0]?.lastUsedAt).toBeNull();
    expect(await signIn(authenticator)).toBe(uid);
  });

  test('[mfa] a captured answer opens nothing a second time', async () => {
    const authenticator = await registered();
    const options = await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', uid);
    const answer = authenticator.get(options);
    expect((await ceremonies.finishAssertion('passkey-sign-in', 'tx-1', answer)).uid).toBe(uid);
    expect(await refused(ceremonies.finishAssertion('passkey-sign-in', 'tx-1', answer))).toBe('challenge');
  });

  test('[mfa] of two answers to one challenge at once, one is taken', async () => {
    const authenticator = await registered();
    const options = await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', uid);
    const answer = authenticator.get(options);
    const both = await Promise.all(
      [answer, answer].map((each) => refused(ceremonies.finishAssertion('passkey-sign-in', 'tx-1', each))),
    );
    expect(both.sort()).toEqual(['accepted', 'challenge']);
  });

  test('[mfa] an answer for one transaction, purpose or action does not serve another', async () => {
    const authenticator = await registered();
    const options = await ceremonies.beginAssertion('passkey-step-up', 'session-1|export', uid);
    await ceremonies.beginAssertion('passkey-step-up', 'session-1|user-admin', uid);
    const answer = authenticator.get(options);
    const finish = (purpose: 'passkey-sign-in' | 'passkey-step-up', binding: string) =>
      refused(ceremonies.finishAssertion(purpose, binding, answer));
    expect(await finish('passkey-step-up', 'session-1|user-admin')).toBe('signature');
    expect(await finish('passkey-step-up', 'session-2|export')).toBe('challenge');
    expect(await finish('passkey-sign-in', 'session-1|export')).toBe('challenge');
    expect(await finish('passkey-step-up', 'session-1|export')).toBe('accepted');
  });

  test('[mfa] an old challenge has gone after five minutes', async () => {
    const authenticator = await registered();
    const options = await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', uid);
    const [key = ''] = await keysLike('once:passkey-sign-in:*');
    await port.command('PEXPIRE', key, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(
      await refused(ceremonies.finishAssertion('passkey-sign-in', 'tx-1', authenticator.get(options))),
    ).toBe('challenge');
  });

  test('[mfa] a passkey of another account is unknown to this one, whatever handle it claims', async () => {
    const mine = await registered();
    const theirs = await registered({ ...account, uid: other });
    expect(await refused(signIn(theirs, {}, uid))).toBe('unknown');
    theirs.userHandle = mine.userHandle;
    expect(await refused(signIn(theirs, {}, null))).toBe('unknown');
    expect(await refused(signIn(mine, { userHandle: null }, null))).toBe('unknown');
    expect(await refused(signIn(mine, { userHandle: Buffer.from('../x').toString('base64url') }, null))).toBe(
      'unknown',
    );
  });

  test('[mfa] a counter that goes back suspends the passkey, also for the honest copy', async () => {
    const authenticator = await registered();
    await signIn(authenticator, { counter: 9 });
    expect(await refused(signIn(authenticator, { counter: 9 }))).toBe('regressed');
    expect(await refused(signIn(authenticator, { counter: 10 }))).toBe('suspended');
    expect((await passkeys.list(uid))[0]?.suspendedAt).toBe(clock.now);
    const options = (await ceremonies.beginAssertion('passkey-sign-in', 'tx-1', uid)) as {
      allowCredentials?: [];
    };
    expect(options.allowCredentials).toEqual([]);
  });

  test('[mfa] an authenticator that never counts is no copy; one that stops counting is', async () => {
    const silent = await registered();
    expect(await signIn(silent, { counter: 0 })).toBe(uid);
    expect(await signIn(silent, { counter: 0 })).toBe(uid);
    await signIn(silent, { counter: 5 });
    expect(await refused(signIn(silent, { counter: 0 }))).toBe('regressed');
  });

  test('[mfa] one counter seen by two processes at once is believed once', async () => {
    await registered();
    const [passkey] = await passkeys.list(uid);
    const id = passkey?.id ?? '';
    const both = await Promise.all([passkeys.takeCounter(uid, id, 4), passkeys.takeCounter(uid, id, 4)]);
    expect(both.sort()).toEqual(['accepted', 'regressed']);
  });

  test('[mfa] a credential belongs to one account', async () => {
    const authenticator = await registered();
    const options = await ceremonies.beginRegistration({ ...account, uid: other }, 'tx-2');
    const response = authenticator.create(options);
    const again = ceremonies.finishRegistration(other, 'tx-2', { label: 'Mine now', response });
    expect(await refused(again)).toBe('taken');
    expect(await passkeys.list(other)).toEqual([]);
  });

  test('[mfa] a registration that was begun for one account cannot be finished for another', async () => {
    const authenticator = new SoftwareAuthenticator(origin);
    const response = authenticator.create(await ceremonies.beginRegistration(account, 'tx-1'));
    const stolen = ceremonies.finishRegistration(other, 'tx-1', { label: 'Stolen', response });
    expect(await refused(stolen)).toBe('challenge');
    expect(await passkeys.list(uid)).toEqual([]);
  });

  test('[mfa] registration demands a verified user, the exact origin and relying party', async () => {
    for (const bend of [
      { isVerified: false },
      { origin: 'https://evil.test' },
      { rpId: 'evil.test' },
    ] as Bend[]) {
      const authenticator = new SoftwareAuthenticator(origin);
      const response = authenticator.create(await ceremonies.beginRegistration(account, 'tx-1'), bend);
      const finishing = ceremonies.finishRegistration(uid, 'tx-1', { label: 'Bent', response });
      expect(await refused(finishing)).toBe('signature');
    }
    expect(await passkeys.list(uid)).toEqual([]);
  });

  test('[mfa] [crypto] a record that was moved to another account in Redis does not open', async () => {
    const authenticator = await registered();
    const sealed = (await port.command('HGET', `{pk:${uid}}:cred`, authenticator.id)) as string;
    await port.command('HSET', `{pk:${other}}:cred`, authenticator.id, sealed);
    await expect(passkeys.list(other)).rejects.toMatchObject({ code: 'phi_unreadable' });
    expect(sealed).not.toContain(uid);
  });
});

test('a removed passkey opens nothing, and its credential may be registered again', async () => {
  const authenticator = await registered();
  expect(await passkeys.remove(uid, authenticator.id)).toBe(true);
  expect(await passkeys.remove(uid, authenticator.id)).toBe(false);
  expect(await refused(signIn(authenticator))).toBe('unknown');
  const response = authenticator.create(await ceremonies.beginRegistration(account, 'tx-3'));
  await ceremonies.finishRegistration(uid, 'tx-3', { label: 'Again', response });
  expect(await signIn(authenticator)).toBe(uid);
});

test('an account holds at most twelve passkeys', async () => {
  for (let i = 0; i < 12; i += 1) await registered();
  expect(await refused(registered())).toBe('full');
  await passkeys.removeAll(uid);
  expect(await passkeys.count(uid)).toBe(0);
  expect(await keysLike('pk-owner:*')).toEqual([]);
});

test('there are no passkeys without a public origin, for bare addresses, or without TLS beyond localhost', () => {
  for (const each of [
    null,
    '',
    'http://127.0.0.1:8080',
    'https://192.0.2.7',
    'http://[::1]:8080',
    'http://a.example',
  ])
    expect(relyingPartyOf(each), String(each)).toBeNull();
  expect(relyingPartyOf('http://localhost:8080')).toEqual({
    id: 'localhost',
    name: 'workflow-bolt',
    origin: 'http://localhost:8080',
  });
});
