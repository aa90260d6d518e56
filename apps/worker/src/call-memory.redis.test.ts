import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisPort, fromUrl } from '@workflow-bolt/store';
import { startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callMemory } from './call-memory.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
const ports: ReturnType<typeof createRedisPort>[] = [];

async function memoryOf(customerKey: string) {
  const port = createRedisPort(fromUrl(redis.url), 'test');
  await port.connect();
  ports.push(port);
  return callMemory(port, customerKey);
}

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const port of ports) await port.close();
  await redis.stop();
});

test('what one worker called another one knows, by operation and account; the key itself is not kept', async () => {
  const one = await memoryOf('customer-key-1');
  const other = await memoryOf('customer-key-1');
  const stranger = await memoryOf('customer-key-2');
  expect(await other.sinceLast('GetPatient')).toBe(Number.POSITIVE_INFINITY);
  await one.note('GetPatient');
  await sleep(20);
  const since = await other.sinceLast('GetPatient');
  expect(since).toBeGreaterThanOrEqual(15);
  expect(since).toBeLessThan(60_000);
  expect(await other.sinceLast('GetAppointments')).toBe(Number.POSITIVE_INFINITY);
  expect(await stranger.sinceLast('GetPatient')).toBe(Number.POSITIVE_INFINITY);
  const keys = await redis.client().keys('*');
  expect(keys.join()).not.toContain('customer-key');
});
