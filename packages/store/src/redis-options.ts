/**
 * ioredis settings. Its defaults send a command twice when the reply is lost; these never resend: what was in
 * flight is rejected, and the caller repeats it under the same command id (docs/adr/0003).
 */
import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import { LastingRedis } from './lasting-redis.ts';
import type { RedisTarget } from './redis-target.ts';

/** A command without an answer after this long has an unknown outcome. Also the commit's default deadline. */
export const commandTimeoutMs = 1_000;
const connectTimeoutMs = 1_000;
/** Acts only while replies are outstanding, so an idle subscriber needs its own PING. */
const socketTimeoutMs = 2_000;
const keepAliveMs = 5_000;
const reconnectMsMax = 1_000;
const jitterMs = 200;

export type ConnectionPurpose = 'store' | 'lane' | 'subscriber';

/** Milliseconds before the n-th reconnect: doubling from 100, capped, with jitter so that processes spread. */
function reconnectDelay(attempt: number): number {
  return Math.min(50 * 2 ** attempt, reconnectMsMax) + Math.random() * jitterMs;
}

/** 1 reconnects, 2 would also resend: never 2. */
function reconnectOnError(error: Error): boolean | 1 {
  return /^READONLY|^MASTERDOWN|^UNBLOCKED/.test(error.message) ? 1 : false;
}

function connectionOptions(target: RedisTarget, connectionName: string): RedisOptions {
  return {
    connectionName,
    username: target.username ?? undefined,
    password: target.password ?? undefined,
    db: target.db,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    lazyConnect: true,
    commandTimeout: commandTimeoutMs,
    socketTimeout: socketTimeoutMs,
    connectTimeout: connectTimeoutMs,
    keepAlive: keepAliveMs,
    enableReadyCheck: true,
    enableAutoPipelining: false,
    retryStrategy: reconnectDelay,
    reconnectOnError,
    ...(target.tls ? { tls: target.tls } : {}),
  };
}

function sentinelOptions(target: RedisTarget): RedisOptions {
  return {
    sentinels: target.nodes,
    name: target.sentinelName ?? '',
    sentinelUsername: target.sentinelUsername ?? undefined,
    sentinelPassword: target.sentinelPassword ?? undefined,
    sentinelRetryStrategy: () => 200,
    sentinelCommandTimeout: commandTimeoutMs,
    failoverDetector: true,
    ...(target.tls ? { enableTLSForSentinelMode: true, sentinelTLS: target.tls } : {}),
  };
}

/** One connection of its own for one purpose, named for it; not yet connected. */
export function openConnection(target: RedisTarget, purpose: ConnectionPurpose, name: string): Redis {
  // ioredis's own subscribing after a reconnect waits for no answer: a connection that is lost once more at that moment
  // would end the process. Whoever subscribes does it again himself (redis-subscriber.ts).
  const options = { ...connectionOptions(target, `${name}:${purpose}`), autoResubscribe: false };
  if (target.mode === 'sentinel') return new LastingRedis({ ...options, ...sentinelOptions(target) });
  if (target.path !== null) return new LastingRedis({ ...options, path: target.path });
  return new LastingRedis({ ...options, ...target.nodes[0] });
}

/** A cluster client; its subscriptions go to the node that owns the channel's slot. Not yet connected. */
export function openCluster(target: RedisTarget, name: string): Cluster {
  const { lazyConnect, retryStrategy, enableOfflineQueue, db, ...redisOptions } = connectionOptions(
    target,
    `${name}:store`,
  );
  return new Cluster(target.nodes, {
    enableOfflineQueue,
    lazyConnect,
    enableReadyCheck: true,
    shardedSubscribers: true,
    scaleReads: 'master',
    // 0 turns off its resending of commands whose connection closed: they may have run.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: 2_000,
    slotsRefreshTimeout: connectTimeoutMs,
    clusterRetryStrategy: reconnectDelay,
    redisOptions,
    // Certificates name hosts; ioredis would look each up and connect by address.
    ...(target.tls
      ? { dnsLookup: (host: string, done: (e: null, address: string) => void) => done(null, host) }
      : {}),
  });
}
