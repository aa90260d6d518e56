/** Connections for the job queue, which has needs of its own: it waits where the store must fail at once. */
import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import { LastingRedis } from './lasting-redis.ts';
import type { RedisTarget } from './redis-target.ts';

/** `queue`: adds jobs and fails fast. `worker`: blocks for jobs and waits for Redis to come back. */
export type JobConnectionPurpose = 'queue' | 'worker';

/** A connection for BullMQ; it connects by itself and is closed by whoever asked for it. */
export function openJobConnection(
  target: RedisTarget,
  purpose: JobConnectionPurpose,
  name = 'bolt',
): Redis | Cluster {
  const options: RedisOptions = {
    connectionName: `${name}:jobs-${purpose}`,
    username: target.username ?? undefined,
    password: target.password ?? undefined,
    db: target.db,
    maxRetriesPerRequest: purpose === 'queue' ? 1 : null,
    enableOfflineQueue: purpose === 'worker',
    connectTimeout: 2_000,
    keepAlive: 5_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000) + Math.random() * 200,
    ...(target.tls ? { tls: target.tls } : {}),
  };
  if (target.mode === 'cluster') return new Cluster(target.nodes, { redisOptions: options });
  if (target.mode === 'sentinel') {
    return new LastingRedis({
      ...options,
      sentinels: target.nodes,
      name: target.sentinelName ?? '',
      sentinelUsername: target.sentinelUsername ?? undefined,
      sentinelPassword: target.sentinelPassword ?? undefined,
      sentinelRetryStrategy: () => 200,
      failoverDetector: true,
      ...(target.tls ? { enableTLSForSentinelMode: true, sentinelTLS: target.tls } : {}),
    });
  }
  return target.path === null
    ? new LastingRedis({ ...options, ...target.nodes[0] })
    : new LastingRedis({ ...options, path: target.path });
}
