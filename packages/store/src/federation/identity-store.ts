import { createHash } from 'node:crypto';
import type { KeyRow } from '../keys.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { Sealer } from '../passkeys/sealer.ts';
import type { RedisPort } from '../redis-port.ts';

/** Who somebody is at a provider: the issuer's address and its own, never re-used name for the person. */
export type Subject = { iss: string; sub: string };
export type LinkedIdentity = Subject & { id: string; uid: string; provider: string; linkedAt: number };

export const identityKeyRows: readonly KeyRow[] = [
  {
    name: 'idp-sub:<sha256>',
    type: 'string',
    content: 'sealed account of one (iss, sub)',
    life: 'until unlinked',
  },
  {
    name: '{idp:<uid>}',
    type: 'hash',
    content: 'digest of (iss, sub) → sealed link',
    life: 'until unlinked',
  },
];

const uidShape = /^[a-z0-9-]{1,40}$/;
const linksOf = (uid: string): string => {
  if (!uidShape.test(uid)) throw new RangeError('account id has a wrong form');
  return `{idp:${uid}}`;
};
/** The line break cannot be part of an issuer, so no two pairs have one digest. */
const idOf = ({ iss, sub }: Subject) => createHash('sha256').update(`${iss}\n${sub}`).digest('base64url');
const subjectKey = (id: string) => `idp-sub:${id}`;

/** Which account an identity of a provider belongs to: by (iss, sub), never by an e-mail address. */
export class IdentityStore {
  readonly #port: RedisPort;
  readonly #sealer: Sealer;

  constructor(port: RedisPort, sealer: Sealer) {
    this.#port = port;
    this.#sealer = sealer;
  }

  async find(subject: Subject): Promise<LinkedIdentity | null> {
    const id = idOf(subject);
    const sealed = (await this.#port.command('GET', subjectKey(id))) as string | null;
    return sealed === null ? null : this.#open(sealed, `identity|${id}`);
  }

  async list(uid: string): Promise<LinkedIdentity[]> {
    const links = await readHash(this.#port, linksOf(uid));
    return Promise.all([...links].map(([id, sealed]) => this.#open(sealed, `link|${uid}|${id}`)));
  }

  /** `taken`: it belongs to an account already, perhaps to this one. */
  async link(
    uid: string,
    subject: Subject,
    more: { provider: string; now: number },
  ): Promise<'linked' | 'taken'> {
    const id = idOf(subject);
    const { iss, sub } = subject;
    const text = JSON.stringify({ iss, sub, id, uid, provider: more.provider, linkedAt: more.now });
    const owner = await this.#sealer.seal(text, `identity|${id}`);
    if ((await this.#port.command('SET', subjectKey(id), owner, 'NX')) === null) return 'taken';
    await this.#port.command('HSET', linksOf(uid), id, await this.#sealer.seal(text, `link|${uid}|${id}`));
    return 'linked';
  }

  /** Only the account's own. False when it has none of this id. */
  async unlink(uid: string, id: string): Promise<boolean> {
    if (Number(await this.#port.command('HDEL', linksOf(uid), id)) !== 1) return false;
    await this.#port.command('DEL', subjectKey(id));
    return true;
  }

  async unlinkAll(uid: string): Promise<void> {
    const ids = (await this.#port.command('HKEYS', linksOf(uid))) as string[];
    for (const id of ids) await this.unlink(uid, id);
  }

  async #open(sealed: string, aad: string): Promise<LinkedIdentity> {
    return JSON.parse(await this.#sealer.open(sealed, aad)) as LinkedIdentity;
  }
}
