/** Emergency accesses that nobody has judged in time: told to others than who used them. */
import type { Signal } from '@workflow-bolt/domain';
import type { RedisPort } from '../redis-port.ts';
import { EmergencyStore } from './emergency-store.ts';

/** What was told may have been lost on its way; told again it is the same matter. */
const toldAgainMs = 3_600_000;

export class GlassWatch {
  readonly #store: EmergencyStore;
  readonly #clinic: string;
  /** When each was last told from here, epoch ms. */
  readonly #told = new Map<string, number>();

  constructor(port: RedisPort, clinic: string) {
    this.#store = new EmergencyStore(port);
    this.#clinic = clinic;
  }

  /** One signal for each, dated when its review was due; `now` is epoch ms. Throws Fault. */
  async look(now: number): Promise<Signal[]> {
    const { records, reviews } = await this.#store.register(this.#clinic);
    const overdue = records.filter(
      ({ id, reviewDueAt }) =>
        reviewDueAt <= now && !reviews.has(id) && now - (this.#told.get(id) ?? 0) >= toldAgainMs,
    );
    for (const { id } of overdue) this.#told.set(id, now);
    return overdue.map(({ id, uid, reviewDueAt }) => ({
      ...{ kind: 'glass-unreviewed', at: reviewDueAt, clinic: this.#clinic, uid, object: id },
      ...{ network: null, session: null },
    }));
  }
}
