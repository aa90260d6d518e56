/** The persisted outbox of one board, in the hands of one holder at a time. */
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import type { WriteRecord } from '@workflow-bolt/domain';
import type { FunctionCall } from '../function-call.ts';
import { holdWritesCall, keepWritesCall } from '../generated/function-calls.generated.ts';
import { readHash } from '../passkeys/read-hash.ts';
import type { Durability, RedisPort } from '../redis-port.ts';
import { outboxKey, outboxLifeMs } from './write-back-keys.ts';

/** Another holder has taken over: nothing of what this one knows may be used any more. */
export class LeaseLost extends Error {}

export type OutboxContents = { records: Map<string, WriteRecord>; epoch: string; seq: number };
export type HoldAnswer = { kind: 'held'; contents: OutboxContents | null } | { kind: 'busy'; leftMs: number };

export type OutboxChange = {
  set: ReadonlyMap<string, WriteRecord>;
  drop?: readonly string[];
  /** The board's position that the records follow. */
  cursor: { epoch: string; seq: number };
  /** Gives the lease back with it. */
  isLast?: boolean;
};

export type WriteOutboxParts = {
  port: RedisPort;
  /** Names this holder; another one even in the same process has another name. */
  holder: string;
  /** Copies that must hold an entry before anything is sent for it; null where one durable server is the promise. */
  lane?: Durability | null;
};

export class WriteOutbox {
  readonly #parts: WriteOutboxParts;
  readonly #writes: string;
  #fence = 0;

  constructor(board: BoardKey, parts: WriteOutboxParts) {
    this.#parts = parts;
    this.#writes = outboxKey(board);
  }

  /** Takes or renews the lease; a new holder gets what is in the outbox. Throws Fault. */
  async hold(ttlMs: number): Promise<HoldAnswer> {
    const { port, holder } = this.#parts;
    const reply = await port.fcall(
      holdWritesCall({ writes: this.#writes }, { holder, ttlMs, lifeMs: outboxLifeMs }),
    );
    if (reply.status === 'busy') return { kind: 'busy', leftMs: reply.leftMs };
    this.#fence = reply.fence;
    return { kind: 'held', contents: reply.isNew === 1 ? contentsOf(reply.fields) : null };
  }

  /** Keeps records, all or none. Throws LeaseLost, or Fault when it is not known to be kept. */
  async keep({ set, drop = [], cursor, isLast = false }: OutboxChange): Promise<void> {
    const entries = [...set].map(([id, record]) => [id, JSON.stringify(stored(record))] as const);
    const { holder } = this.#parts;
    const call = keepWritesCall(
      { writes: this.#writes },
      {
        ...{ holder, fence: this.#fence, isLast: isLast ? 1 : 0, set: entries, drop },
        ...{ cursor: `${cursor.epoch} ${cursor.seq}`, lifeMs: outboxLifeMs },
      },
    );
    const reply = await this.#send(call);
    if (reply.status === 'lost') throw new LeaseLost(`fence ${reply.fence}`);
  }

  async #send<Reply>(call: FunctionCall<Reply>): Promise<Reply> {
    const { port, lane = null } = this.#parts;
    if (!lane) return port.fcall(call);
    const { replies, numAcked } = await port.fcallDurable([call], lane);
    const [first] = replies;
    if (!first?.ok) throw first?.error ?? new Fault('store_unavailable');
    if (numAcked < lane.numReplicas) throw new Fault('outcome_unknown', { acknowledged: numAcked });
    return first.reply;
  }
}

/** Visits for which an appointment may have been made that the board does not show yet. Throws Fault. */
export async function visitsBeingMade(port: RedisPort, board: BoardKey): Promise<Set<string>> {
  const fields = await readHash(port, outboxKey(board));
  const { records } = contentsOf([...fields].flat());
  return new Set([...records].flatMap(([id, { triedAt }]) => (triedAt === null ? [] : id)));
}

/** The EHR's number of the appointment is on the board, sealed; here it would stand in plain. */
function stored(record: WriteRecord): WriteRecord {
  return { ...record, entry: { ...record.entry, appointmentId: null } };
}

function contentsOf(fields: readonly string[]): OutboxContents {
  const contents: OutboxContents = { records: new Map(), epoch: '', seq: 0 };
  for (let i = 0; i < fields.length; i += 2) {
    const [name = '', text = ''] = [fields[i], fields[i + 1]];
    if (name.startsWith('e:')) contents.records.set(name.slice(2), JSON.parse(text) as WriteRecord);
    if (name !== 'cur') continue;
    const [epoch = '', seq] = text.split(' ');
    contents.epoch = epoch;
    contents.seq = Number(seq);
  }
  return contents;
}
