/**
 * Where lanes live. `update` is one transaction: read, pure change, write. With IndexedDB every tab of the
 * browser sees the same lane, so `n` is given out once; in memory (private mode, quota) nothing survives the
 * page, which is why offline steps are then refused.
 *
 * Boards are kept in memory in either case: patients' data does not stay on a device when nobody is using it
 * (45 CFR 170.315(d)(7)(ii)). On disk are only the steps that the server has not confirmed yet, sealed by a key that
 * cannot be read out (lane-cipher.ts).
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ReplicaRecord } from '../board/replica.ts';
import { isSealedLane, makeLaneKey, openLane, type SealedLane, sealLane } from './lane-cipher.ts';
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
  lanes: { key: string; value: SealedLane | OutboxLane };
  keys: { key: string; value: CryptoKey };
}

/** Version 1 kept boards on disk, versions 1 and 2 kept lanes in plain. */
const databaseVersion = 3;
const laneKeyName = 'lanes';
/** Other tabs write too; a lane that changes under us this often is a fault, not traffic. */
const triesMax = 50;

const isUnsent = (item: { state: string }) => item.state !== 'applied';
const unsentOf = (lanes: Iterable<OutboxLane>): number =>
  [...lanes].reduce((sum, lane) => sum + lane.items.filter(isUnsent).length, 0);

/** Falls back to memory when the browser gives no database. One database per person. */
export async function openStorage(userId: string, freshClientId: () => string): Promise<ClientStorage> {
  // Without WebCrypto (a page that is not served securely) nothing can be sealed, so nothing is kept.
  if (typeof indexedDB === 'undefined' || globalThis.crypto?.subtle === undefined)
    return memoryStorage(freshClientId);
  try {
    const db = await openDB<Schema>(`workflow-bolt:${userId}`, databaseVersion, {
      upgrade(fresh, former) {
        if (former === 0) fresh.createObjectStore('lanes');
        if (former === 1) (fresh as unknown as IDBPDatabase).deleteObjectStore('boards');
        if (former < 3) fresh.createObjectStore('keys');
      },
      blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
    });
    const storage = indexedDbStorage(db, await laneKeyOf(db), freshClientId);
    // What an earlier version left in plain is sealed at once, not when its next step is taken.
    for (const key of await db.getAllKeys('lanes')) {
      const stored = await db.get('lanes', key);
      if (stored && !isSealedLane(stored)) await storage.updateLane(key, (lane) => lane);
    }
    return storage;
  } catch {
    return memoryStorage(freshClientId);
  }
}

/** The key of this person on this device, made on first use; two tabs at once end with the same one. */
async function laneKeyOf(db: IDBPDatabase<Schema>): Promise<CryptoKey> {
  const fresh = await makeLaneKey();
  const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
  const known = await tx.store.get(laneKeyName);
  if (!known) await tx.store.put(fresh, laneKeyName);
  await tx.done;
  return known ?? fresh;
}

const revOf = (stored: SealedLane | OutboxLane | undefined): number =>
  stored && isSealedLane(stored) ? stored.rev : 0;

/** Sealing cannot wait inside a transaction of IndexedDB: written only where nobody else has written meanwhile. */
async function putIfSame(
  db: IDBPDatabase<Schema>,
  key: string,
  former: SealedLane | OutboxLane | undefined,
  next: SealedLane,
): Promise<boolean> {
  // `strict`: the step is on disk before it shows on screen.
  const tx = db.transaction('lanes', 'readwrite', { durability: 'strict' });
  const present = await tx.store.get(key);
  const isSame = (present === undefined) === (former === undefined) && revOf(present) === revOf(former);
  if (isSame) await tx.store.put(next, key);
  await tx.done;
  return isSame;
}

function indexedDbStorage(
  db: IDBPDatabase<Schema>,
  by: CryptoKey,
  freshClientId: () => string,
): ClientStorage {
  const opened = async (key: string, stored: SealedLane | OutboxLane | undefined): Promise<OutboxLane> => {
    if (stored === undefined) return emptyLane(freshClientId());
    return isSealedLane(stored) ? openLane(by, key, stored) : stored;
  };
  /** Changes of this tab follow one another as they were asked for; the database closes behind the last. */
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };
  const updateLane: ClientStorage['updateLane'] = async (key, change) => {
    for (let tries = 0; tries < triesMax; tries++) {
      const stored = await db.get('lanes', key);
      const lane = await opened(key, stored);
      const next = change(lane);
      const isPlain = stored !== undefined && !isSealedLane(stored);
      if (next === lane && !isPlain) return next;
      if (await putIfSame(db, key, stored, await sealLane(by, key, revOf(stored) + 1, next))) return next;
    }
    throw new Error('the lane never stood still');
  };
  const boards = boardsInMemory();
  return {
    kind: 'indexeddb',
    updateLane: (key, change) => inOrder(() => updateLane(key, change)),
    ...boards,
    async countUnsent() {
      const keys = await db.getAllKeys('lanes');
      return unsentOf(await Promise.all(keys.map(async (key) => opened(key, await db.get('lanes', key)))));
    },
    async wipe() {
      await Promise.all([boards.dropBoards(), db.clear('lanes')]);
    },
    close: () => void inOrder(async () => db.close()),
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
