/** A server whose top keys are in Google Cloud KMS: the way into production, with the service itself in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FakeKms, keyRing } from '../../../packages/store/test/fake-kms.ts';
import { startServer } from './test/server-fixture.ts';

const kms = vi.hoisted(() => ({ made: [] as unknown[], service: null as object | null }));
vi.mock('@google-cloud/kms', () => ({
  KeyManagementServiceClient: class {
    constructor() {
      const { service } = kms;
      if (!service) throw new Error('no service');
      kms.made.push(service);
      // biome-ignore lint/correctness/noConstructorReturn: stands in for the client of the library
      return service;
    }
  },
}));

let redis: RedisServer;
let dir: string;
beforeAll(async () => {
  redis = await startRedis();
  dir = await mkdtemp(join(tmpdir(), 'bolt-key-service-'));
});
afterAll(async () => {
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

test('[H-05] [crypto] a server with its keys in a key service starts, signs people in, seals a board, and starts again', async () => {
  const service = new FakeKms();
  kms.service = service;
  const config = { keys: `gcpkms://${keyRing}`, keyStore: join(dir, 'store') };
  await using first = await startServer(redis.url, { config });
  const desk = await first.login('front-desk');
  expect((await desk.walkIn('w1', { fullName: 'Ann Smith' })).status).toBe(200);
  const text = (await redis.call('HVALS', (await boardHash()) ?? '')) as string[];
  expect(text.join('')).not.toContain('Ann Smith');
  // A second process finds the same session secret and the same clinic key.
  await using second = await startServer(redis.url, { config });
  const { headers } = desk;
  const answer = await fetch(desk.board().replace(first.url, second.url), { headers });
  expect([answer.status, (await answer.text()).includes('Ann Smith')]).toEqual([200, true]);
  expect(kms.made.length).toBeGreaterThan(1);
  // Away: no process starts without its keys, and says so.
  service.failure = { code: 14 };
  await expect(startServer(redis.url, { config })).rejects.toMatchObject({ code: 'keys_unavailable' });
});

async function boardHash(): Promise<string | undefined> {
  return ((await redis.call('KEYS', '{b:north:*}:ent')) as string[])[0];
}
