/** The board log on each way Redis is run, and once with every record sealed: one suite, four setups. */
import { afterAll, beforeAll, describe } from 'vitest';
import { redisSetups } from './redis-setups.ts';
import { StoreUnderTest } from './store-under-test.ts';
import { commitSuite } from './suites/commit-suite.ts';
import { hostSuite } from './suites/host-suite.ts';
import { upkeepSuite } from './suites/upkeep-suite.ts';
import { TestVaults } from './test-vaults.ts';

const inPlain = redisSetups.map(([name, start]) => [name, start, false] as const);
const sealed = redisSetups.slice(0, 1).map(([name, start]) => [`${name}, sealed`, start, true] as const);

describe.each([...inPlain, ...sealed])('on %s', (_name, start, isSealed) => {
  let store: StoreUnderTest;

  beforeAll(async () => {
    store = await StoreUnderTest.start(start, isSealed ? await TestVaults.make() : null);
  });

  afterAll(() => store?.stop());

  describe('commit', () => commitSuite(() => store));
  describe('host', () => hostSuite(() => store));
  describe('upkeep', () => upkeepSuite(() => store));
});
