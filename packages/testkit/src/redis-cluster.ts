import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { awaitUntil } from './await-until.ts';
import { withFreePort } from './free-port.ts';
import { findExecutables, mustFindRedisServer } from './redis-binary.ts';
import type { RedisPersistence } from './redis-conf.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

export interface ClusterOptions {
  /** Default 3; Redis accepts no fewer. */
  readonly primaries?: number;
  /** Default 1. */
  readonly replicasPerPrimary?: number;
  /** Default 'none'. */
  readonly persist?: RedisPersistence;
  /** How long a silent node is trusted. Default 2,000 ms. */
  readonly nodeTimeoutMs?: number;
  /** Further configuration lines for every node. */
  readonly conf?: readonly string[];
}

const run = promisify(execFile);
const SLOTS = 16_384;

/**
 * Start a Redis Cluster on free loopback ports with `redis-cli --cluster create` (about 4 s) and wait until all slots are
 * served and all replicas follow.
 *
 * A node can be killed or paused. It cannot be cut off as a primary under Sentinel can: cluster nodes gossip over links
 * in both directions, and a proxy in front of a node sees only those that come in. SIGSTOP makes a node silent
 * towards everyone, but it executes what waited in its buffers when it goes on.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicasPerPrimary = 1 } = options;
  const nodes: RedisServer[] = [];
  const cluster = new RedisCluster(nodes);
  try {
    const addresses: string[] = [];
    for (let i = 0; i < primaries * (1 + replicasPerPrimary); i += 1) {
      const { server, address } = await startClusterNode(options);
      nodes.push(server);
      addresses.push(address);
    }
    const replicas = ['--cluster-replicas', String(replicasPerPrimary)];
    await run(findRedisCli(), ['--cluster', 'create', ...addresses, ...replicas, '--cluster-yes']);
    await cluster.untilOk();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function startClusterNode(options: ClusterOptions): Promise<{ server: RedisServer; address: string }> {
  // The bus port is chosen too: its default, port + 10,000, does not exist above 55,535.
  return withFreePort(async (busPort) => {
    const server = await startRedis({
      persist: options.persist ?? 'none',
      tcp: true,
      conf: clusterConf(busPort, options),
    });
    return { server, address: `127.0.0.1:${server.port}@${busPort}` };
  });
}

function clusterConf(busPort: number, options: ClusterOptions): string[] {
  return [
    'cluster-enabled yes',
    `cluster-port ${busPort}`,
    'cluster-config-file nodes.conf',
    `cluster-node-timeout ${options.nodeTimeoutMs ?? 2000}`,
    'cluster-require-full-coverage no',
    'cluster-allow-reads-when-down no',
    'cluster-replica-validity-factor 10',
    ...(options.conf ?? []),
  ];
}

export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  /** What ioredis needs: `new Cluster(cluster.startupNodes, …)`. */
  get startupNodes(): { host: string; port: number }[] {
    return this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The nodes that serve slots now, as a running node sees it. */
  async primaries(): Promise<RedisServer[]> {
    const ranges = await this.#slotRanges();
    return [...new Set(ranges.map(({ owner }) => owner))];
  }

  /** The node that serves this key's slot now. */
  async ownerOf(key: string): Promise<RedisServer> {
    const slot = Number(await this.#anyRunning().call('CLUSTER', 'KEYSLOT', key));
    const range = (await this.#slotRanges()).find(({ from, to }) => from <= slot && slot <= to);
    if (!range) throw new Error(`no node serves slot ${slot}`);
    return range.owner;
  }

  /** Wait until another running node serves this key. */
  untilMoved(key: string, from: RedisServer, timeoutMs = 20_000): Promise<RedisServer> {
    return awaitUntil(
      'another node serves the slot',
      async () => {
        const owner = await this.ownerOf(key);
        return owner !== from && owner.isRunning && owner;
      },
      timeoutMs,
    );
  }

  /**
   * Wait until every running node sees all slots served and names the same owners, and every running replica follows
   * its primary and is fed.
   */
  async untilOk(timeoutMs = 30_000): Promise<void> {
    const running = this.nodes.filter(({ isRunning }) => isRunning);
    await awaitUntil(
      'the cluster is ok',
      async () => {
        const states = await Promise.all(running.map(isNodeOk));
        // A primary that comes back takes itself for the owner until the others tell it.
        const views = await Promise.all(running.map(async (node) => ownersText(await slotOwners(node))));
        return states.every(Boolean) && new Set(views).size === 1;
      },
      timeoutMs,
    );
  }

  /** End all nodes. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #anyRunning(): RedisServer {
    const node = this.nodes.find(({ isRunning }) => isRunning);
    if (!node) throw new Error('no node of the cluster runs');
    return node;
  }

  async #slotRanges(): Promise<{ from: number; to: number; owner: RedisServer }[]> {
    const owners = await slotOwners(this.#anyRunning());
    return owners.flatMap(({ from, to, port }) => {
      const owner = this.nodes.find((node) => node.port === port);
      return owner ? [{ from, to, owner }] : [];
    });
  }
}

type SlotOwner = { from: number; to: number; port: number };

/** Who serves what, as this node sees it. */
async function slotOwners(node: RedisServer): Promise<SlotOwner[]> {
  const reply = await node.call('CLUSTER', 'SLOTS');
  if (!Array.isArray(reply)) throw new Error(`CLUSTER SLOTS answered ${String(reply)}`);
  return reply.flatMap((range) =>
    Array.isArray(range) && Array.isArray(range[2])
      ? [{ from: Number(range[0]), to: Number(range[1]), port: Number(range[2][1]) }]
      : [],
  );
}

const ownersText = (owners: SlotOwner[]): string =>
  owners
    .map(({ from, to, port }) => `${from}-${to}@${port}`)
    .sort()
    .join(' ');

async function isNodeOk(node: RedisServer): Promise<boolean> {
  const cluster = String(await node.call('CLUSTER', 'INFO'));
  const replication = String(await node.call('INFO', 'replication'));
  const isServed = cluster.includes('cluster_state:ok') && cluster.includes(`cluster_slots_ok:${SLOTS}`);
  return isServed && (replication.includes('role:master') ? feedsAll(replication) : follows(replication));
}

const follows = (replication: string): boolean => replication.includes('master_link_status:up');

/** A replica is up before its primary counts it online, and only from then on it is sent what is written. */
const feedsAll = (replication: string): boolean => !/^slave\d+:.*state=(?!online)/m.test(replication);

/** The redis-cli that belongs to the server: from its own directory first. */
function findRedisCli(): string {
  const { path, flavour } = mustFindRedisServer();
  const name = `${flavour}-cli`;
  const beside = join(dirname(path), name);
  const found = findExecutables(name);
  const cli = found.includes(beside) ? beside : found[0];
  if (!cli) throw new Error(`${name} was not found; it comes with redis-tools (Debian) or redis (Homebrew)`);
  return cli;
}
