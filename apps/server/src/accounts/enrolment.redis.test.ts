/** From nothing to people who can sign in: the first account, invitations, the reset that takes two. */
import type { RedisServer } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AccountServer, codeOf, firstOwner, ownerPassword } from '../test/account-fixture.ts';
import { type KeyedRedis, startKeyedRedis } from '../test/account-stage.ts';

let stage: KeyedRedis;
let redis: RedisServer;
let keysFile: string;
beforeAll(async () => {
  stage = await startKeyedRedis();
  ({ redis, keysFile } = stage);
});
afterAll(() => stage[Symbol.asyncDispose]());

const start = async () => {
  await redis.client().flushall();
  return AccountServer.start(redis.url, { keysFile });
};

test('the first start prints one code, the owner enrols with it, and no start ever prints one again', async () => {
  await using first = await start();
  expect(first.firstCode).toMatch(/^[0-9A-Z-]{32}$/);
  await using beside = await AccountServer.start(redis.url, { keysFile });
  expect(beside.printed).toBe('');
  const owner = await firstOwner(first);
  expect(owner.account).toMatchObject({ login: 'owner', roles: ['admin'], clinics: [], state: 'active' });
  expect(owner.recoveryCodes).toHaveLength(10);
  await redis.client().del('{acct}:first');
  await using later = await AccountServer.start(redis.url, { keysFile });
  expect(later.printed).toBe('');
  const again = await first.browser().post('/api/v1/sign-in/enrolment/password', {
    ...{ code: first.firstCode, password: ownerPassword, login: 'second', name: 'Second' },
  });
  expect(codeOf(again)).toEqual({ status: 401, code: 'enrolment_refused' });
});
