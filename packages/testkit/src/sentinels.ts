import { startFaultProxy } from './fault-proxy.ts';
import type { RedisPersistence } from './redis-conf.ts';
import { startRedis } from './redis-server.ts';
import { SentinelNode } from './sentinel-node.ts';
import {
  type ReplicatedNode,
  SENTINEL_COUNT,
  SENTINEL_NAME,
  SENTINEL_QUORUM,
  SentinelSet,
} from './sentinel-set.ts';

export interface SentinelOptions {
  /** Default 1. */
  readonly replicas?: number;
  /** Default 'aof-always': the ladder's level with replicas stands on durable nodes. */
  readonly persist?: RedisPersistence;
  /** How long a silent primary is trusted. Default 1,000 ms (2,000 in production): shorter tests. */
  readonly downAfterMs?: number;
  /** After twice this an election that came to nothing is tried again. Default 10,000 ms. */
  readonly failoverTimeoutMs?: number;
  /** `min-replicas-to-write`; default 1. 0 turns the fence off, to show what is lost without it. */
  readonly minReplicasToWrite?: number;
  /** Further configuration lines for the data nodes. */
  readonly conf?: readonly string[];
  /** Seed of the proxies' jitter. */
  readonly seed?: number;
}

const FAILOVER_TIMEOUT_MS = 10_000;

/**
 * Start one primary, its replicas and three Sentinels, and wait until they all know each other (about 3 s).
 * Every data node is announced at its fault proxy, so clients, replicas and Sentinels reach it only through that proxy.
 */
export async function startSentinels(options: SentinelOptions = {}): Promise<SentinelSet> {
  const nodes: ReplicatedNode[] = [];
  const sentinels: SentinelNode[] = [];
  const set = new SentinelSet(nodes, sentinels);
  try {
    const primary = await startNode(options, undefined);
    nodes.push(primary);
    for (let i = 0; i < (options.replicas ?? 1); i += 1) nodes.push(await startNode(options, primary));
    const spec = {
      name: SENTINEL_NAME,
      primaryPort: primary.proxy.port,
      quorum: SENTINEL_QUORUM,
      downAfterMs: options.downAfterMs ?? 1000,
      failoverTimeoutMs: options.failoverTimeoutMs ?? FAILOVER_TIMEOUT_MS,
    };
    for (let i = 0; i < SENTINEL_COUNT; i += 1) sentinels.push(await SentinelNode.start(spec));
    await set.untilFormed();
    return set;
  } catch (error) {
    await set.stop();
    throw error;
  }
}

async function startNode(
  options: SentinelOptions,
  primary: ReplicatedNode | undefined,
): Promise<ReplicatedNode> {
  // The proxy comes first, because the server announces the proxy's port as its own.
  let port = 0;
  const proxy = await startFaultProxy({ target: () => ({ port }), seed: options.seed ?? 1 });
  try {
    const server = await startRedis({
      persist: options.persist ?? 'aof-always',
      tcp: true,
      ...(primary ? { replicaOf: { host: '127.0.0.1', port: primary.proxy.port } } : {}),
      conf: replicationConf(proxy.port, options),
    });
    port = server.port;
    return { server, proxy };
  } catch (error) {
    await proxy.stop();
    throw error;
  }
}

function replicationConf(announcedPort: number, options: SentinelOptions): string[] {
  return [
    'replica-announce-ip 127.0.0.1',
    `replica-announce-port ${announcedPort}`,
    `min-replicas-to-write ${options.minReplicasToWrite ?? 1}`,
    'min-replicas-max-lag 2',
    'repl-ping-replica-period 1',
    'repl-timeout 10',
    'repl-backlog-size 64mb',
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    'replica-read-only yes',
    'replica-serve-stale-data yes',
    ...(options.conf ?? []),
  ];
}
