/** PINs: a sealed verifier for each person, and attempts that are counted before a verifier is looked at. */
import { refundAttemptCall, spendAttemptCall } from '../generated/function-calls.generated.ts';
import type { MacKey } from '../mac-key.ts';
import type { Sealer } from '../passkeys/sealer.ts';
import type { RedisPort } from '../redis-port.ts';
import { personKeys } from './session-keys.ts';
import { tagOf } from './session-token.ts';

/** Wrong PINs of one person at one workstation until what is parked there ends. */
export const pinFailuresMax = 5;
/** Wrong PINs of one person in a day, at all workstations together. */
export const pinFailuresPerDayMax = 10;
const hereLifeMs = 4 * 3_600_000;
const dayLifeMs = 24 * 3_600_000;

export type PinAttempt = { isAllowed: boolean; here: number; day: number };

export class PinStore {
  readonly #port: RedisPort;
  readonly #key: MacKey;
  readonly #sealer: Sealer;

  constructor(parts: { port: RedisPort; key: MacKey; sealer: Sealer }) {
    this.#port = parts.port;
    this.#key = parts.key;
    this.#sealer = parts.sealer;
  }

  /** Keeps the verifier (a PHC string) of a person's PIN. Throws Fault. */
  async set(uid: string, verifier: string): Promise<void> {
    await this.#port.command('SET', this.#keysOf(uid).pin, await this.#sealer.seal(verifier, aadOf(uid)));
  }

  /** Null when the person has chosen none. Throws Fault, also when somebody altered it. */
  async verifierOf(uid: string): Promise<string | null> {
    const sealed = (await this.#port.command('GET', this.#keysOf(uid).pin)) as string | null;
    return sealed === null ? null : this.#sealer.open(sealed, aadOf(uid));
  }

  async has(uid: string): Promise<boolean> {
    return (await this.#port.command('EXISTS', this.#keysOf(uid).pin)) === 1;
  }

  async remove(uid: string): Promise<void> {
    await this.#port.command('DEL', this.#keysOf(uid).pin);
  }

  /** Counts an attempt. Only when it is allowed may the verifier be looked at. */
  async spend(uid: string, workstation: string): Promise<PinAttempt> {
    const { here, day, status } = await this.#port.fcall(
      spendAttemptCall(this.#counters(uid, workstation), {
        hereMax: pinFailuresMax,
        dayMax: pinFailuresPerDayMax,
        hereTtlMs: hereLifeMs,
        dayTtlMs: dayLifeMs,
      }),
    );
    return { isAllowed: status === 'spent', here, day };
  }

  /** The attempt was right: it does not count, and what failed here before is forgotten. */
  async refund(uid: string, workstation: string): Promise<void> {
    await this.#port.fcall(refundAttemptCall(this.#counters(uid, workstation)));
  }

  #counters(uid: string, workstation: string): { here: string; day: string } {
    const keys = this.#keysOf(uid);
    return { here: keys.pinAt(workstation), day: keys.pinDay };
  }

  #keysOf(uid: string) {
    return personKeys(tagOf(this.#key, uid));
  }
}

const aadOf = (uid: string): string => `pin|${uid}`;
