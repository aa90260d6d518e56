import type { AccountChangeKind, Role } from '@workflow-bolt/contracts';
import { readHash } from '../passkeys/read-hash.ts';
import type { Sealer } from '../passkeys/sealer.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';

/** What somebody did to an account, and why, in that person's own words. */
export type NotedChange = {
  at: number;
  /** Uid of who did it. */
  by: string;
  what: AccountChangeKind;
  /** What the account held afterwards. */
  roles: readonly Role[];
  clinics: readonly string[];
  /** Null where none is asked for. */
  reason: string | null;
};

/** Changes that are kept of one account; the record of accesses holds all of them, without words. */
const keptMax = 200;

/**
 * The reasons that people give when they change accounts. The record of accesses takes no sentences and outlives them by
 * years; here they are sealed, and bound to the account that they are about.
 */
export class AccountChanges {
  readonly #port: RedisPort;
  readonly #sealer: Sealer;

  constructor(port: RedisPort, sealer: Sealer) {
    this.#port = port;
    this.#sealer = sealer;
  }

  /** Notes a change; `version` is the account's after it. Throws Fault. */
  async note(uid: string, version: number, change: NotedChange): Promise<void> {
    const key = accountKeys.changes(uid);
    const field = `${String(change.at).padStart(15, '0')}-${version}-${change.what}`;
    const sealed = await this.#sealer.seal(JSON.stringify(change), aadOf(uid, field));
    await this.#port.command('HSET', key, field, sealed);
    const fields = (await this.#port.command('HKEYS', key)) as string[];
    const old = fields.toSorted().slice(0, -keptMax);
    if (old.length > 0) await this.#port.command('HDEL', key, ...old);
  }

  /** Newest first. Throws Fault, also for a change that was altered or moved. */
  async list(uid: string): Promise<NotedChange[]> {
    const kept = [...(await readHash(this.#port, accountKeys.changes(uid)))].toSorted().toReversed();
    return Promise.all(
      kept.map(async ([field, sealed]) => {
        return JSON.parse(await this.#sealer.open(sealed, aadOf(uid, field))) as NotedChange;
      }),
    );
  }
}

const aadOf = (uid: string, field: string): string => `account-change|${uid}|${field}`;
