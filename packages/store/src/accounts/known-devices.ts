import { randomBytes } from 'node:crypto';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys, digestOf } from './account-keys.ts';

/** A browser that has not been used for so long is a stranger again. */
const lifeMs = 180 * 86_400_000;
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

  /** The id of the lane, or null for a browser that this account has not used lately. */
  async find(uid: string | null, token: string | null): Promise<string | null> {
    const id = digestOf(token ?? '');
    const usedAt = await this.#port.command('HGET', accountKeys.devices(uid ?? nobody), id);
    const isFresh = typeof usedAt === 'string' && this.#now() - Number(usedAt) < lifeMs;
    return uid !== null && isFresh ? id : null;
  }

  /**
   * Remembers the browser; returns the token for its cookie, the one it has or a new one. A computer that several people
   * use keeps its one token for all of them: a new one for each would make strangers of the others.
   */
  async remember(uid: string, token: string | null): Promise<string> {
    const kept = token ?? newToken();
    const key = accountKeys.devices(uid);
    await this.#port.command('HSET', key, digestOf(kept), this.#now());
    await this.#port.command('PEXPIRE', key, lifeMs);
    await this.#forgetOldest(key);
    return kept;
  }

  /** After a reset or the end of an account no browser is known. */
  async forgetAll(uid: string): Promise<void> {
    await this.#port.command('DEL', accountKeys.devices(uid));
  }

  async #forgetOldest(key: string): Promise<void> {
    const devices = [...(await readHash(this.#port, key))].sort((a, b) => Number(b[1]) - Number(a[1]));
    const old = devices.slice(devicesMax).map(([id]) => id);
    if (old.length > 0) await this.#port.command('HDEL', key, ...old);
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');
