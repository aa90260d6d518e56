/** Audit entries of reads, gathered for a moment and kept in one write. */
import { setTimeout } from 'node:timers/promises';
import type { Actor } from '@workflow-bolt/contracts';
import { appendAuditCall } from './generated/function-calls.generated.ts';
import type { BoardKeys } from './keys.ts';
import type { RedisPort } from './redis-port.ts';

/** By what request a board was read or changed: ids and words only. */
export type AuditMark = {
  /** First 16 characters of the session's hash. */
  sid?: string;
  aal?: string;
  /** X-Request-Id. */
  rid?: string;
  /** `BTG` for an emergency access. */
  pou?: 'TREAT' | 'BTG' | 'ETREAT';
  /** On whose behalf a program acts. */
  obo?: string;
  /** Version of the permission policy that decided. */
  pol?: string;
};

/** Who read what: ids and words only, no patient data. */
export type ReadAudit = AuditMark & {
  actor: Pick<Actor, 'id' | 'role' | 'station'>;
  what: string;
  entities: readonly string[];
  /** Opaque keys of the patients concerned; a whole board (`*`) is resolved when it is sealed. */
  pat?: readonly string[];
  /** How many patients the answer held, where it leaves the screen. */
  n?: number;
};

/** The limit of `append_audit`. */
const batchMax = 500;
/**
 * So many entries, in so many writes, within so little time mean a storm of readers: from then on entries are gathered
 * before each write, so that a thousand reconnects cost some ten writes and not hundreds. Slower readers never wait, nor
 * do the few who come together after a moment in which nothing moved.
 */
const storm = { entries: 12, writes: 6, withinMs: 100 } as const;
/** The first gathering; each further one doubles, up to the last. */
const gatherMs = { first: 20, last: 400 } as const;
/** A gathering to which fewer came than this ends the storm. */
const calmPerMs = 0.08;
type Wait = (ms: number) => Promise<unknown>;
type Written = { at: number; numEntries: number };
type Waiting = { text: string; resolve: () => void; reject: (error: unknown) => void };

export class AuditTrail {
  readonly #port: RedisPort;
  readonly #keys: BoardKeys;
  readonly #wait: Wait;
  /** The last writes, the latest at the end. */
  readonly #written: Written[] = [];
  #waiting: Waiting[] = [];
  #isWriting = false;
  #gatherMs = 0;

  constructor(port: RedisPort, keys: BoardKeys, wait: Wait = setTimeout) {
    this.#port = port;
    this.#keys = keys;
    this.#wait = wait;
  }

  /** Resolves when the entry is kept. Throws Fault: then the read must not be answered. */
  append({ actor, ...read }: ReadAudit, seq: number): Promise<void> {
    const { id, role, station } = actor;
    const text = JSON.stringify({ actor: id, role, station, ...read });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ text, resolve, reject });
    if (!this.#isWriting) this.#write(seq);
    return promise;
  }

  /** While one batch travels the next one gathers. */
  async #write(seq: number): Promise<void> {
    this.#isWriting = true;
    // Whoever comes after the storm was over is not to wait for it.
    if (performance.now() - (this.#written.at(-1)?.at ?? 0) > gatherMs.last) this.#gatherMs = 0;
    while (this.#waiting.length > 0) {
      if (this.#gatherMs > 0) await this.#wait(this.#gatherMs);
      const batch = this.#waiting.splice(0, batchMax);
      try {
        await this.#port.fcall(appendAuditCall(this.#keys, { seq, entries: batch.map((item) => item.text) }));
        for (const item of batch) item.resolve();
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
      this.#pace(batch.length);
    }
    this.#isWriting = false;
  }

  /** Decides after each write how long the next one gathers. */
  #pace(numEntries: number): void {
    const now = performance.now();
    while (this.#written[0] && now - this.#written[0].at > storm.withinMs) this.#written.shift();
    this.#written.push({ at: now, numEntries });
    if (this.#gatherMs === 0) this.#gatherMs = this.#isStorm() ? gatherMs.first : 0;
    // The entry that began the gathering has waited for it alone.
    else if (numEntries - 1 < calmPerMs * this.#gatherMs) this.#gatherMs = 0;
    else this.#gatherMs = Math.min(2 * this.#gatherMs, gatherMs.last);
  }

  #isStorm(): boolean {
    const numEntries = this.#written.reduce((sum, each) => sum + each.numEntries, 0);
    return this.#written.length >= storm.writes && numEntries >= storm.entries;
  }
}
