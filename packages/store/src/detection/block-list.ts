/** Accounts and networks that are kept out for a while, held in the memory of every process. */
import type { RedisPort } from '../redis-port.ts';
import { detectionKeys } from '../retention/retention-keys.ts';

/** Who is kept out: an account, or a network address. */
export type Blocked = { account: string } | { network: string };

/** Covers a message that was lost. */
const rereadMs = 2_000;

const memberOf = (who: Blocked): string => ('account' in who ? `u:${who.account}` : `n:${who.network}`);

export class BlockList {
  readonly #port: RedisPort;
  readonly #now: () => number;
  #until = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(port: RedisPort, now: () => number) {
    this.#port = port;
    this.#now = now;
  }

  /** Reads the list and follows it. Throws Fault. */
  async start(): Promise<void> {
    await this.#port.subscribe(detectionKeys.channel, () => void this.#reread()).catch(() => {});
    await this.#read();
    this.#timer = setInterval(() => void this.#reread(), rereadMs).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Asks nothing: the answer is at most two seconds old. */
  isBlocked(who: Blocked): boolean {
    return (this.#until.get(memberOf(who)) ?? 0) > this.#now();
  }

  get size(): number {
    const now = this.#now();
    return [...this.#until.values()].filter((until) => until > now).length;
  }

  /** Until then (epoch ms); a longer block that is there stays. Throws Fault. */
  async block(who: Blocked, until: number): Promise<void> {
    await this.#port.command('ZADD', detectionKeys.blocked, 'GT', until, memberOf(who));
    await this.#tell();
  }

  /** Throws Fault. */
  async lift(who: Blocked): Promise<void> {
    await this.#port.command('ZREM', detectionKeys.blocked, memberOf(who));
    await this.#tell();
  }

  async #tell(): Promise<void> {
    await this.#read();
    await this.#port.command(this.#port.doorbell, detectionKeys.channel, 'changed').catch(() => {});
  }

  async #reread(): Promise<void> {
    // While Redis is away the last known list holds; sessions cannot be asked for either.
    await this.#read().catch(() => {});
  }

  async #read(): Promise<void> {
    const { blocked } = detectionKeys;
    await this.#port.command('ZREMRANGEBYSCORE', blocked, '-inf', this.#now());
    const reply = (await this.#port.command('ZRANGE', blocked, 0, -1, 'WITHSCORES')) as unknown[];
    // Pairs in the newer protocol, alternating in the older one.
    const flat = reply.flat().map(String);
    const until = new Map<string, number>();
    for (let i = 0; i < flat.length; i += 2) until.set(flat[i] ?? '', Number(flat[i + 1]));
    this.#until = until;
  }
}
