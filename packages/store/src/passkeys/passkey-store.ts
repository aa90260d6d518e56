import { createHash } from 'node:crypto';
import type { KeyRow } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import { readHash } from './read-hash.ts';
import type { Sealer } from './sealer.ts';

/** One credential of one account. */
export type Passkey = {
  /** base64url, chosen by the authenticator. */
  id: string;
  uid: string;
  label: string;
  /** COSE, base64url. */
  publicKey: string;
  transports: readonly string[];
  aaguid: string;
  /** Can be copied to the maker's other devices. */
  isBackupEligible: boolean;
  isBackedUp: boolean;
  createdAt: number;
  lastUsedAt: number | null;
  /** Its counter went backwards: it opens nothing any more. */
  suspendedAt: number | null;
};

export const passkeyKeyRows: readonly KeyRow[] = [
  {
    name: '{pk:<uid>}:cred',
    type: 'hash',
    content: 'credential id → sealed public key and label',
    life: 'until removed',
  },
  { name: '{pk:<uid>}:count', type: 'zset', content: 'credential id → signature counter', life: 'as above' },
  {
    name: '{pk:<uid>}:used',
    type: 'hash',
    content: 'credential id → epoch ms of its last use',
    life: 'as above',
  },
  {
    name: 'pk-owner:<sha256>',
    type: 'string',
    content: 'uid that a credential id belongs to',
    life: 'as above',
  },
];

type Kept = Omit<Passkey, 'lastUsedAt'>;

const uidShape = /^[a-z0-9-]{1,40}$/;
const keysOf = (uid: string) => {
  if (!uidShape.test(uid)) throw new RangeError('account id has a wrong form');
  return { cred: `{pk:${uid}}:cred`, count: `{pk:${uid}}:count`, used: `{pk:${uid}}:used` };
};
const ownerKey = (id: string) => `pk-owner:${createHash('sha256').update(id).digest('base64url')}`;
const aadOf = (uid: string, id: string) => `passkey|${uid}|${id}`;

/** Public keys of passkeys, sealed: a writer to Redis cannot give an account a key of his own. */
export class PasskeyStore {
  readonly #port: RedisPort;
  readonly #sealer: Sealer;

  constructor(port: RedisPort, sealer: Sealer) {
    this.#port = port;
    this.#sealer = sealer;
  }

  /** Oldest first. Throws Fault while Redis is away, and when a record was altered. */
  async list(uid: string): Promise<Passkey[]> {
    const { cred, used } = keysOf(uid);
    const [records, uses] = await Promise.all([readHash(this.#port, cred), readHash(this.#port, used)]);
    const opened = await Promise.all(
      [...records].map(([id, sealed]) => this.#open(uid, id, { sealed, usedAt: uses.get(id) })),
    );
    return opened.sort((a, b) => a.createdAt - b.createdAt);
  }

  async find(uid: string, id: string): Promise<Passkey | null> {
    const { cred, used } = keysOf(uid);
    const sealed = (await this.#port.command('HGET', cred, id)) as string | null;
    if (sealed === null) return null;
    const usedAt = (await this.#port.command('HGET', used, id)) as string | null;
    return this.#open(uid, id, { sealed, usedAt: usedAt ?? undefined });
  }

  /** Without opening the records: for deciding which factor to ask for. */
  async count(uid: string): Promise<number> {
    return Number(await this.#port.command('HLEN', keysOf(uid).cred));
  }

  /** `taken`: this credential belongs to an account already; one credential must name one person. */
  async add(passkey: Kept, counter: number): Promise<'added' | 'taken'> {
    const { cred, count } = keysOf(passkey.uid);
    const isFree = await this.#port.command('SET', ownerKey(passkey.id), passkey.uid, 'NX');
    if (isFree === null) return 'taken';
    await this.#port.command('ZADD', count, counter, passkey.id);
    await this.#port.command('HSET', cred, passkey.id, await this.#seal(passkey));
    return 'added';
  }

  /**
   * Takes the counter of a verified signature. Atomic, so of two uses of one counter one is refused, in whichever
   * processes they arrive. `regressed`: not above the last one, which only a copy of the key explains; two zeros are
   * an authenticator that does not count.
   */
  async takeCounter(uid: string, id: string, counter: number): Promise<'accepted' | 'regressed'> {
    const { count } = keysOf(uid);
    if (counter === 0) {
      const last = Number((await this.#port.command('ZSCORE', count, id)) ?? 0);
      return last === 0 ? 'accepted' : 'regressed';
    }
    const changed = await this.#port.command('ZADD', count, 'GT', 'CH', counter, id);
    return Number(changed) === 1 ? 'accepted' : 'regressed';
  }

  async noteUse(uid: string, id: string, now: number): Promise<void> {
    await this.#port.command('HSET', keysOf(uid).used, id, now);
  }

  /** From now on it opens nothing; it stays in the list, so that its owner sees why. */
  async suspend(uid: string, id: string, now: number): Promise<void> {
    const passkey = await this.find(uid, id);
    if (!passkey) return;
    const { lastUsedAt: _, ...kept } = passkey;
    await this.#port.command('HSET', keysOf(uid).cred, id, await this.#seal({ ...kept, suspendedAt: now }));
  }

  /** False when there was none. */
  async remove(uid: string, id: string): Promise<boolean> {
    const { cred, count, used } = keysOf(uid);
    const removed = Number(await this.#port.command('HDEL', cred, id)) === 1;
    await this.#port.command('ZREM', count, id);
    await this.#port.command('HDEL', used, id);
    if (removed) await this.#port.command('DEL', ownerKey(id));
    return removed;
  }

  /** For a reset: every passkey of the account. */
  async removeAll(uid: string): Promise<void> {
    const ids = (await this.#port.command('HKEYS', keysOf(uid).cred)) as string[];
    for (const id of ids) await this.remove(uid, id);
  }

  #seal(passkey: Kept): Promise<string> {
    return this.#sealer.seal(JSON.stringify(passkey), aadOf(passkey.uid, passkey.id));
  }

  async #open(
    uid: string,
    id: string,
    { sealed, usedAt }: { sealed: string; usedAt: string | undefined },
  ): Promise<Passkey> {
    const kept = JSON.parse(await this.#sealer.open(sealed, aadOf(uid, id))) as Kept;
    return { ...kept, lastUsedAt: usedAt === undefined ? null : Number(usedAt) };
  }
}
