import { Cluster } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { assertNoLeaks } from './owned-resources.ts';
import { startCluster } from './redis-cluster.ts';

afterAll(assertNoLeaks);

it('serves a cluster client, promotes a replica when an owner is killed, and takes the owner back', async () => {
  await using cluster = await startCluster();
  expect(cluster.nodes).toHaveLength(6);
  expect(await cluster.primaries()).toHaveLength(3);
  const client = new Cluster(cluster.startupNodes, { clusterRetryStrategy: () => 100 });
  client.on('error', () => {});
  await client.set('{clinic:day}:k', 'v');
  const owner = await cluster.ownerOf('{clinic:day}:k');
  expect(await owner.call('GET', '{clinic:day}:k')).toBe('v');
  await owner.kill9();
  const successor = await cluster.untilMoved('{clinic:day}:k', owner);
  expect(successor).not.toBe(owner);
  await owner.restart();
  await cluster.untilOk();
  expect(await client.get('{clinic:day}:k')).toBe('v');
  client.disconnect();
}, 60_000);
