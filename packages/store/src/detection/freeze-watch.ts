/**
 * Tells of a freeze without an alert: who stopped the deleting was ended before it told of it, or what was told has
 * been forgotten since. Until an alert says why, nobody could judge it, so nobody may lift it.
 */
import type { Signal } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { alertsBehind, readFreeze } from '../retention/freeze.ts';
import { AlertStore } from './alert-store.ts';

export class FreezeWatch {
  readonly #port: RedisPort;
  readonly #alerts: AlertStore;
  readonly #clinics: readonly string[];
  /** The freeze that was alone at the last look already: between it and its alert there are moments. */
  #alone: number | null = null;

  constructor(port: RedisPort, clinics: readonly string[]) {
    this.#port = port;
    this.#alerts = new AlertStore(port);
    this.#clinics = clinics;
  }

  /** A freeze that is alone at two looks in a row; `now` is Redis's clock, epoch ms. Throws Fault. */
  async look(now: number): Promise<Signal[]> {
    const before = this.#alone;
    this.#alone = await this.#findAlone();
    if (this.#alone === null || this.#alone !== before) return [];
    const nobody = { clinic: null, uid: null, network: null, session: null };
    return [{ kind: 'freeze-alone', at: now, ...nobody, object: `freeze:${this.#alone}` }];
  }

  /** Since when it stands, epoch ms; null while there is none, or an alert behind it. */
  async #findAlone(): Promise<number | null> {
    const freeze = await readFreeze(this.#port);
    if (!freeze) return null;
    const books = await Promise.all([null, ...this.#clinics].map((each) => this.#alerts.list(each)));
    return alertsBehind(freeze, books.flat()).length > 0 ? null : freeze.since;
  }
}
