/** RedisPort over ioredis 6. */
import { Fault } from '@workflow-bolt/contracts';
import type { Cluster, Redis } from 'ioredis';
import { ClusterLanes } from './cluster-lanes.ts';
import { commandOf, type FunctionCall, readReply } from './function-call.ts';
import { faultOf } from './redis-failure.ts';
import { openCluster, openConnection } from './redis-options.ts';
import type { BatchReply, Doorbell, Durability, MessageListener, RedisPort } from './redis-port.ts';
import { RedisSubscriber } from './redis-subscriber.ts';
import type { RedisMode, RedisTarget } from './redis-target.ts';

type Settled = [Error | null, unknown];

function batchReply<Reply>(call: FunctionCall<Reply>, [error, value]: Settled): BatchReply<Reply> {
  if (error) return { ok: false, error: faultOf(error) };
  return { ok: true, reply: readReply(call, value) };
}

/** Opens the connections lazily; `name` prefixes their names in CLIENT LIST. */
export function createRedisPort(target: RedisTarget, name = 'bolt'): RedisPort {
  return new IoredisPort(target, name);
}

class IoredisPort implements RedisPort {
  readonly mode: RedisMode;
  readonly doorbell: Doorbell;
  readonly #target: RedisTarget;
  readonly #name: string;
  readonly #store: Redis | Cluster;
  readonly #subscriber: RedisSubscriber;
  readonly #readyListeners = new Set<() => void>();
  readonly #downListeners = new Set<() => void>();
  #lane: Redis | null = null;
  #lanes: ClusterLanes | null = null;
  #isClosed = false;
  #isGathering = false;

