/** Accounts and sign-in on a real Redis, below HTTP: what is atomic, what ends, what is heard elsewhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '@workflow-bolt/contracts';
import { awaitUntil, type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AccountOutcome,
  CredentialStore,
  createRedisPort,
  EnrolmentCodes,
  ensureFunctions,
  fromUrl,
  KnownDevices,
  openKeyProvider,
  openSecret,
  RedisAccountStore,
  type RedisPort,
  SignInThrottle,
  SignInTransactions,
  sealSecret,
  throttleLimits,
} from '../index.ts';

let redis: RedisServer;
let dir: string;
const ports: RedisPort[] = [];

beforeAll(async () => {
  redis = await startRedis();
  dir = mkdtempSync(join(tmpdir(), 'bolt-stores-'));
});
afterAll(async () => {
  for (const port of ports) await port.close();
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function connect(): Promise<RedisPort> {
  const port = createRedisPort(fromUrl(redis.url), `accounts-${ports.length}`);
  ports.push(port);
  await port.connect();
  await ensureFunctions(port);
  return port;
}

const someone = (login: string) => ({
  ...{ kind: 'human' as const, login, name: 'N', roles: ['nurse' as const], clinics: ['north'], owner: null },
});
function mustBe(outcome: AccountOutcome): Account {
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.account;
}

test('[H-02] [AC-UID] a rename frees the old name, keeps the uid, and loses to nobody', async () => {
  const store = new RedisAccountStore(await connect());
  const ann = mustBe(await store.create(someone('ann')));
  const renamed = mustBe(await store.update(ann.uid, 1, { login: 'Ann.Lee' }));
  expect(renamed).toMatchObject({ uid: ann.uid, version: 2, login: 'Ann.Lee' });
  expect(await store.findByLogin('ann')).toBeNull();
  expect((await store.findByLogin('ANN.LEE'))?.uid).toBe(ann.uid);
  expect(await store.update(ann.uid, 1, { name: 'late' })).toEqual({ refused: 'version_conflict' });
  const bob = mustBe(await store.create(someone('ann')));
  expect(await store.update(bob.uid, 1, { login: 'ann.lee' })).toEqual({ refused: 'login_taken' });
  expect((await store.findByLogin('ann'))?.uid).toBe(bob.uid);
  expect(await store.update('00000000-0000-7000-8000-000000000000', 1, {})).toEqual({
    refused: 'account_not_found',
  });
});

test('[AC-CAS] eight changes of one version at once: one is made', async () => {
  const store = new RedisAccountStore(await connect());
  const { uid } = mustBe(await store.create(someone('cas')));
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, (_, i) => store.update(uid, 1, { name: `name ${i}` })),
  );
  expect(outcomes.filter((outcome) => 'account' in outcome)).toHaveLength(1);
  expect((await store.find(uid))?.version).toBe(2);
});

test('[H-15] [AC-NOW] a change made in one process is seen in the other without asking again', async () => {
  const [here, there] = [new RedisAccountStore(await connect()), new RedisAccountStore(await connect())];
  await there.start();
  const { uid } = mustBe(await here.create(someone('heard')));
  expect((await there.find(uid))?.state).toBe('active');
  const heard: string[] = [];
  there.onChanged((changed) => heard.push(changed));
  mustBe(await here.update(uid, 1, { state: 'deactivated' }));
  await awaitUntil('the change to be heard', () => heard.length > 0);
  expect(heard).toEqual([uid]);
  expect((await there.find(uid))?.state).toBe('deactivated');
});

test('[crypto] [ONC-d-12] credentials are sealed for one account and one field; erased, nothing older fits', async () => {
  const port = await connect();
  const keys = await openKeyProvider({ address: join(dir, 'keys.json') });
  const opened: string[] = [];
  const credentials = new CredentialStore(port, {
    seal: (text, aad) => sealSecret(keys, 'credentials', text, aad),
    open: (sealed, aad) => {
      opened.push(aad);
      return openSecret(keys, 'credentials', sealed, aad);
    },
  });
  const totp = { seed: 'SEEDSEEDSEEDSEED', addedAt: 5, step: 7 };
  expect(await credentials.write('ann', 0, { password: 'verifier', totp, recoveryCodes: ['h1', 'h2'] })).toBe(
    true,
  );
  expect(await credentials.read('ann')).toEqual({
    ...{ version: 1, password: 'verifier', totp, recoveryCodes: ['h1', 'h2'] },
  });
  expect(await credentials.takeStep('ann', 1, 8)).toBe(true);
  expect(await credentials.takeStep('ann', 1, 9)).toBe(false);
  await redis.client().hset('{acct}:cred:bob', await redis.client().hgetall('{acct}:cred:ann'));
  await expect(credentials.read('bob')).rejects.toMatchObject({ code: 'phi_unreadable' });
  await credentials.erase('ann');
  expect(await credentials.read('ann')).toEqual({
    version: 3,
    password: null,
    totp: null,
    recoveryCodes: [],
  });
  expect(await credentials.write('ann', 2, { password: 'old decision' })).toBe(false);
  // One opening for everybody: with a key service its absence could be timed.
  await credentials.write('carl', 0, { password: 'verifier' });
  const answers = [];
  for (const uid of ['carl', 'ann', null]) {
    opened.length = 0;
    const { password } = await credentials.readPassword(uid);
    answers.push({ password, openings: opened.length });
  }
  expect(answers).toEqual([
    { password: 'verifier', openings: 1 },
    { password: null, openings: 1 },
    { password: null, openings: 1 },
  ]);
});

test('[login] a sign-in under way has so many tries, one end, and a life', async () => {
  const transactions = new SignInTransactions(await connect());
  const signIn = {
    uid: 'ann',
    stage: 'second-factor' as const,
    amr: ['pwd'],
    station: null,
    pendingSeed: null,
  };
  const token = await transactions.open(signIn);
  expect(await transactions.find(token)).toEqual(signIn);
  const tries = await Promise.all(Array.from({ length: 7 }, () => transactions.countTry(token)));
  expect(tries.filter((each) => each === 'counted')).toHaveLength(5);
  const [key = ''] = await redis.client().keys('{acct}:tx:*');
  expect(key).not.toContain(token);
  expect(await redis.client().pttl(key)).toBeGreaterThan(500_000);
  expect([await transactions.end(token), await transactions.end(token)]).toEqual([true, false]);
  expect(await transactions.countTry(token)).toBe('gone');
  expect(await transactions.find(token)).toBeNull();
});

test('[login] a code is good in any spelling, once, until it ends; another ends it', async () => {
  const clock = { ms: 1_000 };
  const codes = new EnrolmentCodes(await connect(), () => clock.ms);
  const first = await codes.issue({ purpose: 'reset', uid: 'ann', by: 'mina' });
  expect(first.expiresAt).toBe(1_801_000);
  expect(first.code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
  expect(await codes.find(first.code.toLowerCase().replaceAll('-', ' '))).toMatchObject({
    uid: 'ann',
    purpose: 'reset',
  });
  const second = await codes.issue({ purpose: 'reset', uid: 'ann', by: 'mina' });
  expect(await codes.find(first.code)).toBeNull();
  const taken = await Promise.all([1, 2, 3].map(() => codes.take(second.code)));
  expect(taken.filter((grant) => grant !== null)).toHaveLength(1);
  const printed = await Promise.all([1, 2, 3].map(() => codes.issueFirst()));
  expect(printed.filter((grant) => grant !== null)).toHaveLength(1);
});

test('[login] twenty browsers are remembered; one not used for half a year is a stranger', async () => {
  const clock = { ms: Date.now() };
  const devices = new KnownDevices(await connect(), () => clock.ms);
  const first = await devices.remember('ann', null);
  expect(await devices.find('ann', first)).not.toBeNull();
  expect(await devices.find('bob', first)).toBeNull();
  expect(await devices.find(null, first)).toBeNull();
  expect(await devices.remember('ann', first)).toBe(first);
  expect(await devices.find('bob', first)).toBeNull();
  expect(await devices.remember('bob', first), 'a computer that two people use').toBe(first);
  expect(await devices.find('ann', first)).not.toBeNull();
  clock.ms += 180 * 86_400_000;
  expect(await devices.find('ann', first)).toBeNull();
  for (let i = 0; i < 20; i += 1) await devices.remember('ann', null);
  expect(await redis.client().hlen('{acct}:dev:ann')).toBe(20);
});

test('[login] [AC-OPEN] who leaves takes nobody’s lane along: the shared computer gets a new token, others keep theirs', async () => {
  const clock = { ms: Date.now() };
  const devices = new KnownDevices(await connect(), () => clock.ms);
  const desk = await devices.remember('leaver', null);
  await devices.remember('cora', desk);
  const home = await devices.remember('cora', null);
  await devices.forgetAll('leaver');
  const lanes = (token: string) => Promise.all(['leaver', 'cora'].map((uid) => devices.find(uid, token)));
  expect(await lanes(desk), 'a copied cookie').toEqual([null, null]);
  expect((await lanes(home))[1]).not.toBeNull();
  const renewed = await devices.remember('cora', desk);
  expect(renewed).not.toBe(desk);
  expect(await lanes(desk)).toEqual([null, null]);
  expect(await devices.remember('dora', renewed), 'shared again').toBe(renewed);
  expect((await lanes(renewed))[1]).not.toBeNull();
  clock.ms += 182 * 86_400_000;
  const other = await devices.remember('other', null);
  await devices.forgetAll('other');
  await devices.forgetAll('other');
  expect(await redis.client().zcard('{acct}:dev-ended'), 'what ended so long ago is gone').toBe(1);
  expect(await devices.find('other', other)).toBeNull();
  expect(await redis.client().pttl('{acct}:dev-ended')).toBeGreaterThan(180 * 86_400_000);
});

test('[login] [AC-THROTTLE] a window refuses what is too many, counts no refusal, and opens by itself', async () => {
  const limits = { ...throttleLimits, paceFrom: 0, strangers: { widthMs: 60_000, most: 3 } };
  const throttle = new SignInThrottle(await connect(), limits);
  const subject = { login: 'windowed', network: 'n1', device: null, station: null };
  const admissions = await Promise.all(Array.from({ length: 9 }, () => throttle.takePassword(subject)));
  expect(admissions.filter((each) => 'taken' in each)).toHaveLength(3);
  const [refused] = admissions.filter((each) => 'waitMs' in each);
  expect(refused).toMatchObject({ scope: 'account' });
  expect('taken' in (await throttle.takePassword({ ...subject, device: 'd1' }))).toBe(true);
  const short = new SignInThrottle(await connect(), { ...limits, strangers: { widthMs: 300, most: 1 } });
  const other = { ...subject, login: 'opens again' };
  expect('taken' in (await short.takePassword(other))).toBe(true);
  await awaitUntil('the window to open', async () => 'taken' in (await short.takePassword(other)));
});

test('[login] [AC-THROTTLE] a success forgets the lane of its account and only its own mark on the network', async () => {
  const limits = { ...throttleLimits, paceFrom: 0, network: { widthMs: 60_000, most: 3 } };
  const throttle = new SignInThrottle(await connect(), limits);
  const by = (login: string) => ({ login, network: 'n2', device: null, station: null });
  await throttle.takePassword(by('guessed'));
  await throttle.takePassword(by('guessed'));
  const right = await throttle.takePassword(by('right'));
  if (!('taken' in right)) throw new Error('refused too early');
  await throttle.passwordWasRight(by('right'), right.taken);
  expect('taken' in (await throttle.takePassword(by('guessed')))).toBe(true);
  expect(await throttle.takePassword(by('guessed'))).toMatchObject({ scope: 'network' });
});
