/** What a guard that breaks within one request leaves of it (SE-GUARD): nothing, or what came before and a hold. */
import { type RedisServer, startRedis } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BoardRegistry,
  CommitGuard,
  createRedisPort,
  fromUrl,
  GuardBroken,
  type RedisPort,
} from '../src/index.ts';
import { Client, configureDay, freshBoard, manager, nurse, walkIn } from './board-fixture.ts';

let server: RedisServer;
let port: RedisPort;
let registry: BoardRegistry;

beforeAll(async () => {
  server = await startRedis();
  port = createRedisPort(fromUrl(server.url));
  registry = new BoardRegistry({ port });
  await registry.start();
});
afterAll(async () => {
  await registry.stop();
  await port.close();
  await server.stop();
});

async function openBoard() {
  const host = await registry.get(freshBoard());
  const client = new Client(`client-${crypto.randomUUID()}`);
  await host.submit(client.next(configureDay()), manager, 'ui');
  const key = `guard-${crypto.randomUUID()}`;
  await port.command('SET', key, 'as read');
  return { host, client, key, guard: new CommitGuard([key], ['as read']) };
}

test('[BL-GUARD] a guard that held is spent, one that broke is not, and nothing was done under it', async () => {
  const { host, client, key, guard } = await openBoard();
  expect(await host.submit(client.next(walkIn('w1')), nurse, 'ui', { guard })).toMatchObject({
    outcome: 'applied',
  });
  expect(guard.isSpent).toBe(true);
  const fresh = new CommitGuard([key], ['as read']);
  await port.command('SET', key, 'other');
  const { seq } = host.position;
  const envelopes = [client.next(walkIn('w2')), client.next(walkIn('w3'))];
  await expect(host.submitMany(envelopes, nurse, 'ui', { guard: fresh })).rejects.toThrow(GuardBroken);
  expect([fresh.isSpent, host.position.seq]).toEqual([false, seq]);
});

test('[BL-GUARD] once something of the request is true, the rest is held when the guard breaks', async () => {
  const { host, client, key, guard } = await openBoard();
  const [first, second] = [client.next(walkIn('w1')), client.next(walkIn('w2'))];
  expect(await host.submit(first, nurse, 'ui', { guard })).toMatchObject({ outcome: 'applied' });
  await port.command('SET', key, 'other');
  expect(await host.submit(second, nurse, 'ui', { guard })).toMatchObject({
    outcome: 'hold',
    code: 'outcome_unknown',
    n: second.n,
  });
  expect(await host.submit(second, nurse, 'ui')).toMatchObject({ outcome: 'applied' });
});
