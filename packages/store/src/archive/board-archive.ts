/** Boards in the archive: written from Redis, read back as if Redis still held them. */
import { hash } from 'node:crypto';
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import type { FunctionCall } from '../function-call.ts';
import {
  type ReadBoardReply,
  type ReadLogReply,
  readBoardCall,
  readLogCall,
} from '../generated/function-calls.generated.ts';
import { boardKeys } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';
import { type ArchivedBoard, decodeArchive, encodeArchive, type StoredEntry } from './archived-board.ts';
import { type ObjectStore, objectName } from './object-store.ts';

/** Entries of one page while a board is read out; a page stays below a few megabytes. */
const pageMax = 500;
/** Boards kept decoded, since a person who looks at an old day asks more than once. */
const keptMax = 2;

/** Where a board is, and what proves that it is that board. */
export type ArchivedObject = {
  object: string;
  sha256: string;
  bytes: number;
  epoch: string;
  seq: number;
  chain: string;
};

/** What reads a board: Redis, or an archive that answers the same calls. */
export type BoardSource = Pick<RedisPort, 'fcall'>;

/** The name of an archive: a board that went on after it was archived gets another one. */
export function archiveNameOf({ clinic, date }: BoardKey, position: { seq: number; chain: string }): string {
  const name = `boards/${clinic}/${date.slice(0, 7)}/${date}/${position.seq}-${position.chain.slice(0, 16)}.ndjson`;
  return objectName(name);
}

export class BoardArchive {
  readonly #store: ObjectStore;
  readonly #kept = new Map<string, ArchivedBoard>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /**
   * Copies a board into the archive and reads it back from there; null when the board has nothing to archive.
   * Safe to repeat. Throws Fault: `store_unavailable`, `archive_unavailable`, `archive_conflict`, `archive_broken`.
   */
  async write(port: BoardSource, board: BoardKey): Promise<ArchivedObject | null> {
    const read = await readOut(port, board);
    if (!read) return null;
    const bytes = encodeArchive(read);
    const { epoch, seq, chain } = read.position;
    const object = archiveNameOf(board, read.position);
    await this.#store.create(object, bytes);
    await this.#mustHold(object, bytes);
    const sha256 = hash('sha256', bytes, 'hex');
    return { object, sha256, bytes: bytes.byteLength, epoch, seq, chain };
  }

  /** A source that answers from the archive. Throws Fault `board_purged`, `archive_unavailable` or `archive_broken`. */
  async open(board: BoardKey, object: string): Promise<BoardSource> {
    const known = this.#kept.get(object) ?? (await this.#read(board, object));
    this.#kept.delete(object);
    this.#kept.set(object, known);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    return sourceOf(known);
  }

  /** Removes it, and forgets what is kept of it. Throws Fault `archive_unavailable`. */
  async remove(object: string): Promise<boolean> {
    this.#kept.delete(object);
    return this.#store.delete(object);
  }

  async #read(board: BoardKey, object: string): Promise<ArchivedBoard> {
    const bytes = await this.#store.get(objectName(object));
    if (!bytes) throw new Fault('board_purged');
    return decodeArchive(bytes, board);
  }

  /** What was acknowledged must be readable before Redis lets go of it. */
  async #mustHold(object: string, bytes: Uint8Array): Promise<void> {
    const found = await this.#store.get(object);
    if (!found || Buffer.compare(found, bytes) !== 0) throw new Fault('archive_broken', { what: 'copy' });
  }
}

/** Position, entities and log of one and the same moment; reads again when somebody wrote in between. */
async function readOut(port: BoardSource, board: BoardKey): Promise<ArchivedBoard | null> {
  const keys = boardKeys(board);
  for (;;) {
    const before = await port.fcall(readBoardCall(keys));
    if (before.status !== 'ok') return null;
    const log = await readEntries(port, board);
    const after = await port.fcall(readLogCall(keys, { fromId: '+', countMax: 1 }));
    const isSame = after.status === 'ok' && after.epoch === before.epoch && after.seq === before.seq;
    if (!isSame) continue;
    const { epoch, seq, chain, id, t, schema, entities } = before;
    return { board, position: { epoch, seq, chain, id, t, schema }, entities: entities as string[], log };
  }
}

async function readEntries(port: BoardSource, board: BoardKey): Promise<StoredEntry[]> {
  const log: StoredEntry[] = [];
  for (let fromId = '-'; ; ) {
    const page = await port.fcall(readLogCall(boardKeys(board), { fromId, countMax: pageMax }));
    if (page.status !== 'ok') return log;
    const entries = page.entries as StoredEntry[];
    log.push(...entries);
    const last = entries.at(-1);
    if (!last || entries.length < pageMax) return log;
    fromId = `(${last[0]}`;
  }
}

/** Answers `read_board` and `read_log` as Redis would. Nothing else may be asked of an archive. */
function sourceOf(archived: ArchivedBoard): BoardSource {
  return {
    async fcall<Reply>(call: FunctionCall<Reply>): Promise<Reply> {
      if (call.name.endsWith('_read_board')) return boardReply(archived) as Reply;
      if (call.name.endsWith('_read_log')) return logReply(archived, call.args) as Reply;
      throw new Fault('board_archived');
    },
  };
}

function boardReply({ position, entities }: ArchivedBoard): ReadBoardReply {
  return { status: 'ok', ...position, now: Date.now(), entities };
}

function logReply({ position, log }: ArchivedBoard, args: readonly (string | number)[]): ReadLogReply {
  const { schema: _schema, ...at } = position;
  const [from, countMax] = [String(args[0]), Number(args[1])];
  const start = from === '-' ? 0 : log.findIndex(([id]) => isFrom(from, id));
  const entries = start < 0 ? [] : log.slice(start, start + countMax);
  const firstSeq = Number(log[0]?.[1][1] ?? 0);
  return { status: 'ok', ...at, now: Date.now(), firstSeq, entries };
}

/** XRANGE's beginning: `(id` excludes it. Ids compare by their two numbers. */
function isFrom(from: string, id: string): boolean {
  const isOpen = from.startsWith('(');
  const [ms = 0, count = 0] = (isOpen ? from.slice(1) : from).split('-').map(Number);
  const [ownMs = 0, ownCount = 0] = id.split('-').map(Number);
  const order = ownMs - ms || ownCount - count;
  return isOpen ? order > 0 : order >= 0;
}
