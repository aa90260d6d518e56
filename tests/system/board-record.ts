/** What Redis holds of a board, read past the product: its position, its entities, its log and its audit trail. */
import { isDeepStrictEqual } from 'node:util';
import type { BoardKey, LogFrame } from '@workflow-bolt/contracts';
import { boardKeys } from '@workflow-bolt/store';
import type { Redis } from 'ioredis';
import { codecOf } from './board-vault.ts';

export type AuditLine = {
  /** `applied`, or the code of the refusal; `read` for reads. */
  outcome: string;
  actor: string;
  role: string;
  station: string | null;
  command?: string;
  commandId?: string;
  source?: string;
  what?: string;
  entities: string[];
};

/** Everything that a refusal must leave as it was. */
export type BoardContent = {
  meta: Record<string, string>;
  entities: Record<string, string>;
  logLength: number;
};

const toFields = (list: readonly string[]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]));

export class BoardRecord {
  readonly #redis: Redis;
  readonly #keys: ReturnType<typeof boardKeys>;
  readonly #board: BoardKey;

  constructor(redis: Redis, board: BoardKey) {
    this.#redis = redis;
    this.#keys = boardKeys(board);
    this.#board = board;
  }

  async content(): Promise<BoardContent> {
    const { meta, ent, log } = this.#keys;
    const [position, entities, logLength] = await Promise.all([
      this.#redis.hgetall(meta),
      this.#redis.hgetall(ent),
      this.#redis.xlen(log),
    ]);
    return { meta: position, entities, logLength };
  }

  /** The log, oldest first. */
  async frames(): Promise<LogFrame[]> {
    const entries = await this.#redis.xrange(this.#keys.log, '-', '+');
    const texts = entries.map(([, fields]) => toFields(fields).f ?? '');
    const codec = await codecOf(this.#board);
    await codec.prepare(texts);
    return texts.map((text) => codec.openFrame(text));
  }

  /** The audit trail, oldest first. */
  async audits(): Promise<AuditLine[]> {
    const entries = await this.#redis.xrange(this.#keys.aud, '-', '+');
    return entries.map(([, fields]) => {
      const { f = '{}', o = '' } = toFields(fields);
      return { outcome: o, ...(JSON.parse(f) as Omit<AuditLine, 'outcome'>) };
    });
  }

  /** Runs `work` and throws unless the board is afterwards exactly what it was before. */
  async unchangedBy<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.content();
    const result = await work();
    const after = await this.content();
    if (!isDeepStrictEqual(after, before)) {
      throw new Error(
        `the board changed: from ${JSON.stringify(before.meta)} to ${JSON.stringify(after.meta)}`,
      );
    }
    return result;
  }
}
