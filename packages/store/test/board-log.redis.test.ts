/** The board log on each way Redis is run: one suite, three setups. */
import { afterAll, beforeAll, describe } from 'vitest';
import { redisSetups } from './redis-setups.ts';
import { StoreUnderTest } from './store-under-test.ts';
import { commitSuite } from './suites/commit-suite.ts';
import { hostSuite } from './suites/host-suite.ts';
import { upkeepSuite } from './suites/upkeep-suite.ts';

describe.each(redisSetups)('on %s', (_name, start) => {
  let store: StoreUnderTest;

  beforeAll(async () => {
    store = await StoreUnderTest.start(start);
  });

  afterAll(() => store?.stop());

  describe('commit', () => commitSuite(() => store));
  describe('host', () => hostSuite(() => store));
  describe('upkeep', () => upkeepSuite(() => store));
});
