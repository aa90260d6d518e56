import { randomBytes } from 'node:crypto';
import { countTryCall, putFieldsCall } from '../generated/function-calls.generated.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';

/**
 * A sign-in between its steps: one factor is shown, the next is awaited. Not a session: it opens nothing but the next
 * step.
 *
 * - `second-factor`: the account has one; it must be shown.
 * - `enrol`: the account has none and needs one; it must be made.
 * - `add-totp`: no sign-in at all; its owner, who is signed in, adds an authenticator.
 */
export type SignInStage = 'second-factor' | 'enrol' | 'add-totp';
export type SignInTransaction = {
  uid: string;
  stage: SignInStage;
  /** What was shown so far. */
  amr: readonly string[];
  station: string | null;
  /** The seed that is being enrolled, sealed by whoever put it here. */
  pendingSeed: string | null;
};

/** Long enough to find the telephone, too short to be found on it later. */
export const transactionLifeMs = 600_000;
/** Codes tried in one sign-in; then the password is asked again. */
export const triesMax = 5;

/** Found by a random token that is stored only as its hash. */
export class SignInTransactions {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** Returns the token, the only time it is known. */
  async open(transaction: SignInTransaction): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#put(token, transaction, transactionLifeMs);
    return token;
  }

  /** Null when it has ended, or never was. */
  async find(token: string): Promise<SignInTransaction | null> {
    const fields = await readHash(this.#port, accountKeys.transaction(token));
    const text = fields.get('d');
    return text === undefined ? null : (JSON.parse(text) as SignInTransaction);
  }

  /** Counts a try before it is judged. `spent` and `gone`: do not judge it. */
  async countTry(token: string): Promise<'counted' | 'spent' | 'gone'> {
    const reply = await this.#port.fcall(
      countTryCall({ record: accountKeys.transaction(token) }, { triesMax }),
    );
    return reply.status;
  }

  /** Replaces what is known, within the life that it has. */
  async update(token: string, transaction: SignInTransaction): Promise<void> {
    await this.#put(token, transaction, 0);
  }

  /** True for the one caller that ended it: whoever opens a session with it must be that one. */
  async end(token: string): Promise<boolean> {
    return (await this.#port.command('DEL', accountKeys.transaction(token))) === 1;
  }

  async #put(token: string, transaction: SignInTransaction, ttlMs: number): Promise<void> {
    await this.#port.fcall(
      putFieldsCall(
        { record: accountKeys.transaction(token) },
        { version: ttlMs > 0 ? 0 : -1, ttlMs, set: [['d', JSON.stringify(transaction)]], drop: [] },
      ),
    );
  }
}
