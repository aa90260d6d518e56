/**
 * Emergency accesses in Redis. What people type (reason, comment) is sealed before it gets here; ids and times are
 * not. One access is: a line in `all`, written first and never changed; a line in `open` while it lasts; at most one
 * line each in `ended` and `review`. Each of these is one atomic write, so a crash between two leaves an access that
 * is on the register and not open, never the other way round.
 */
import type { GlassRecord, OpenGlass } from '@workflow-bolt/contracts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { emergencyChannel, emergencyKeys } from './emergency-keys.ts';

/** As stored: texts are sealed, and what follows from the clock is left out. */
export type StoredGlass = Omit<GlassRecord, 'endedAt' | 'isOverdue' | 'review' | 'reason'> & {
  reason: string;
};
export type StoredReview = { outcome: string; comment: string; by: string; at: number };
export type OpenGlassOf = OpenGlass & { uid: string; openedAt: number };
export type ListedPerson = { uid: string; by: string; at: number };

export type StoredRegister = {
  records: StoredGlass[];
  endedAt: ReadonlyMap<string, number>;
  reviews: ReadonlyMap<string, StoredReview>;
};

/** Every method throws Fault `store_unavailable` while Redis is away. */
export class EmergencyStore {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  async open(record: StoredGlass): Promise<void> {
    const { id, clinic, uid, date, visitId, openedAt, expiresAt } = record;
    const keys = emergencyKeys(clinic);
    await this.#port.command('HSET', keys.all, id, JSON.stringify(record));
    await this.#port.command('HSET', keys.open, id, [uid, date, visitId, openedAt, expiresAt].join('|'));
    await this.#tell(clinic);
  }

  /** False when it is over already. */
  async end(clinic: string, id: string, now: number): Promise<boolean> {
    const keys = emergencyKeys(clinic);
    if ((await this.#port.command('HSETNX', keys.ended, id, now)) !== 1) return false;
    await this.#port.command('HDEL', keys.open, id);
    await this.#tell(clinic);
    return true;
  }

  /** False when somebody has judged it already: the first judgement stands. */
  async review(clinic: string, id: string, review: StoredReview): Promise<boolean> {
    return (
      (await this.#port.command('HSETNX', emergencyKeys(clinic).review, id, JSON.stringify(review))) === 1
    );
  }

  async find(clinic: string, id: string): Promise<StoredGlass | null> {
    const text = (await this.#port.command('HGET', emergencyKeys(clinic).all, id)) as string | null;
    return text === null ? null : (JSON.parse(text) as StoredGlass);
  }

  async register(clinic: string): Promise<StoredRegister> {
    const keys = emergencyKeys(clinic);
    const [all, ended, reviews] = await Promise.all(
      [keys.all, keys.ended, keys.review].map((key) => readHash(this.#port, key)),
    );
    return {
      records: [...(all ?? new Map()).values()].map((text) => JSON.parse(text) as StoredGlass),
      endedAt: new Map([...(ended ?? new Map())].map(([id, at]) => [id, Number(at)])),
      reviews: new Map(
        [...(reviews ?? new Map())].map(([id, text]) => [id, JSON.parse(text) as StoredReview]),
      ),
    };
  }

  /** Those that have not expired; expired lines are swept away. */
  async listOpen(clinic: string, now: number): Promise<OpenGlassOf[]> {
    const keys = emergencyKeys(clinic);
    const lines = [...(await readHash(this.#port, keys.open))].map(([id, line]) => glassOf(clinic, id, line));
    const over = lines.filter(({ expiresAt }) => expiresAt <= now).map(({ id }) => id);
    if (over.length > 0) await this.#port.command('HDEL', keys.open, ...over);
    return lines.filter(({ expiresAt }) => expiresAt > now);
  }

  async list(clinic: string): Promise<ListedPerson[]> {
    const lines = await readHash(this.#port, emergencyKeys(clinic).list);
    return [...lines].map(([uid, line]) => {
      const [by = '', at = '0'] = line.split('|');
      return { uid, by, at: Number(at) };
    });
  }

  async setListed(clinic: string, { uid, by, at }: ListedPerson, isListed: boolean): Promise<void> {
    const { list } = emergencyKeys(clinic);
    if (isListed) await this.#port.command('HSET', list, uid, `${by}|${at}`);
    else await this.#port.command('HDEL', list, uid);
    await this.#tell(clinic);
  }

  /** Called with the clinic in which something changed, in every process. */
  listen(listener: (clinic: string) => void): Promise<void> {
    return this.#port.subscribe(emergencyChannel, listener);
  }

  /** A lost word costs the seconds until the next look; the access itself is kept. */
  async #tell(clinic: string): Promise<void> {
    await this.#port.command(this.#port.doorbell, emergencyChannel, clinic).catch(() => {});
  }
}

function glassOf(clinic: string, id: string, line: string): OpenGlassOf {
  const [uid = '', date = '', visitId = '', openedAt = '0', expiresAt = '0'] = line.split('|');
  return { id, clinic, uid, date, visitId, openedAt: Number(openedAt), expiresAt: Number(expiresAt) };
}
