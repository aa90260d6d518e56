import { afterAll, expect, it } from 'vitest';
import { startFaultProxy } from './fault-proxy.ts';
import { assertNoLeaks } from './owned-resources.ts';
import { startRedis } from './redis-server.ts';

afterAll(assertNoLeaks);

it('makes an indeterminate Redis operation: executed once, reported as failed', async () => {
  await using redis = await startRedis();
  await using proxy = await startFaultProxy({ target: { path: redis.socket } });
  const options = { port: proxy.port, path: undefined, maxRetriesPerRequest: 0 };
  const { Redis } = await import('ioredis');
  const client = new Redis(options);
  client.on('error', () => {});
  await client.ping();
  proxy.add({ kind: 'drop_reply', match: 'incr' });
  await expect(client.incr('counter')).rejects.toThrow();
  expect(await redis.call('GET', 'counter')).toBe('1');
  client.disconnect();
});