  constructor(target: RedisTarget, name: string) {
    this.#target = target;
    this.#name = name;
    this.mode = target.mode;
    this.doorbell = target.mode === 'cluster' ? 'SPUBLISH' : 'PUBLISH';
    this.#store =
      target.mode === 'cluster' ? openCluster(target, name) : openConnection(target, 'store', name);
    this.#watchStore();
    this.#subscriber = new RedisSubscriber(target, name, this.#store, () =>
      this.#announce(this.#readyListeners),
    );
  }

  get isReady(): boolean {
    return this.#store.status === 'ready';
  }

  async connect(): Promise<void> {
    try {
      if (this.#store.status === 'wait') await this.#store.connect();
    } catch (error) {
      throw new Fault('store_unavailable', { reason: 'not_connected' }, error);
    }
  }

  async fcall<Reply>(call: FunctionCall<Reply>): Promise<Reply> {
    this.#gather();
    try {
      return readReply(call, await this.#store.call(...commandOf(call)));
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  async fcallMany<Reply>(calls: readonly FunctionCall<Reply>[]): Promise<BatchReply<Reply>[]> {
    if (calls.length === 0) return [];
    // A pipeline of one costs twice the command; most commits travel alone.
    if (this.mode === 'cluster' || calls.length === 1) {
      return Promise.all(calls.map((call) => this.#fcallSettled(call)));
    }
    return this.#pipelined(this.#store as Redis, calls, null).then((done) => done.replies);
  }

  async fcallDurable<Reply>(
    calls: readonly FunctionCall<Reply>[],
    durability: Durability,
  ): Promise<{ replies: BatchReply<Reply>[]; numAcked: number }> {
    if (this.mode === 'cluster') return this.#fcallOnLanes(calls, durability);
    const lane = await this.#openLane(durability);
    return this.#pipelined(lane, calls, durability);
  }

  async command(...command: [string, ...(string | number)[]]): Promise<unknown> {
    this.#gather();
    try {
      return await this.#store.call(...command);
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  sendToPrimaries(...command: [string, ...(string | number)[]]): Promise<unknown[]> {
    const nodes = this.mode === 'cluster' ? (this.#store as Cluster).nodes('master') : [this.#store as Redis];
    return Promise.all(nodes.map((node) => node.call(...command)));
  }

  subscribe(channel: string, listener: MessageListener): Promise<void> {
    return this.#subscriber.subscribe(channel, listener);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#subscriber.unsubscribe(channel);
  }

  onReady(listener: () => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  onDown(listener: () => void): () => void {
    this.#downListeners.add(listener);
    return () => this.#downListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#readyListeners.clear();
    this.#downListeners.clear();
    this.#subscriber.close();
    this.#lane?.disconnect();
    this.#lanes?.close();
    this.#store.disconnect();
  }

  /** Commands of one turn of the event loop leave in one write: many stations click, one system call. */
  #gather(): void {
    if (this.#isGathering || this.mode === 'cluster') return;
    const { stream } = this.#store as Redis;
    if (!stream) return;
    this.#isGathering = true;
    stream.cork();
    setImmediate(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }

  #watchStore(): void {
    // Without a listener a lost connection would end the process; the state is read from the events below.
    this.#store.on('error', () => {});
    this.#store.on('ready', () => this.#announce(this.#readyListeners));
    this.#store.on('close', () => this.#announce(this.#downListeners));
    if (this.mode === 'cluster') this.#watchNodes();
  }

  /** A lost node may have held any board; a new or promoted one may lack the library and hold another history. */
  #watchNodes(): void {
    this.#store.on('-node', () => {
      this.#announce(this.#downListeners);
      this.#announce(this.#readyListeners);
    });
    this.#store.on('+node', () => this.#announce(this.#readyListeners));
  }

  #announce(listeners: Set<() => void>): void {
    if (this.#isClosed) return;
    for (const listener of listeners) listener();
  }

  async #fcallSettled<Reply>(call: FunctionCall<Reply>): Promise<BatchReply<Reply>> {
    try {
      return { ok: true, reply: await this.fcall(call) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  async #pipelined<Reply>(
    connection: Redis,
    calls: readonly FunctionCall<Reply>[],
    durability: Durability | null,
  ): Promise<{ replies: BatchReply<Reply>[]; numAcked: number }> {
    const pipeline = connection.pipeline();
    for (const call of calls) pipeline.call(...commandOf(call));
    if (durability) pipeline.call('WAIT', durability.numReplicas, durability.timeoutMs);
    try {
      const results = (await pipeline.exec()) ?? [];
      const replies = calls.map((call, i) => batchReply(call, results[i] ?? [new Error('no reply'), null]));
      const [waitError, acked] = results[calls.length] ?? [null, 0];
      return { replies, numAcked: waitError ? 0 : Number(acked) };
    } catch (error) {
      const fault = this.#faultOf(error);
      return { replies: calls.map(() => ({ ok: false, error: fault })), numAcked: 0 };
    }
  }

  /** A cluster client whose node went away keeps its old slot map until told, since it may not resend. */
  #faultOf(error: unknown): Fault {
    const fault = faultOf(error);
    if (this.mode === 'cluster' && fault.code !== 'internal') (this.#store as Cluster).refreshSlotsCache();
    return fault;
  }

  #fcallOnLanes<Reply>(calls: readonly FunctionCall<Reply>[], durability: Durability) {
    this.#lanes ??= new ClusterLanes(this.#store as Cluster, (address) =>
      this.#newLane({ ...this.#target, mode: 'standalone', nodes: [address] }, durability),
    );
    return this.#lanes.send(calls, durability, (lane, own) => this.#pipelined(lane, own, durability));
  }

  #newLane(target: RedisTarget, durability: Durability): Redis {
    const lane = openConnection(target, 'lane', this.#name);
    // WAIT answers late by design.
    lane.options.commandTimeout = (lane.options.commandTimeout ?? 0) + durability.timeoutMs;
    lane.options.socketTimeout = (lane.options.socketTimeout ?? 0) + durability.timeoutMs;
    lane.on('error', () => {});
    return lane;
  }

  async #openLane(durability: Durability): Promise<Redis> {
    this.#lane ??= this.#newLane(this.#target, durability);
    if (this.#lane.status === 'wait') await this.#lane.connect().catch(() => {});
    return this.#lane;
  }
}
