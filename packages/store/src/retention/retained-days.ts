/** Which days of a clinic there are to keep or to let go of: what Redis holds, and what the records say. */
import type { BoardKey } from '@workflow-bolt/contracts';
import { type BoardState, type DayFacts, dateAfter } from '@workflow-bolt/domain';
import { boardKeys } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import type { RetentionStore } from './retention-store.ts';

/** How far back a sweep looks for boards: the longest life of a board, and two years for a Redis that was off. */
export const lookBackDays = 1_095;
/** Days asked for in one write. */
const askMany = 200;

type Parts = {
  port: RedisPort;
  /** The board of a day, read through whatever decrypts it. */
  stateOf: (board: BoardKey) => Promise<BoardState>;
};

export class RetainedDays {
  readonly #clinic: string;
  readonly #store: RetentionStore;
  readonly #parts: Parts;

  constructor(clinic: string, store: RetentionStore, { port, stateOf }: Parts) {
    this.#clinic = clinic;
    this.#store = store;
    this.#parts = { port, stateOf };
  }

  /** Every day that Redis or the records know of, at the clinic's local date. Throws Fault. */
  async facts(today: string): Promise<DayFacts[]> {
    const { days } = await this.#store.read();
    const facts: DayFacts[] = [];
    for (const date of await this.#datesInRedis(today)) {
      const kept = days.get(date) ?? null;
      const isClosed = kept?.isClosed ?? (await this.isClosed(date));
      facts.push({ date, isLive: true, isClosed, kept });
      days.delete(date);
    }
    for (const kept of days.values()) {
      facts.push({ date: kept.date, isLive: false, isClosed: kept.isClosed, kept });
    }
    return facts;
  }

  /** Whether its board says that the day was closed. Throws Fault. */
  async isClosed(date: string): Promise<boolean> {
    const day = (await this.#parts.stateOf({ clinic: this.#clinic, date })).get('day')?.d;
    return day?.type === 'day' && day.state === 'closed';
  }

  async #datesInRedis(today: string): Promise<string[]> {
    const dates = Array.from({ length: lookBackDays }, (_, i) => dateAfter(today, -i));
    const found: string[] = [];
    for (let at = 0; at < dates.length; at += askMany) {
      const page = dates.slice(at, at + askMany);
      const exist = await Promise.all(page.map((date) => this.#isInRedis(date)));
      found.push(...page.filter((_, i) => exist[i]));
    }
    return found;
  }

  async #isInRedis(date: string): Promise<boolean> {
    const { meta } = boardKeys({ clinic: this.#clinic, date });
    const [seq, object] = (await this.#parts.port.command('HMGET', meta, 'seq', 'arch')) as (string | null)[];
    return Number(seq ?? 0) > 0 && object === null;
  }
}
