/** The commit lanes of a cluster: to each primary a connection of its own, on which WAIT may block. */
import { Fault } from '@workflow-bolt/contracts';
import type { Cluster, Redis } from 'ioredis';
import type { FunctionCall } from './function-call.ts';
import type { BatchReply, Durability } from './redis-port.ts';

type Batch<Reply> = { replies: BatchReply<Reply>[]; numAcked: number };
export type SendBatch = <Reply>(lane: Redis, calls: readonly FunctionCall<Reply>[]) => Promise<Batch<Reply>>;

export class ClusterLanes {
  readonly #cluster: Cluster;
  readonly #open: (address: { host: string; port: number }) => Redis;
  readonly #lanes = new Map<string, { lane: Redis; opening: Promise<void> }>();
  /** A board's keys share a slot, and it never changes; boards of days long gone cost a number each. */
  readonly #slots = new Map<string, number>();

  /** `open` gives a connection to one node, not yet connected. */
  constructor(cluster: Cluster, open: (address: { host: string; port: number }) => Redis) {
    this.#cluster = cluster;
    this.#open = open;
  }

  /**
   * Sends each call to the primary of its slot, in order there, and confirms it there. A write that too few copies hold is
   * answered as unknown, so that a primary without its replica holds up no other's; `numAcked` speaks of what was read.
   * Never throws.
   */
  async send<Reply>(
    calls: readonly FunctionCall<Reply>[],
    { numReplicas }: Durability,
    send: SendBatch,
  ): Promise<Batch<Reply>> {
    const replies: BatchReply<Reply>[] = [];
    let numAcked = numReplicas;
    const lanes = await Promise.all(calls.map((call) => this.#laneOf(call.keys[0] ?? '').catch(() => null)));
    const sending = [...new Set(lanes)].map(async (lane) => {
      const own = calls.flatMap((call, i) => (lanes[i] === lane ? [{ call, i }] : []));
      const sent =
        lane &&
        (await send(
          lane,
          own.map(({ call }) => call),
        ));
      const isConfirmed = (sent?.numAcked ?? 0) >= numReplicas;
      for (const [k, { call, i }] of own.entries()) {
        const reply = sent?.replies[k] ?? noPrimary();
        replies[i] = isConfirmed || call.isReadOnly || !reply.ok ? reply : tooFewCopies();
        if (reply.ok && call.isReadOnly) numAcked = Math.min(numAcked, sent?.numAcked ?? 0);
      }
    });
    await Promise.all(sending);
    // A node that lost its slots says so in each reply; nobody else would ask who has them now.
    if (replies.some(({ ok }) => !ok)) this.#cluster.refreshSlotsCache();
    return { replies, numAcked };
  }

  close(): void {
    for (const { lane } of this.#lanes.values()) lane.disconnect();
  }

  /** Null while nobody is known to hold the key's slot. */
  async #laneOf(key: string): Promise<Redis | null> {
    const address = this.#cluster.slots[await this.#slotOf(key)]?.[0];
    if (!address) return null;
    const { lane, opening } = this.#lanes.get(address) ?? this.#openTo(address);
    await opening;
    return lane;
  }

  #openTo(address: string) {
    const colon = address.lastIndexOf(':');
    const lane = this.#open({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    const opened = { lane, opening: lane.connect().catch(() => undefined) };
    this.#lanes.set(address, opened);
    return opened;
  }

  async #slotOf(key: string): Promise<number> {
    const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
    const known = this.#slots.get(tag);
    if (known !== undefined) return known;
    const slot = Number(await this.#cluster.call('CLUSTER', 'KEYSLOT', key));
    this.#slots.set(tag, slot);
    return slot;
  }
}

const noPrimary = () =>
  ({ ok: false, error: new Fault('store_unavailable', { reason: 'no_primary' }) }) as const;

const tooFewCopies = () =>
  ({ ok: false, error: new Fault('outcome_unknown', { reason: 'too_few_replicas' }) }) as const;
