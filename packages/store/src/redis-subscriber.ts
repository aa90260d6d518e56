/** The one connection on which a process hears all its boards. */
import type { Cluster, Redis } from 'ioredis';
import { openConnection } from './redis-options.ts';
import type { MessageListener } from './redis-port.ts';
import type { RedisTarget } from './redis-target.ts';

/** A subscriber waits for no reply, so a half-open connection is noticed only by asking. */
const pingIntervalMs = 5_000;

export class RedisSubscriber {
  readonly #target: RedisTarget;
  readonly #name: string;
  readonly #cluster: Cluster | null;
  readonly #onReady: () => void;
  readonly #listeners = new Map<string, MessageListener>();
  #connection: Redis | null = null;
  #ping: NodeJS.Timeout | null = null;

  constructor(target: RedisTarget, name: string, store: Redis | Cluster, onReady: () => void) {
    this.#target = target;
    this.#name = name;
    this.#onReady = onReady;
    this.#cluster = target.mode === 'cluster' ? (store as Cluster) : null;
    this.#cluster?.on('smessage', (channel: string, message: string) => this.#deliver(channel, message));
  }

  /** Adds a channel. Resolves when Redis confirmed it; when it cannot, the position check still serves the board. */
  async subscribe(channel: string, listener: MessageListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.#cluster) await this.#cluster.ssubscribe(channel);
    else await (await this.#open()).subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#listeners.delete(channel);
    if (this.#cluster) await this.#cluster.sunsubscribe(channel);
    else await this.#connection?.unsubscribe(channel);
  }

  close(): void {
    if (this.#ping) clearInterval(this.#ping);
    this.#listeners.clear();
    this.#connection?.disconnect();
  }

  #deliver(channel: string, message: string): void {
    this.#listeners.get(channel)?.(message);
  }

  async #open(): Promise<Redis> {
    if (!this.#connection) {
      this.#connection = openConnection(this.#target, 'subscriber', this.#name);
      this.#connection.on('error', () => {});
      this.#connection.on('message', (channel: string, message: string) => this.#deliver(channel, message));
      this.#connection.on('ready', () => this.#resubscribe());
      this.#ping = setInterval(() => this.#check(), pingIntervalMs).unref();
    }
    if (this.#connection.status === 'wait') await this.#connection.connect().catch(() => {});
    return this.#connection;
  }

  /** Also the channels that were asked for while the connection was away, which the client does not remember. */
  async #resubscribe(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    try {
      if (channels.length > 0) await this.#connection?.subscribe(...channels);
      this.#onReady();
    } catch {
      this.#connection?.disconnect(true);
    }
  }

  #check(): void {
    if (this.#connection?.status !== 'ready') return;
    this.#connection.ping().catch(() => this.#connection?.disconnect(true));
  }
}
