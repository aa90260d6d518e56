/** A whole board read at once: from Redis, or from the archive that took it over. */
import { type BoardKey, Fault } from '@workflow-bolt/contracts';
import type { BoardArchive, BoardSource } from './archive/board-archive.ts';
import { type ReadBoardReply, readBoardCall } from './generated/function-calls.generated.ts';
import { boardKeys } from './keys.ts';
import type { RedisClock } from './redis-clock.ts';
import type { RedisPort } from './redis-port.ts';

type Reply<S extends ReadBoardReply['status']> = Extract<ReadBoardReply, { status: S }>;

/** `source` is null while Redis holds the board; a purged board has a position and nothing else. */
export type StoredBoard =
  | { kind: 'whole'; reply: Reply<'ok'>; source: BoardSource | null }
  | { kind: 'purged'; reply: Reply<'archived'> }
  | { kind: 'absent' }
  | { kind: 'meta_lost' };

type Parts = { port: RedisPort; clock: RedisClock; archive: BoardArchive | null };

/** Position and entities in one atomic read. Throws Fault. */
export async function readStoredBoard(
  board: BoardKey,
  { port, clock, archive }: Parts,
): Promise<StoredBoard> {
  const sentAt = clock.mark();
  const live = await port.fcall(readBoardCall(boardKeys(board)));
  clock.learn(live.now, sentAt);
  if (live.status === 'ok') return { kind: 'whole', reply: live, source: null };
  if (live.status !== 'archived') return { kind: live.status };
  return live.object === '-' ? { kind: 'purged', reply: live } : readArchived(board, live, archive);
}

/** The archive's entities, which must stand where Redis says the board stands. */
async function readArchived(
  board: BoardKey,
  { object, chain, epoch }: Reply<'archived'>,
  archive: BoardArchive | null,
): Promise<StoredBoard> {
  if (!archive) throw new Fault('archive_unavailable', { where: 'not configured' });
  const source = await archive.open(board, object);
  const stored = await source.fcall(readBoardCall(boardKeys(board)));
  if (stored.status !== 'ok' || stored.chain !== chain)
    throw new Fault('archive_broken', { what: 'position' });
  return { kind: 'whole', reply: { ...stored, epoch }, source };
}
