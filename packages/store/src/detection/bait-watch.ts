/**
 * A key in Redis that nothing of ours reads: whoever reads it goes through Redis by hand. Redis tells how long a key has
 * not been touched, without touching it (`OBJECT IDLETIME`), and a copy of the data has no such reading: this works on a
 * managed Redis, which gives neither MONITOR nor a configuration of its own.
 *
 * What it cannot see: a client that asked not to be noticed (`CLIENT NO-TOUCH`), a reading of a replica, and one shortly
 * before a failover or a restart, after which all keys count as touched.
 */
import { randomBytes } from 'node:crypto';
import type { Signal } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { detectionKeys } from '../retention/retention-keys.ts';

/** Redis's own clock for this may be behind by as long as it was busy. */
const slackMs = 20_000;

type Known = { servers: string; until: number };

export class BaitWatch {
  readonly #port: RedisPort;
  readonly #names: readonly string[];

  constructor(port: RedisPort, names: readonly string[]) {
    this.#port = port;
    this.#names = names;
  }

  /** Plants what is missing, and answers what was read since the last look. Throws Fault. */
  async look(now: number): Promise<Signal[]> {
    const signals: Signal[] = [];
    for (const name of this.#names) if (await this.#isTouched(name)) signals.push(signalOf(name, now));
    return signals;
  }

  async #isTouched(name: string): Promise<boolean> {
    const known = await this.#known(name);
    const touchedAt = await this.#touchedAt(name);
    const servers = await this.#servers();
    // Not before: even a write that is refused because the key is there would touch it.
    if (touchedAt === null) await this.#port.command('SET', name, noise(), 'NX');
    // After a failover or a restart every key counts as touched: a new beginning.
    const isSame = known?.servers === servers;
    const isTouched = isSame && (touchedAt === null || touchedAt > known.until + slackMs);
    if (!isSame || touchedAt === null || isTouched)
      await this.#keep(name, { servers, until: await this.#time() });
    return isTouched;
  }

  /** At the latest; null when it is not there. The time is asked for first: a slow answer must not look like a touch. */
  async #touchedAt(name: string): Promise<number | null> {
    const at = await this.#time();
    const idle = await this.#port.command('OBJECT', 'IDLETIME', name);
    return idle === null ? null : at - Number(idle) * 1_000;
  }

  /** Redis's clock, epoch ms. */
  async #time(): Promise<number> {
    const [seconds, micros] = (await this.#port.command('TIME')) as [string, string];
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  /** Another one after a restart, and when a replica has taken over. */
  async #servers(): Promise<string> {
    const answers = await this.#port.sendToPrimaries('INFO', 'server');
    return answers
      .map((text) => /^run_id:(\w+)/m.exec(String(text))?.[1]?.slice(0, 12) ?? '-')
      .sort()
      .join('+');
  }

  async #known(name: string): Promise<Known | null> {
    const text = (await this.#port.command('HGET', detectionKeys.bait, name)) as string | null;
    const [servers = '', until = ''] = (text ?? '').split(' ');
    return until === '' ? null : { servers, until: Number(until) };
  }

  async #keep(name: string, { servers, until }: Known): Promise<void> {
    await this.#port.command('HSET', detectionKeys.bait, name, `${servers} ${until}`);
  }
}

const noise = (): string => randomBytes(48).toString('base64url');

function signalOf(object: string, at: number): Signal {
  return { kind: 'bait-read', at, clinic: null, uid: null, network: null, session: null, object };
}
