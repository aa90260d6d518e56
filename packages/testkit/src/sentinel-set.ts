import { awaitUntil } from './await-until.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { RedisServer } from './redis-server.ts';
import type { RespReply } from './resp.ts';
import type { SentinelNode } from './sentinel-node.ts';

/** A data node, and the proxy through which everyone else knows it. */
export interface ReplicatedNode {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
}

/** Name under which the Sentinels monitor the primary. */
export const SENTINEL_NAME = 'bolt';
export const SENTINEL_COUNT = 3;
export const SENTINEL_QUORUM = 2;

export class SentinelSet {
  /** All data nodes; the first was the primary at the start. */
  readonly nodes: readonly ReplicatedNode[];
  readonly sentinels: readonly SentinelNode[];

  constructor(nodes: readonly ReplicatedNode[], sentinels: readonly SentinelNode[]) {
    this.nodes = nodes;
    this.sentinels = sentinels;
  }

  /** What ioredis needs: `new Redis({ ...set.connection, … })`. */
  get connection(): { readonly name: string; readonly sentinels: { host: string; port: number }[] } {
    return {
      name: SENTINEL_NAME,
      sentinels: this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    };
  }

  /** The node that the majority of the answering Sentinels call primary. */
  async primary(): Promise<ReplicatedNode> {
    const votes = new Map<ReplicatedNode, number>();
    for (const answer of await Promise.allSettled(this.sentinels.map((one) => this.#primaryOf(one)))) {
      if (answer.status === 'fulfilled') votes.set(answer.value, (votes.get(answer.value) ?? 0) + 1);
    }
    const winner = [...votes].find(([, count]) => count >= SENTINEL_QUORUM)?.[0];
    if (!winner) throw new Error('the Sentinels do not agree on a primary');
    return winner;
  }

  /** The data nodes that are not the primary now. */
  async replicas(): Promise<ReplicatedNode[]> {
    const primary = await this.primary();
    return this.nodes.filter((node) => node !== primary);
  }

  /**
   * Cut a node off from everyone who reaches it through its proxy, silently; the function returned heals it.
   *
   * For a primary this is the whole partition: its replicas, the Sentinels and the clients all come in through the
   * proxy, while a client on `server.client()` stands on the primary's side of the cut and can still write to it.
   * For a replica it is half of one: its own link to the primary goes out through the primary's proxy and stays.
   * A new connection still succeeds and then meets silence (see the `timeout` toxic).
   */
  partition(node: ReplicatedNode): () => void {
    return node.proxy.add({ kind: 'timeout' });
  }

  /** Ask for a failover and wait for it; the new primary. */
  async failover(timeoutMs = 20_000): Promise<ReplicatedNode> {
    const old = await this.primary();
    await awaitUntil(
      'a Sentinel accepts the failover',
      async () => (await this.sentinels[0]?.call('SENTINEL', 'FAILOVER', SENTINEL_NAME)) === 'OK',
      timeoutMs,
    );
    return this.untilPromoted(old, timeoutMs);
  }

  /** Wait until the Sentinels agree on a primary other than `old` and it says so itself. */
  untilPromoted(old: ReplicatedNode, timeoutMs = 20_000): Promise<ReplicatedNode> {
    return awaitUntil(
      'a replica is promoted',
      async () => {
        const now = await this.primary();
        return now !== old && (await roleOf(now)) === 'master' && now;
      },
      timeoutMs,
    );
  }

  /** Wait until every Sentinel knows the others and all replicas, and all replicas are in sync. */
  async untilFormed(timeoutMs = 30_000): Promise<void> {
    const replicas = this.nodes.length - 1;
    await awaitUntil(
      'the Sentinels know the whole set',
      async () => {
        for (const sentinel of this.sentinels) {
          const peers = await sentinel.call('SENTINEL', 'SENTINELS', SENTINEL_NAME);
          const known = await sentinel.call('SENTINEL', 'REPLICAS', SENTINEL_NAME);
          if (!(Array.isArray(peers) && peers.length === SENTINEL_COUNT - 1)) return false;
          if (!(Array.isArray(known) && known.length === replicas)) return false;
        }
        return true;
      },
      timeoutMs,
    );
    await this.untilInSync(timeoutMs);
  }

  /** Wait until no Sentinel holds a replica for down: one that comes back could not be promoted before. */
  async untilElectable(timeoutMs = 30_000): Promise<void> {
    await awaitUntil(
      'the Sentinels see all replicas',
      async () => {
        for (const sentinel of this.sentinels) {
          const known = await sentinel.call('SENTINEL', 'REPLICAS', SENTINEL_NAME);
          const flags = Array.isArray(known) ? known.map(flagsOf) : [];
          const seen = flags.filter((words) => words === 'slave').length;
          if (seen < this.nodes.length - 1) return false;
        }
        return true;
      },
      timeoutMs,
    );
  }

  /**
   * From now on the Sentinels hold nobody for down who is merely slow: on a busy machine a test that is about one failover
   * would see a second.
   */
  async allowNoFurtherFailover(): Promise<void> {
    const order = ['SENTINEL', 'SET', SENTINEL_NAME, 'down-after-milliseconds', '3600000'];
    const answers = await Promise.all(this.sentinels.map((sentinel) => sentinel.call(...order)));
    if (answers.some((answer) => answer !== 'OK')) throw new Error(`a Sentinel answered ${answers}`);
  }

  /** Wait until all replicas are connected to the present primary and count for `min-replicas-to-write`. */
  async untilInSync(timeoutMs = 20_000): Promise<void> {
    await awaitUntil(
      'all replicas are in sync',
      async () => {
        const { server } = await this.primary();
        const info = String(await server.call('INFO', 'replication'));
        return (info.match(/state=online/g) ?? []).length === this.nodes.length - 1;
      },
      timeoutMs,
    );
  }

  /** End everything it started. */
  async stop(): Promise<void> {
    await Promise.all(this.sentinels.map((sentinel) => sentinel.stop()));
    await Promise.all(this.nodes.flatMap(({ server, proxy }) => [server.stop(), proxy.stop()]));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #primaryOf(sentinel: SentinelNode): Promise<ReplicatedNode> {
    const reply = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', SENTINEL_NAME);
    const port = Array.isArray(reply) ? Number(reply[1]) : 0;
    const node = this.nodes.find(({ proxy }) => proxy.port === port);
    if (!node) throw new Error(`a Sentinel names an unknown primary: ${JSON.stringify(reply)}`);
    return node;
  }
}

async function roleOf(node: ReplicatedNode): Promise<string> {
  const reply = await node.server.call('ROLE');
  return Array.isArray(reply) ? String(reply[0]) : '';
}

/** Of one replica as Sentinel lists it: names and values in turn. */
function flagsOf(reply: RespReply): string {
  const fields = Array.isArray(reply) ? reply.map(String) : [];
  return fields[fields.indexOf('flags') + 1] ?? '';
}
