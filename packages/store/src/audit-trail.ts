/** Audit entries of reads, gathered for a moment and kept in one write. */
import type { Actor } from '@workflow-bolt/contracts';
import { appendAuditCall } from './generated/function-calls.generated.ts';
import type { BoardKeys } from './keys.ts';
import type { RedisPort } from './redis-port.ts';

/** Who read what: ids and words only, no patient data. */
export type ReadAudit = {
  actor: Pick<Actor, 'id' | 'role' | 'station'>;
  what: string;
  entities: readonly string[];
};

/** The limit of `append_audit`. */
const batchMax = 500;
type Waiting = { text: string; resolve: () => void; reject: (error: unknown) => void };

export class AuditTrail {
  readonly #port: RedisPort;
  readonly #keys: BoardKeys;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(port: RedisPort, keys: BoardKeys) {
    this.#port = port;
    this.#keys = keys;
  }

  /** Resolves when the entry is kept. Throws Fault: then the read must not be answered. */
  append({ actor, what, entities }: ReadAudit, seq: number): Promise<void> {
    const { id, role, station } = actor;
    const text = JSON.stringify({ actor: id, role, station, what, entities });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ text, resolve, reject });
    if (!this.#isWriting) this.#write(seq);
    return promise;
  }

  /** While one batch travels the next one gathers. */
  async #write(seq: number): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchMax);
      try {
        await this.#port.fcall(appendAuditCall(this.#keys, { seq, entries: batch.map((item) => item.text) }));
        for (const item of batch) item.resolve();
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
    }
    this.#isWriting = false;
  }
}
