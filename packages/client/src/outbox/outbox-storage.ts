/**
 * Where lanes live. `update` is one transaction: read, pure change, write. With IndexedDB every tab of the
 * browser sees the same lane, so `n` is given out once; in memory (private mode, quota) nothing survives the
 * page, which is why offline steps are then refused.
 *
 * Boards are kept in memory in either case: patients' data does not stay on a device when nobody is using it
 * (45 CFR 170.315(d)(7)(ii)). On disk are only the steps that the server has not confirmed yet.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ReplicaRecord } from '../board/replica.ts';
import { emptyLane, type OutboxLane } from './outbox-lane.ts';

/** A board as last shown. Times in epoch ms. */
export type CachedBoard = { record: ReplicaRecord; asOfMs: number | null; savedWallMs: number };

export interface ClientStorage {
  readonly kind: 'indexeddb' | 'memory';
  /** Changes a lane in one transaction; a lane that does not exist starts under a fresh identity. */
  updateLane(key: string, change: (lane: OutboxLane) => OutboxLane): Promise<OutboxLane>;
  loadBoard(key: string): Promise<CachedBoard | null>;
  saveBoard(key: string, board: CachedBoard): Promise<void>;
  dropBoards(): Promise<void>;
  /** Unsent and undecided items of all boards: what a wipe would lose. */
  countUnsent(): Promise<number>;
  /** Forgets everything of this person. */
  wipe(): Promise<void>;
  close(): void;
}

interface Schema extends DBSchema {
  lanes: { key: string; value: OutboxLane };
}

/** Version 1 kept boards on disk. */
const databaseVersion = 2;

const isUnsent = (item: { state: string }) => item.state !== 'applied';
const unsentOf = (lanes: Iterable<OutboxLane>): number =>
  [...lanes].reduce((sum, lane) => sum + lane.items.filter(isUnsent).length, 0);

/** Falls back to memory when the browser gives no database. One database per person. */
export async function openStorage(userId: string, freshClientId: () => string): Promise<ClientStorage> {
  if (typeof indexedDB === 'undefined') return memoryStorage(freshClientId);
  try {
    const db = await openDB<Schema>(`workflow-bolt:${userId}`, databaseVersion, {
      upgrade(fresh, former) {
        if (former === 0) fresh.createObjectStore('lanes');
        else (fresh as unknown as IDBPDatabase).deleteObjectStore('boards');
      },
      blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
    });
    return indexedDbStorage(db, freshClientId);
  } catch {
    return memoryStorage(freshClientId);
  }
}

function indexedDbStorage(db: IDBPDatabase<Schema>, freshClientId: () => string): ClientStorage {
  const boards = boardsInMemory();
  return {
    kind: 'indexeddb',
    async updateLane(key, change) {
      // `strict`: the step is on disk before it shows on screen.
      const tx = db.transaction('lanes', 'readwrite', { durability: 'strict' });
      const lane = (await tx.store.get(key)) ?? emptyLane(freshClientId());
      const next = change(lane);
      if (next !== lane) await tx.store.put(next, key);
      await tx.done;
      return next;
    },
    ...boards,
    countUnsent: async () => unsentOf(await db.getAll('lanes')),
    async wipe() {
      await Promise.all([boards.dropBoards(), db.clear('lanes')]);
    },
    close: () => db.close(),
  };
}

function boardsInMemory(): Pick<ClientStorage, 'loadBoard' | 'saveBoard' | 'dropBoards'> {
  const boards = new Map<string, CachedBoard>();
  return {
    loadBoard: async (key) => boards.get(key) ?? null,
    saveBoard: async (key, board) => {
      boards.set(key, board);
    },
    dropBoards: async () => boards.clear(),
  };
}

export function memoryStorage(freshClientId: () => string): ClientStorage {
  const lanes = new Map<string, OutboxLane>();
  const boards = boardsInMemory();
  return {
    kind: 'memory',
    async updateLane(key, change) {
      const next = change(lanes.get(key) ?? emptyLane(freshClientId()));
      lanes.set(key, next);
      return next;
    },
    ...boards,
    countUnsent: async () => unsentOf(lanes.values()),
    async wipe() {
      lanes.clear();
      await boards.dropBoards();
    },
    close: () => {},
  };
}
