/** How often one person may search: counted in Redis before the search, for all processes together. */
import { randomUUID } from 'node:crypto';
import type { Admission } from '../accounts/sign-in-throttle.ts';
import { takeAttemptCall } from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';
import { searchCountKeys } from './search-keys.ts';

export type SearchLimits = { minute: number; hour: number };

/**
 * A busy front desk looks for somebody every other minute, and tries three spellings. Twenty rows at this pace are
 * not a way to read a clinic's patients.
 */
export const searchLimits: SearchLimits = { minute: 20, hour: 120 };

const [minuteMs, hourMs] = [60_000, 3_600_000];

export class SearchLimit {
  readonly #port: RedisPort;
  readonly #limits: SearchLimits;

  constructor(port: RedisPort, limits: SearchLimits = searchLimits) {
    this.#port = port;
    this.#limits = limits;
  }

  /** Takes one search of this person, or says how long to wait. Throws Fault. */
  async take(uid: string): Promise<Admission> {
    const { minute, hour } = searchCountKeys(uid);
    const attempt = randomUUID();
    const limits = [minuteMs, this.#limits.minute, hourMs, this.#limits.hour, 1, 0, 1, 0];
    const reply = await this.#port.fcall(
      takeAttemptCall(
        { account: minute, network: hour, station: minute, everywhere: hour },
        { attempt, limits: limits.map(String), slowFrom: 0, slowMsMax: 0 },
      ),
    );
    if (reply.status === 'taken') return { taken: attempt };
    return { waitMs: reply.ms, scope: reply.scope === 'network' ? 'hour' : 'minute' };
  }
}
