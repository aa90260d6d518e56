/**
 * A primary and its replica behind one address, as a proxy or a DNS name in front of Redis gives it. A failover is
 * played by hand, step by step, so that a test decides what the replica misses.
 */
import {
  awaitUntil,
  type FaultProxy,
  type RedisServer,
  startFaultProxy,
  startRedis,
} from '@workflow-bolt/testkit';

export class ReplicatedPair implements AsyncDisposable {
  readonly first: RedisServer;
  readonly second: RedisServer;
  /** Where the product finds Redis. */
  readonly front: FaultProxy;
  /** Through it the second follows the first. */
  readonly #link: FaultProxy;
  #serving: RedisServer;

  private constructor(parts: {
    first: RedisServer;
    second: RedisServer;
    front: FaultProxy;
    link: FaultProxy;
  }) {
    this.first = parts.first;
    this.second = parts.second;
    this.front = parts.front;
    this.#link = parts.link;
    this.#serving = parts.first;
  }

  static async start(): Promise<ReplicatedPair> {
    const first = await startRedis({ persist: 'aof-always', tcp: true });
    const link = await startFaultProxy({ target: { port: first.port } });
    const replicaOf = { host: '127.0.0.1', port: link.port };
    const second = await startRedis({ persist: 'aof-always', tcp: true, replicaOf });
    let pair: ReplicatedPair | null = null;
    const front = await startFaultProxy({ target: () => ({ port: pair?.primary.port ?? first.port }) });
    pair = new ReplicatedPair({ first, second, front, link });
    await pair.#untilFollowing(first);
    return pair;
  }

  /** The server that the product reaches now. */
  get primary(): RedisServer {
    return this.#serving;
  }

  /** Silence between the two; the product still reaches the primary. The function returned heals it. */
  cutReplication(): () => void {
    return this.#link.add({ kind: 'timeout' });
  }

  /** Nobody reaches the first any more, the second is promoted, and the address leads to it. */
  async promoteSecond(): Promise<void> {
    await this.front.down();
    await this.second.call('REPLICAOF', 'NO', 'ONE');
    this.#serving = this.second;
    await this.front.up();
  }

  /** The first comes back as a replica: what only it held is gone for good. */
  async returnFirst(): Promise<void> {
    await this.first.call('REPLICAOF', '127.0.0.1', String(this.second.port));
    await this.#untilFollowing(this.second);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.front.stop(), this.#link.stop(), this.first.stop(), this.second.stop()]);
  }

  async #untilFollowing(primary: RedisServer): Promise<void> {
    await awaitUntil('the replica follows', async () =>
      String(await primary.call('INFO', 'replication')).includes('state=online'),
    );
  }
}
