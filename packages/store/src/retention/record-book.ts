/**
 * Records that several people and jobs change: read together, decided in TypeScript, made true by `change_records`
 * only if none of what the decision read has changed since. Used for retention and for alerts.
 */
import { Fault } from '@workflow-bolt/contracts';
import { changeRecordsCall } from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';

export type BookKeys = { records: string; journal: string };
export type BookRecord<T> = { v: number; value: T };
/** What a decision wants: `null` in `writes` deletes. */
export type BookChange = {
  writes: Readonly<Record<string, unknown>>;
  /** For the journal: ids and words only. */
  note: Readonly<Record<string, unknown>>;
};

/** Each lost round means that somebody else got on; so many in a row are a storm. */
const triesMax = 8;

export class RecordBook {
  readonly #port: RedisPort;
  readonly #keys: BookKeys;

  constructor(port: RedisPort, keys: BookKeys) {
    this.#port = port;
    this.#keys = keys;
  }

  /** All records whose id begins so. Throws Fault `store_unavailable`. */
  async list<T>(prefix: string): Promise<Map<string, BookRecord<T>>> {
    const flat = (await this.#port.command('HGETALL', this.#keys.records)) as string[];
    const found = new Map<string, BookRecord<T>>();
    for (let i = 0; i < flat.length; i += 2) {
      const id = flat[i] ?? '';
      if (id.startsWith(prefix)) found.set(id, parseRecord<T>(flat[i + 1] ?? ''));
    }
    return found;
  }

  /** One record, or null. Throws Fault `store_unavailable`. */
  async find<T>(id: string): Promise<BookRecord<T> | null> {
    const text = (await this.#port.command('HGET', this.#keys.records, id)) as string | null;
    return text === null ? null : parseRecord<T>(text);
  }

  /**
   * Decides on the records as they are, and again when one of them changed meanwhile. `decide` returns null to change
   * nothing; what it throws is thrown on. Throws Fault `too_many_requests` when it never gets through.
   */
  async update(
    ids: readonly string[],
    decide: (records: ReadonlyMap<string, BookRecord<unknown>>) => BookChange | null,
  ): Promise<boolean> {
    for (let tries = 0; tries < triesMax; tries++) {
      const records = await this.#read(ids);
      const change = decide(records);
      if (!change) return false;
      if (await this.#commit(records, ids, change)) return true;
    }
    throw new Fault('too_many_requests');
  }

  async #read(ids: readonly string[]): Promise<Map<string, BookRecord<unknown>>> {
    if (ids.length === 0) return new Map();
    const texts = (await this.#port.command('HMGET', this.#keys.records, ...ids)) as (string | null)[];
    return new Map(
      ids.flatMap((id, i) => {
        const text = texts[i];
        return typeof text === 'string' ? [[id, parseRecord(text)] as const] : [];
      }),
    );
  }

  async #commit(
    records: ReadonlyMap<string, BookRecord<unknown>>,
    read: readonly string[],
    { writes, note }: BookChange,
  ): Promise<boolean> {
    const unread = Object.keys(writes).find((id) => !read.includes(id));
    if (unread !== undefined) throw new RangeError('a record is written that the decision never read');
    const reply = await this.#port.fcall(
      changeRecordsCall(this.#keys, {
        entry: JSON.stringify(note),
        ids: [...read],
        versions: read.map((id) => String(records.get(id)?.v ?? 0)),
        writes: Object.entries(writes).map(
          ([id, value]) => [id, value === null ? '' : JSON.stringify(value)] as const,
        ),
      }),
    );
    return reply.status === 'changed';
  }
}

function parseRecord<T>(text: string): BookRecord<T> {
  const bar = text.indexOf('|');
  return { v: Number(text.slice(0, bar)), value: JSON.parse(text.slice(bar + 1)) as T };
}
