import { randomBytes, randomInt } from 'node:crypto';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';

/** `bootstrap` makes the first account; the others let the person of `uid` choose a password and a second factor. */
export type EnrolmentGrant = {
  purpose: 'bootstrap' | 'invitation' | 'reset';
  uid: string | null;
  /** Who handed it out; null for the installation itself. */
  by: string | null;
  expiresAt: number;
};

/** An invitation waits for a first day at work; a reset is used on the spot, the bootstrap by whoever just installed. */
const lifeMs: Record<EnrolmentGrant['purpose'], number> = {
  bootstrap: 3_600_000,
  invitation: 72 * 3_600_000,
  reset: 1_800_000,
};
const codeBytes = 16;
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';

/** 128 random bits in groups of four that can be read aloud: no I, L, O or U. */
function newCode(): string {
  let bits = BigInt(`0x${randomBytes(codeBytes).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i += 1) {
    text = (alphabet[Number(bits & 31n)] ?? '') + text;
    bits >>= 5n;
  }
  return text.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** As it was meant: hyphens are for the eye, and O, I and L are not in the alphabet. */
const typed = (code: string): string =>
  code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');

/** One-time codes that are handed over in person, stored only as hashes. */
export class EnrolmentCodes {
  readonly #port: RedisPort;
  readonly #now: () => number;

  constructor(port: RedisPort, now: () => number = Date.now) {
    this.#port = port;
    this.#now = now;
  }

  /** A new code; an older one of the same account is good no longer. */
  async issue(grant: Omit<EnrolmentGrant, 'expiresAt'>): Promise<{ code: string; expiresAt: number }> {
    const code = newCode();
    const expiresAt = this.#now() + lifeMs[grant.purpose];
    const text = JSON.stringify({ ...grant, expiresAt });
    if (grant.uid !== null) await this.#replace(grant.uid, code, lifeMs[grant.purpose]);
    await this.#port.command('SET', accountKeys.code(typed(code)), text, 'PX', lifeMs[grant.purpose]);
    return { code, expiresAt };
  }

  /**
   * The code of the first account, for the one process that gets to print it; null for all others, and while a
   * printed one is good.
   */
  async issueFirst(): Promise<{ code: string; expiresAt: number } | null> {
    const first = await this.#port.command('SET', accountKeys.first, '1', 'PX', lifeMs.bootstrap, 'NX');
    return first === null ? null : this.issue({ purpose: 'bootstrap', uid: null, by: null });
  }

  /** What a code is good for, without using it; null for none. */
  async find(code: string): Promise<EnrolmentGrant | null> {
    return grantOf(await this.#port.command('GET', accountKeys.code(typed(code))));
  }

  /** As `find`, and the code is gone: of two who try it at once one gets the grant. */
  async take(code: string): Promise<EnrolmentGrant | null> {
    return grantOf(await this.#port.command('GETDEL', accountKeys.code(typed(code))));
  }

  /** Ends the code of an account, if one is out. */
  async revoke(uid: string): Promise<void> {
    const key = await this.#port.command('GETDEL', accountKeys.codeOf(uid));
    if (typeof key === 'string') await this.#port.command('DEL', key);
  }

  /**
   * Notes that a person wants a reset, and returns the number to read to a manager. For names that nobody has too:
   * the answer must not tell them apart.
   */
  async askForReset(canonicalLogin: string): Promise<{ number: string; expiresAt: number }> {
    const number = String(randomInt(0, 100_000_000)).padStart(8, '0');
    await this.#port.command('SET', accountKeys.reset(canonicalLogin, number), '1', 'PX', lifeMs.reset);
    return { number, expiresAt: this.#now() + lifeMs.reset };
  }

  /** True once, for a number that the person was shown. Several may be out: who asks again does not end the first. */
  async takeReset(canonicalLogin: string, number: string): Promise<boolean> {
    return (await this.#port.command('DEL', accountKeys.reset(canonicalLogin, number))) === 1;
  }

  async #replace(uid: string, code: string, ttlMs: number): Promise<void> {
    await this.revoke(uid);
    await this.#port.command('SET', accountKeys.codeOf(uid), accountKeys.code(typed(code)), 'PX', ttlMs);
  }
}

const grantOf = (text: unknown): EnrolmentGrant | null =>
  typeof text === 'string' ? (JSON.parse(text) as EnrolmentGrant) : null;
