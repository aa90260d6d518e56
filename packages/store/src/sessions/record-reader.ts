/**
 * Reads records with the epochs that decide whether they still count. Requests that arrive in one turn of the event loop
 * are read together, in one round trip; a request never gets the answer to a question that was sent before it arrived,
 * so nothing that was ended can be seen alive by a request that came after.
 */
import { Fault } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { globalEpochKey } from './session-keys.ts';

export type Read = { text: string | null; epoch: number; globalEpoch: number };
type Wanted = {
  record: string;
  epoch: string;
  waiting: { resolve: (read: Read) => void; reject: (why: Fault) => void }[];
};

export class RecordReader {
  readonly #port: RedisPort;
  #wanted = new Map<string, Wanted>();

  constructor(port: RedisPort) {
    this.#port = port;
  }

  /** The record at a key and the epoch at another, which share a slot. Throws Fault `store_unavailable`. */
  read(record: string, epoch: string): Promise<Read> {
    const { promise, resolve, reject } = Promise.withResolvers<Read>();
    const known = this.#wanted.get(record);
    if (known) known.waiting.push({ resolve, reject });
    else {
      if (this.#wanted.size === 0) setImmediate(() => this.#send());
      this.#wanted.set(record, { record, epoch, waiting: [{ resolve, reject }] });
    }
    return promise;
  }

  async #send(): Promise<void> {
    const batch = [...this.#wanted.values()];
    this.#wanted = new Map();
    try {
      const reads = await this.#ask(batch);
      batch.forEach(({ waiting }, i) => {
        const read = reads[i];
        for (const { resolve } of waiting) if (read) resolve(read);
      });
    } catch (error) {
      const fault = new Fault('store_unavailable', { reason: 'sessions' }, error);
      for (const { waiting } of batch) for (const { reject } of waiting) reject(fault);
    }
  }

  async #ask(batch: readonly Wanted[]): Promise<Read[]> {
    if (this.#port.mode === 'cluster') return this.#askEachSlot(batch);
    const keys = batch.flatMap(({ record, epoch }) => [record, epoch]);
    const values = await this.#list('MGET', globalEpochKey, ...keys);
    const globalEpoch = Number(values[0] ?? 0);
    return batch.map((_, i) => ({
      text: values[1 + 2 * i] ?? null,
      epoch: Number(values[2 + 2 * i] ?? 0),
      globalEpoch,
    }));
  }

  /** A cluster answers for one slot at a time; the commands still leave together. */
  async #askEachSlot(batch: readonly Wanted[]): Promise<Read[]> {
    const [global, ...rows] = await Promise.all([
      this.#list('MGET', globalEpochKey),
      ...batch.map(({ record, epoch }) => this.#list('MGET', record, epoch)),
    ]);
    const globalEpoch = Number(global?.[0] ?? 0);
    return rows.map(([text, epoch]) => ({ text: text ?? null, epoch: Number(epoch ?? 0), globalEpoch }));
  }

  async #list(...command: [string, ...string[]]): Promise<(string | null)[]> {
    return (await this.#port.command(...command)) as (string | null)[];
  }
}
