import { Cluster, Redis } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { assertNoLeaks } from './owned-resources.ts';
import { type RedisCluster, startCluster } from './redis-cluster.ts';
import type { RedisServer } from './redis-server.ts';

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
  // What survives a failover is what the replica has: a reply alone does not say so.
  await expect.poll(() => heldByReplicas(cluster, owner)).toEqual(['v']);
  await owner.kill9();
  const successor = await cluster.untilMoved('{clinic:day}:k', owner);
  expect(successor).not.toBe(owner);
  await owner.restart();
  await cluster.untilOk();
  expect(await client.get('{clinic:day}:k')).toBe('v');
  client.disconnect();
}, 60_000);

/** The value as the replicas of this primary have it. */
async function heldByReplicas(cluster: RedisCluster, owner: RedisServer): Promise<unknown[]> {
  const followers = await Promise.all(
    cluster.nodes.map(async (node) => {
      const info = String(await node.call('INFO', 'replication'));
      return info.includes(`master_port:${owner.port}`) ? node : null;
    }),
  );
  return Promise.all(
    followers
      .filter((node) => node !== null)
      .map(async (node) => {
        // A connection of its own: READONLY holds for one only.
        const reader = new Redis({ host: '127.0.0.1', port: node.port });
        await reader.readonly();
        const value = await reader.get('{clinic:day}:k');
        reader.disconnect();
        return value;
      }),
  );
}
