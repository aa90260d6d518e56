import { type Account, accountSchema } from '@workflow-bolt/contracts';
import { canonicalLogin } from '@workflow-bolt/domain';
import { putAccountCall } from '../generated/function-calls.generated.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';
import type { AccountChange, AccountOutcome, AccountStore, NewAccount } from './account-store.ts';
import { newUid } from './new-uid.ts';

/** Believed so long without asking: a bound on what a lost pub/sub message can cost. */
const believedMs = 2_000;
/** Accounts in memory; a clinic group has hundreds. */
const cachedMax = 5_000;

type Cached = { account: Account | null; readAt: number };
type Options = { now?: () => number };

/** Accounts in Redis. Call `start` once to hear of changes made elsewhere. */
export class RedisAccountStore implements AccountStore {
  readonly #port: RedisPort;
  readonly #now: () => number;
  readonly #cache = new Map<string, Cached>();
  readonly #listeners = new Set<(uid: string) => void>();
  #generation = 0;

  constructor(port: RedisPort, options: Options = {}) {
    this.#port = port;
    this.#now = options.now ?? Date.now;
  }

  async start(): Promise<void> {
    // What was said while the subscriber was away is lost: nothing held before is believed.
    this.#port.onReady(() => this.#forgetAll());
    await this.#port.subscribe(accountKeys.channel, (uid) => this.#changed(uid));
  }

  async find(uid: string): Promise<Account | null> {
    const cached = this.#cache.get(uid);
    if (cached && performance.now() - cached.readAt < believedMs) return cached.account;
    const generation = this.#generation;
    const account = accountOf(await this.#port.command('HGET', accountKeys.all, uid));
    // A change that was announced while this was read may not be in it.
    if (generation === this.#generation) this.#remember(uid, account);
    return account;
  }

  async findByLogin(login: string): Promise<Account | null> {
    const uid = (await this.#port.command('HGET', accountKeys.logins, canonicalLogin(login))) as
      | string
      | null;
    // Asked for nobody too: a name that exists must not cost one question more.
    const account = accountOf(await this.#port.command('HGET', accountKeys.all, uid ?? 'nobody'));
    return account;
  }

  async list(): Promise<Account[]> {
    const records = await readHash(this.#port, accountKeys.all);
    return [...records.values()]
      .flatMap((text) => accountOf(text) ?? [])
      .sort((a, b) => (a.uid < b.uid ? -1 : 1));
  }

  async count(): Promise<number> {
    return Number(await this.#port.command('HLEN', accountKeys.all));
  }

  create(given: NewAccount): Promise<AccountOutcome> {
    const now = this.#now();
    return this.#put(null, {
      ...given,
      uid: newUid(now),
      state: 'active',
      version: 1,
      createdAt: now,
      changedAt: now,
      exportAllowedAt: null,
    });
  }

  async update(uid: string, version: number, change: AccountChange): Promise<AccountOutcome> {
    const former = accountOf(await this.#port.command('HGET', accountKeys.all, uid));
    if (!former) return { refused: 'account_not_found' };
    if (former.version !== version) return { refused: 'version_conflict' };
    return this.#put(former, { ...former, ...change, version: version + 1, changedAt: this.#now() });
  }

  onChanged(listener: (uid: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #put(former: Account | null, account: Account): Promise<AccountOutcome> {
    const { uid, login } = account;
    const reply = await this.#port.fcall(
      putAccountCall(
        { all: accountKeys.all, logins: accountKeys.logins },
        {
          doorbell: this.#port.doorbell,
          channel: accountKeys.channel,
          uid,
          version: former?.version ?? 0,
          json: JSON.stringify(accountSchema.parse(account)),
          login: login === null ? '' : canonicalLogin(login),
          formerLogin: former?.login ? canonicalLogin(former.login) : '',
        },
      ),
    );
    if (reply.status === 'taken') return { refused: 'login_taken' };
    if (reply.status === 'changed') return { refused: 'version_conflict' };
    this.#changed(uid);
    return { account };
  }

  #changed(uid: string): void {
    this.#generation += 1;
    this.#cache.delete(uid);
    for (const listener of this.#listeners) listener(uid);
  }

  #forgetAll(): void {
    this.#generation += 1;
    this.#cache.clear();
  }

  #remember(uid: string, account: Account | null): void {
    this.#cache.delete(uid);
    this.#cache.set(uid, { account, readAt: performance.now() });
    const oldest = this.#cache.size > cachedMax ? this.#cache.keys().next().value : undefined;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}

function accountOf(record: unknown): Account | null {
  if (typeof record !== 'string') return null;
  return accountSchema.parse(JSON.parse(record.slice(record.indexOf('|') + 1)));
}
