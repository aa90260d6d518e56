/** What a suite about accounts begins with: a private Redis, keys in a folder of their own, a server, and its owner. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { AccountServer, firstOwner, type Member } from './account-fixture.ts';

/** Redis and keys, for as many servers as a suite starts on them. */
export type KeyedRedis = AsyncDisposable & { redis: RedisServer; keysFile: string };

export async function startKeyedRedis(): Promise<KeyedRedis> {
  const redis = await startRedis();
  const dir = mkdtempSync(join(tmpdir(), 'bolt-accounts-'));
  const dispose = async () => {
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { redis, keysFile: join(dir, 'keys.json'), [Symbol.asyncDispose]: dispose };
}

export type AccountStage = KeyedRedis & { at: AccountServer; owner: Member };

/** The same with a server on it, whose owner has an account. */
export async function startAccountStage(): Promise<AccountStage> {
  const keyed = await startKeyedRedis();
  const at = await AccountServer.start(keyed.redis.url, { keysFile: keyed.keysFile });
  const dispose = async () => {
    await at[Symbol.asyncDispose]();
    await keyed[Symbol.asyncDispose]();
  };
  return { ...keyed, at, owner: await firstOwner(at), [Symbol.asyncDispose]: dispose };
}
