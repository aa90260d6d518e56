/** What the rest of the system asks of accounts. `openAccountStore` keeps them in Redis. */
import type { Account } from '@workflow-bolt/contracts';

/** A new account; the store gives it its uid. */
export type NewAccount = Pick<Account, 'kind' | 'login' | 'name' | 'roles' | 'clinics' | 'owner'>;
export type AccountChange = Partial<
  Pick<Account, 'login' | 'name' | 'roles' | 'clinics' | 'state' | 'exportAllowedAt'>
>;

/** Why a change was refused; nothing was written. */
export type AccountRefusal = 'login_taken' | 'version_conflict' | 'account_not_found';
export type AccountOutcome = { account: Account } | { refused: AccountRefusal };

export interface AccountStore {
  /**
   * The account of a uid, or null. From memory for a few seconds, and at once again after a change anywhere: cheap
   * enough for every request. Throws Fault when Redis is away and nothing fresh is held.
   */
  find(uid: string): Promise<Account | null>;
  /** By login name in any spelling that `canonicalLogin` makes equal. Always read from Redis. */
  findByLogin(login: string): Promise<Account | null>;
  list(): Promise<Account[]>;
  /** Number of accounts that ever were. */
  count(): Promise<number>;
  create(account: NewAccount): Promise<AccountOutcome>;
  /** Applies a change to the version it was decided on. */
  update(uid: string, version: number, change: AccountChange): Promise<AccountOutcome>;
  /** Called with the account after each change, in every process; null when only its uid is known. */
  onChanged(listener: (uid: string) => void): () => void;
}
