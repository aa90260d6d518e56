/**
 * Everything that is recorded beside the boards: sign-ins, denials, key use, configuration, exports, and reads of
 * the record itself. Numbered by each process, so that an event sent again after a lost answer is there once, and
 * one that was taken away leaves a gap.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Fault, type SecurityEvent, securityEventSchema } from '@workflow-bolt/contracts';
import { appendEventsCall } from '../generated/function-calls.generated.ts';
import { MacKey } from '../mac-key.ts';
import type { RedisPort } from '../redis-port.ts';
import type { KeyProvider } from '../vault/key-provider.ts';
import { auditKeys, auditLogOf } from './audit-keys.ts';

/** Limit of `append_events`. */
const batchMax = 500;
/** Events whose fate is unknown while Redis is away; beyond this nothing more is promised. */
const owedMax = 5_000;

type Numbered = { iseq: number; text: string; mac: string };
type Waiting = Numbered & { resolve: () => void; reject: (error: unknown) => void };

export type SecurityAuditOptions = {
  port: RedisPort;
  /** Name of this process, new at every start. */
  inst?: string;
  /** Makes the key of this process's MAC chain, which Redis holds only wrapped; without it entries carry no MAC. */
  keys?: Pick<KeyProvider, 'wrap'> | null;
};

/** The key of one process's MAC chain, and the form in which the sealer gets it. */
type WriterKey = { mac: MacKey; wrapped: () => Promise<string> };

/** What the wrapped key of a process is bound to. */
export const writerKeyAad = (inst: string): string => `audit-writer|${inst}`;
/** The field of `{a:<log>}:wr` that holds it. */
export const writerKeyField = (inst: string): string => `k:${inst}`;

/** The MAC of one event: over the process, its number, its former MAC and the text. 32 hexadecimal digits. */
export function eventMac(
  key: MacKey,
  { inst, iseq, text }: { inst: string; iseq: number; text: string },
  previous: string,
): string {
  return key.mac('hex', `${inst}\n${iseq}\n${previous}\n${text}`).slice(0, 32);
}

export class SecurityAudit {
  readonly inst: string;
  readonly #port: RedisPort;
  readonly #key: WriterKey | null;
  readonly #logs = new Map<string, EventLine>();

  constructor({ port, inst, keys }: SecurityAuditOptions) {
    this.#port = port;
    this.inst = inst ?? `p-${randomUUID().slice(0, 13)}`;
    this.#key = keys ? newWriterKey(keys, this.inst) : null;
  }

  /**
   * Resolves when the event is kept; answer the request only then. Throws Fault `store_unavailable` or
   * `outcome_unknown`: the request must be answered 503 (the event itself is sent again with the next one).
   * Throws ZodError on an event of a wrong form: nothing that does not fit the schema may reach the record.
   */
  append(event: SecurityEvent): Promise<void> {
    const text = JSON.stringify(securityEventSchema.parse(event));
    return this.#line(auditLogOf(event.cid)).append(text);
  }

  #line(log: string): EventLine {
    const known = this.#logs.get(log);
    if (known) return known;
    const line = new EventLine({ port: this.#port, log, inst: this.inst, key: this.#key });
    this.#logs.set(log, line);
    return line;
  }
}

/** Wrapped when first needed: the keys may not be open yet when a process is put together. */
function newWriterKey(keys: Pick<KeyProvider, 'wrap'>, inst: string): WriterKey {
  const bytes = randomBytes(32);
  let wrapped: string | null = null;
  return {
    mac: new MacKey(bytes),
    wrapped: async () => {
      wrapped ??= await keys.wrap('session-mac', bytes, writerKeyAad(inst));
      return wrapped;
    },
  };
}

type LineParts = { port: RedisPort; log: string; inst: string; key: WriterKey | null };

/** The events of this process in one stream, in order. */
class EventLine {
  readonly #parts: LineParts;
  readonly #queue: Waiting[] = [];
  #owed: Numbered[] = [];
  #iseq = 0;
  #mac = '';
  #isWriting = false;
  #isKeyKept = false;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  append(text: string): Promise<void> {
    if (this.#owed.length + this.#queue.length >= owedMax) {
      return Promise.reject(new Fault('store_unavailable', { reason: 'audit' }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { inst, key } = this.#parts;
    const iseq = ++this.#iseq;
    if (key) this.#mac = eventMac(key.mac, { inst, iseq, text }, this.#mac);
    this.#queue.push({ iseq, text, mac: this.#mac, resolve, reject });
    if (!this.#isWriting) void this.#write();
    return promise;
  }

  /** While one batch travels the next one gathers. What failed goes first, under its old numbers. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, batchMax);
      try {
        await this.#keepKey();
        await this.#settleOwed();
        await this.#send(batch);
        for (const item of batch) item.resolve();
      } catch (error) {
        this.#owed.push(...batch);
        for (const item of batch) item.reject(error);
      }
    }
    this.#isWriting = false;
  }

  /** Before the first event, so that no event is there that nobody can check. */
  async #keepKey(): Promise<void> {
    const { port, log, inst, key } = this.#parts;
    if (this.#isKeyKept || !key) return;
    await port.command('HSET', auditKeys(log).writers, writerKeyField(inst), await key.wrapped());
    this.#isKeyKept = true;
  }

  async #settleOwed(): Promise<void> {
    while (this.#owed.length > 0) {
      const batch = this.#owed.slice(0, batchMax);
      await this.#send(batch);
      this.#owed = this.#owed.slice(batch.length);
    }
  }

  async #send(batch: readonly Numbered[]): Promise<void> {
    const { port, log, inst } = this.#parts;
    const { events, writers } = auditKeys(log);
    const reply = await port.fcall(
      appendEventsCall(
        { events, writers },
        {
          inst,
          first: batch[0]?.iseq ?? 0,
          entries: batch.map(({ text, mac }) => [text, mac] as const),
        },
      ),
    );
    // Redis lost what it had acknowledged: its record of this process ends before ours.
    if (reply.status === 'gap') throw new Fault('store_unavailable', { reason: 'audit_gap' });
  }
}
