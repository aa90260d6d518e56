/** Makes new keys for an administrator, and seals anew what stood under the former ones, while others work. */
import type { KeyRotationRequest, KeysResponse } from '@workflow-bolt/contracts';
import {
  clinicsWithKeys,
  keepClinicKeys,
  keysOfClinic,
  rewrapClinicKeys,
  rotateClinicKey,
  rotateRetentionKey,
  scopesOf,
  type Vault,
} from '@workflow-bolt/store';
import { ProblemError } from '../http/problem-answer.ts';

export type KeyDeskParts = {
  vault: Vault;
  clinics: readonly string[];
  /** When a sweep stopped; any worker's next round completes it. */
  onError: (error: unknown) => void;
};

export class KeyDesk {
  readonly #parts: KeyDeskParts;
  readonly #stopping = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: KeyDeskParts) {
    this.#parts = parts;
  }

  /** Throws Fault `keys_unavailable`. */
  async report(): Promise<KeysResponse> {
    const { vault, clinics } = this.#parts;
    const { kind, keys: top } = await vault.provider.status();
    const each = clinics.map((clinic) => keysOfClinic(vault.hierarchy, clinic));
    return { kind, top, clinics: await Promise.all(each) };
  }

  /** The id of the new key, which is in use. Throws ProblemError, Fault `keys_unavailable`. */
  async rotate(order: KeyRotationRequest): Promise<string> {
    if (order.level === 'top') return this.#rotateTop(order.purpose);
    const { hierarchy } = this.#parts.vault;
    const { clinic } = order;
    if (!this.#parts.clinics.includes(clinic)) throw new ProblemError('record_not_found');
    if (order.level === 'month') return this.#rotateMonth(clinic, order.period);
    const kid = await rotateClinicKey(hierarchy, clinic);
    this.#sweep(clinic);
    return kid;
  }

  /** Ends between two keys and waits for that. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#sweeping;
  }

  async #rotateTop(purpose: 'phi' | 'credentials' | 'session-mac'): Promise<string> {
    const { provider, hierarchy } = this.#parts.vault;
    const kid = await provider.rotate(purpose);
    if (kid === null) throw new ProblemError('record_state', { state: 'key-service' });
    hierarchy.told({ use: 'rotated', clinic: '*', kid, period: null });
    // Seconds: the keys below stay as they are. Credentials take the new key when they are written next,
    // and processes take a session seal when they start.
    if (purpose === 'phi')
      for (const clinic of await clinicsWithKeys(hierarchy)) await rewrapClinicKeys(hierarchy, clinic);
    return kid;
  }

  async #rotateMonth(clinic: string, period: string): Promise<string> {
    const { hierarchy } = this.#parts.vault;
    const scope = (await scopesOf(hierarchy, clinic)).find((each) => each.period === period);
    if (!scope) throw new ProblemError('record_not_found');
    const { months } = await keysOfClinic(hierarchy, clinic);
    const isDestroyed = months.some((each) => each.period === period && each.isDestroyed);
    if (isDestroyed) throw new ProblemError('record_state', { state: 'destroyed' });
    const kid = await rotateRetentionKey(hierarchy, scope);
    this.#sweep(clinic);
    return kid;
  }

  /** One after another: a sweep that is asked for while one runs goes over what that one has left. */
  #sweep(clinic: string): void {
    const { vault, onError } = this.#parts;
    const { signal } = this.#stopping;
    this.#sweeping = this.#sweeping
      .then(async () => void (await keepClinicKeys(vault.hierarchy, clinic, { signal })))
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
  }
}
