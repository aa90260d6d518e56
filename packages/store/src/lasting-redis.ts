import { Redis, type RedisOptions } from 'ioredis';

/** Time for the Sentinels to name the new primary, in ms. */
const restMs = 200;

/**
 * A connection that goes on until it is closed on purpose. ioredis gives up for good when a failover interrupts it
 * just while it asks the Sentinels for the primary: no retry strategy is asked then.
 */
export class LastingRedis extends Redis {
  #isWanted = true;

  constructor(options: RedisOptions) {
    super({ ...options, replyMapping: 'legacy' });
    // BullMQ duplicates what it is given; its copies must last too. The method's generic type forbids an override.
    const duplicate = (override?: Partial<RedisOptions>) =>
      new LastingRedis({ ...this.options, ...override });
    Object.defineProperty(this, 'duplicate', { value: duplicate, configurable: true, writable: true });
    this.on('end', () => this.#beginAgain());
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#isWanted = false;
    super.disconnect(reconnect);
  }

  override async quit(): Promise<'OK'> {
    this.#isWanted = false;
    return super.quit();
  }

  #beginAgain(): void {
    const connect = () => {
      if (this.#isWanted && this.status === 'end') this.connect().catch(() => {});
    };
    setTimeout(connect, restMs).unref();
  }
}
