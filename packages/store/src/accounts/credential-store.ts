/**
 * What an account proves itself with, sealed under the credentials key: a dump of Redis holds no hash to guess against,
 * and a record that was moved to another account does not open there.
 */
import { putFieldsCall } from '../generated/function-calls.generated.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { Sealer } from '../passkeys/sealer.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';

export type Credentials = {
  /** Counts writes; a change names the version it was decided on. 0 when there are none. */
  version: number;
  /** Verifier in PHC form. */
  password: string | null;
  totp: {
    seed: string;
    addedAt: number /** Last accepted time step; 0 before the first. */;
    step: number;
  } | null;
  /** Hashes of the recovery codes that are left. */
  recoveryCodes: string[];
};
/** Absent: as it was. Null: removed. */
export type CredentialChange = Partial<Pick<Credentials, 'password' | 'totp' | 'recoveryCodes'>>;

export class CredentialStore {
  readonly #port: RedisPort;
  readonly #sealer: Sealer;
  #decoy: Promise<string> | null = null;

  constructor(port: RedisPort, sealer: Sealer) {
    this.#port = port;
    this.#sealer = sealer;
  }

  /** Throws Fault while Redis or the keys are away, and when a record was altered or moved. */
  async read(uid: string): Promise<Credentials> {
    const fields = await readHash(this.#port, accountKeys.credentials(uid));
    const open = async (name: string) => {
      const sealed = fields.get(name);
      return sealed === undefined ? null : this.#sealer.open(sealed, aadOf(uid, name));
    };
    const [password, seed, codes] = await Promise.all([open('password'), open('totp'), open('codes')]);
    return {
      version: Number(fields.get('v') ?? 0),
      password,
      totp:
        seed === null
          ? null
          : { seed, addedAt: Number(fields.get('totpAt')), step: Number(fields.get('step')) },
      recoveryCodes: codes === null ? [] : (JSON.parse(codes) as string[]),
    };
  }

  /**
   * The verifier of an account, of one without a password, or of nobody: each time one question to Redis and one
   * opening, since with a key service an opening is a journey whose absence could be timed. Throws as `read`.
   */
  async readPassword(uid: string | null): Promise<{ version: number; password: string | null }> {
    const key = accountKeys.credentials(uid ?? nobody);
    const [version, sealed] = (await this.#port.command('HMGET', key, 'v', 'password')) as (string | null)[];
    const isThere = uid !== null && typeof sealed === 'string';
    const opened = await this.#sealer.open(
      isThere ? sealed : await this.prepareDecoy(),
      aadOf(isThere ? uid : nobody, 'password'),
    );
    return { version: Number(version ?? 0), password: isThere ? opened : null };
  }

  /** What is opened for nobody; sealed once, best before the first stranger comes. */
  prepareDecoy(): Promise<string> {
    this.#decoy ??= this.#sealer.seal(decoyText, aadOf(nobody, 'password')).catch((error: unknown) => {
      this.#decoy = null;
      throw error;
    });
    return this.#decoy;
  }

  /** False when somebody else wrote since `read`: read and decide again. */
  async write(uid: string, version: number, change: CredentialChange): Promise<boolean> {
    const set: [string, string | number][] = [];
    const drop: string[] = [];
    const seal = async (name: string, text: string | null): Promise<void> => {
      if (text === null) drop.push(name);
      else set.push([name, await this.#sealer.seal(text, aadOf(uid, name))]);
    };
    if (change.password !== undefined) await seal('password', change.password);
    if (change.totp !== undefined) {
      await seal('totp', change.totp?.seed ?? null);
      if (change.totp) set.push(['totpAt', change.totp.addedAt], ['step', change.totp.step]);
      else drop.push('totpAt', 'step');
    }
    if (change.recoveryCodes !== undefined) {
      await seal('codes', change.recoveryCodes.length > 0 ? JSON.stringify(change.recoveryCodes) : null);
    }
    const reply = await this.#port.fcall(
      putFieldsCall({ record: accountKeys.credentials(uid) }, { version, ttlMs: 0, set, drop }),
    );
    return reply.status === 'put';
  }

  /**
   * Takes a time step of the authenticator: each is good once, in whichever processes it arrives, and none before it.
   * Nothing else of the record is touched or sealed again.
   */
  async takeStep(uid: string, version: number, step: number): Promise<boolean> {
    const reply = await this.#port.fcall(
      putFieldsCall(
        { record: accountKeys.credentials(uid) },
        { version, ttlMs: 0, set: [['step', step]], drop: [] },
      ),
    );
    return reply.status === 'put';
  }

  /** Everything the account could prove itself with is gone. */
  async erase(uid: string): Promise<void> {
    // The count of writes stays, so that nothing decided on the former record fits the new one.
    const drop = ['password', 'totp', 'totpAt', 'step', 'codes'];
    await this.#port.fcall(
      putFieldsCall({ record: accountKeys.credentials(uid) }, { version: -1, ttlMs: 0, set: [], drop }),
    );
  }
}

const nobody = 'nobody';
/** As long as a verifier. */
const decoyText = '$'.repeat(97);

const aadOf = (uid: string, name: string): string => `credential|${uid}|${name}`;
