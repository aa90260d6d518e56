/** Wall displays in Redis: their names, and the hash of each one's token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Display, displaySchema } from '@workflow-bolt/contracts';
import type { KeyRow } from '../keys.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';

const key = '{disp}:all';
export const displayKeyRows: readonly KeyRow[] = [
  {
    name: key,
    type: 'hash',
    content: 'display id → `<SHA-256 of its secret>|<display JSON>`',
    life: 'until removed',
  },
];

const tokenShape = /^boltd_([a-z2-7]{16})_([A-Za-z0-9_-]{43})$/;
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const newId = (): string => Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
const hashOf = (secret: string): string =>
  createHash('sha256').update(`bolt-display-v1${secret}`).digest('hex');

/** Every method throws Fault `store_unavailable` while Redis is away. */
export class DisplayStore {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** The token is known only here and now: what is kept cannot be turned back into it. */
  async enrol(about: Omit<Display, 'id'>): Promise<{ display: Display; token: string }> {
    const secret = randomBytes(32).toString('base64url');
    const display = { id: newId(), ...about };
    await this.#port.command('HSET', key, display.id, `${hashOf(secret)}|${JSON.stringify(display)}`);
    return { display, token: `boltd_${display.id}_${secret}` };
  }

  /** The display of a token; null for any other text. */
  async find(token: string): Promise<Display | null> {
    const [, id, secret] = tokenShape.exec(token) ?? [];
    if (id === undefined || secret === undefined) return null;
    const line = (await this.#port.command('HGET', key, id)) as string | null;
    // Compared also when there is none: whether a display exists cannot be told from the time.
    const isRight = timingSafeEqual(
      Buffer.from(line?.slice(0, 64) ?? '0'.repeat(64)),
      Buffer.from(hashOf(secret)),
    );
    return line !== null && isRight ? displayOf(line) : null;
  }

  /** A display that was not removed. */
  async get(id: string): Promise<Display | null> {
    const line = (await this.#port.command('HGET', key, id)) as string | null;
    return line === null ? null : displayOf(line);
  }

  async list(clinic: string): Promise<Display[]> {
    const lines = [...(await readHash(this.#port, key)).values()];
    return lines.map(displayOf).filter((display) => display.clinic === clinic);
  }

  /** False when this clinic has no such display. */
  async remove(clinic: string, id: string): Promise<boolean> {
    const display = await this.get(id);
    return display?.clinic === clinic && (await this.#port.command('HDEL', key, id)) === 1;
  }
}

const displayOf = (line: string): Display => displaySchema.parse(JSON.parse(line.slice(65)));
