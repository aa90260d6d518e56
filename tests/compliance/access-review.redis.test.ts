/** The review of access, collected from a real Redis. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiTokenStore,
  CredentialStore,
  createRedisPort,
  ensureFunctions,
  fromUrl,
  MacKey,
  type NewAccount,
  openKeyProvider,
  openSecret,
  PasskeyStore,
  RedisAccountStore,
  type RedisPort,
  SecurityAudit,
  sealSecret,
} from '@workflow-bolt/store';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessReviewPage } from '../../compliance/documents/access-review-page.ts';
import { accessReview } from '../../compliance/registers/access-review.ts';
import { type AccessSources, collectAccess } from '../../compliance/registers/collect-access.ts';

let redis: RedisServer;
let port: RedisPort;
let dir = '';
beforeAll(async () => {
  redis = await startRedis();
  dir = mkdtempSync(join(tmpdir(), 'bolt-review-'));
  port = createRedisPort(fromUrl(redis.url), 'review-test');
  await port.connect();
  await ensureFunctions(port);
});
afterAll(async () => {
  await port.close();
  await redis.stop();
  rmSync(dir, { recursive: true });
});

async function openSources() {
  const keys = await openKeyProvider({ address: join(dir, 'keys.json') });
  const sealer = {
    seal: (text: string, aad: string) => sealSecret(keys, 'credentials', text, aad),
    open: (sealed: string, aad: string) => openSecret(keys, 'credentials', sealed, aad),
  };
  return {
    port,
    accounts: new RedisAccountStore(port),
    credentials: new CredentialStore(port, sealer),
    passkeys: new PasskeyStore(port, sealer),
    tokens: new ApiTokenStore({
      port,
      key: new MacKey(Buffer.alloc(32, 7)),
      durability: null,
      now: Date.now,
    }),
  } satisfies AccessSources;
}

async function made(accounts: RedisAccountStore, more: Partial<NewAccount>): Promise<string> {
  const base: NewAccount = {
    kind: 'human',
    login: null,
    name: 'x',
    roles: ['front-desk'],
    clinics: ['north'],
    owner: null,
  };
  const outcome = await accounts.create({ ...base, ...more });
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.account.uid;
}

test('[H-15] [H-02] every account with its factors, tokens and last sign-in; those with remarks first', async () => {
  const sources = await openSources();
  const ann = await made(sources.accounts, { login: 'ann', name: 'Ann' });
  const bob = await made(sources.accounts, { login: 'bob', name: 'Bob', roles: ['provider'] });
  const { version } = await sources.credentials.read(ann);
  const totp = { seed: 'JBSWY3DPEHPK3PXP', addedAt: 1_700_000_000_000, step: 0 };
  expect(await sources.credentials.write(ann, version, { password: '$argon2id$x', totp })).toBe(true);
  await sources.tokens.create({ uid: bob, name: 'export', scopes: ['read'], expiresAt: Date.now() + 60_000 });
  const login = { cid: null, type: 'auth', sub: 'login', act: 'E' } as const;
  const audit = new SecurityAudit({ port });
  await audit.append({ ...login, out: 0, agent: { uid: ann, kind: 'human', role: null } });
  await audit.append({ ...login, out: 4, agent: { uid: bob, kind: 'human', role: null } });

  const collected = await collectAccess(sources);
  const seen = collected.map(({ account, lastSignInAt, ...rest }) => ({
    ...rest,
    name: account.name,
    hasSignedIn: lastSignInAt !== null,
  }));
  expect(seen).toEqual([
    {
      name: 'Ann',
      hasSignedIn: true,
      apiTokens: 0,
      factors: { hasPassword: true, totp: { addedAt: 1_700_000_000_000 }, passkeys: 0, recoveryCodesLeft: 0 },
    },
    {
      name: 'Bob',
      hasSignedIn: false,
      apiTokens: 1,
      factors: { hasPassword: false, totp: null, passkeys: 0, recoveryCodesLeft: 0 },
    },
  ]);

  const rows = accessReview(collected, Date.now());
  expect(rows.map(({ account, remarks }) => [account.name, remarks])).toEqual([
    ['Bob', ['no second factor', '1 tokens for scripts']],
    ['Ann', []],
  ]);
  const page = accessReviewPage(rows, Date.parse('2026-11-23T00:00:00Z'));
  expect(page).toContain('# Review of access, 2026-11-23');
  expect(page).toContain(
    '| Bob | bob | provider | north | none | none on record | 1 | no second factor; 1 tokens for scripts |',
  );
  expect(page).not.toContain('JBSWY3DPEHPK3PXP');
  expect(page).not.toContain('argon2');
});
