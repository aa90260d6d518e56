import { randomBytes } from 'node:crypto';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys, digestOf } from './account-keys.ts';

/** A browser that has not been used for so long is a stranger again. */
const dayMs = 86_400_000;
const lifeMs = 180 * dayMs;
/** What has ended outlives every account that knows it, by a day for the clocks of two processes. */
const endedLifeMs = lifeMs + dayMs;
/** Browsers of one person; the one not used for the longest time is forgotten. */
const devicesMax = 20;
/** Unknown accounts are asked about too, so that they cost the same. */
const nobody = 'nobody';

/**
 * Browsers in which an account has signed in with all its factors. Such a browser opens nothing; it only has its own
 * lane at the throttle, so that failures from elsewhere never keep its owner out.
 */
export class KnownDevices {
  readonly #port: RedisPort;
  readonly #now: () => number;

  constructor(port: RedisPort, now: () => number = Date.now) {
    this.#port = port;
    this.#now = now;
  }

  /** The id of the lane, or null for a browser that this account has not used lately, or that has ended. */
  async find(uid: string | null, token: string | null): Promise<string | null> {
    const id = digestOf(token ?? '');
    const [usedAt, isEnded] = await Promise.all([
      this.#port.command('HGET', accountKeys.devices(uid ?? nobody), id),
      this.#isEnded(id),
    ]);
    const isFresh = typeof usedAt === 'string' && this.#now() - Number(usedAt) < lifeMs;
    return uid !== null && isFresh && !isEnded ? id : null;
  }

  /**
   * Remembers the browser; returns the token for its cookie, the one it has or, where that has ended, a new one. A
   * computer that several people use keeps its one token for all of them: a new one for each would make strangers of the
   * others.
   */
  async remember(uid: string, token: string | null): Promise<string> {
    const isKept = token !== null && !(await this.#isEnded(digestOf(token)));
    const kept = isKept ? token : newToken();
    const key = accountKeys.devices(uid);
    await this.#port.command('HSET', key, digestOf(kept), this.#now());
    await this.#port.command('PEXPIRE', key, lifeMs);
    await this.#forgetOldest(key);
    return kept;
  }

  /**
   * After a reset or the end of an account none of its browsers is known, to anybody: who leaves may have copied the
   * token of a computer that others use, and would stand in their lanes with it. They get a new one when they next sign in.
   */
  async forgetAll(uid: string): Promise<void> {
    const key = accountKeys.devices(uid);
    const ids = [...(await readHash(this.#port, key)).keys()];
    if (ids.length > 0) await this.#end(ids);
    await this.#port.command('DEL', key);
  }

  async #end(ids: readonly string[]): Promise<void> {
    const [key, now] = [accountKeys.devicesEnded, this.#now()];
    await this.#port.command('ZADD', key, ...ids.flatMap((id) => [now, id]));
    await this.#port.command('ZREMRANGEBYSCORE', key, '-inf', now - endedLifeMs);
    await this.#port.command('PEXPIRE', key, endedLifeMs);
  }

  async #isEnded(id: string): Promise<boolean> {
    return (await this.#port.command('ZSCORE', accountKeys.devicesEnded, id)) !== null;
  }

  async #forgetOldest(key: string): Promise<void> {
    const devices = [...(await readHash(this.#port, key))].sort((a, b) => Number(b[1]) - Number(a[1]));
    const old = devices.slice(devicesMax).map(([id]) => id);
    if (old.length > 0) await this.#port.command('HDEL', key, ...old);
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');
