/**
 * The last known board on this device, where the clinic has decided so (45 CFR 170.315(d)(7)(i)). AES-256-GCM under a key
 * that neither this device nor the server has alone: HMAC-SHA-256 of the server's half, which is for one session and for
 * memory only, under a half that WebCrypto made here and that no script can read out. A stolen disk holds one half, and
 * so does whoever sits down next. Whoever runs script in this page while somebody is signed in can use both: that is
 * what the content security policy is for.
 *
 * A wipe deletes the database, the local half with it: it needs no server, and leaves nothing to open.
 */
import { type OfflineBoard, offlineBoardLifeMs, offlineBoardSchema } from '@workflow-bolt/contracts';
import { type DBSchema, deleteDB, openDB } from 'idb';
import type { SessionEnds } from './session-ends.ts';

/** The server's half with what it is for, and for how long; `workstation` is null in a browser that is none. */
export type HeldShare = { share: string; uid: string; workstation: string | null } & SessionEnds;

/** `endsAt`: when it is too old for anybody, epoch ms of this device. */
export type OpenedBoard = { board: OfflineBoard; endsAt: number };

type Sealed = { savedAt: number; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };
interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKey };
  boards: { key: string; value: Sealed };
}

export const offlineDatabase = 'workflow-bolt-offline';
const entry = 'board';
const ivBytes = 12;
const encoded = (text: string) => new TextEncoder().encode(text);

const open = () =>
  openDB<Schema>(offlineDatabase, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('keys');
      fresh.createObjectStore('boards');
    },
    blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
  });

const freshHalf = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

async function keyOf(half: CryptoKey, { share, uid }: HeldShare): Promise<CryptoKey> {
  const bytes = await crypto.subtle.sign('HMAC', half, encoded(`bolt-offline-v1|${uid}|${share}`));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

const boundTo = (iv: Uint8Array<ArrayBuffer>, uid: string, savedAt: number) => ({
  ...{ name: 'AES-GCM', iv, additionalData: encoded(`offline|${uid}|${savedAt}`) },
});

export class OfflineVault {
  #last: Promise<unknown> = Promise.resolve();
  #isShut = false;

  /** Keeps the board in place of the one before. Throws what the browser throws; nothing once it was wiped. */
  save(board: OfflineBoard, held: HeldShare, now: number): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#isShut) return;
      const db = await open();
      try {
        const half = (await db.get('keys', entry)) ?? (await freshHalf());
        const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
        const plain = encoded(JSON.stringify(offlineBoardSchema.parse(board)));
        const data = await crypto.subtle.encrypt(boundTo(iv, held.uid, now), await keyOf(half, held), plain);
        if (this.#isShut) return;
        const tx = db.transaction(['keys', 'boards'], 'readwrite');
        await Promise.all([
          tx.objectStore('keys').put(half, entry),
          tx.objectStore('boards').put({ savedAt: now, iv, data }, entry),
          tx.done,
        ]);
      } finally {
        db.close();
      }
    });
  }

  /**
   * The kept board; null when there is none, when it is too old, when the session that kept it has ended, or for whoever
   * did not keep it. What is not given out is not left. Never throws.
   */
  async load(held: HeldShare, now: number): Promise<OpenedBoard | null> {
    const board = await this.#inOrder(() => read(held, now)).catch(() => 'unreadable' as const);
    if (typeof board !== 'string') return board;
    await wipeOfflineBoard();
    return null;
  }

  /** What was kept is gone, whoever it was of; this vault goes on. Works without a server. Never throws. */
  async clear(): Promise<void> {
    await this.#inOrder(wipeOfflineBoard);
  }

  /** From now on this vault keeps nothing, and what it kept is gone. Works without a server. Never throws. */
  async wipe(): Promise<void> {
    this.#isShut = true;
    await this.clear();
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => {});
    return done;
  }
}

async function read(held: HeldShare, now: number): Promise<OpenedBoard | 'old' | null> {
  if (!(now < held.until)) return 'old';
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === offlineDatabase)) return null;
  const db = await open();
  try {
    const [half, sealed] = [await db.get('keys', entry), await db.get('boards', entry)];
    if (!half || !sealed) return null;
    const { savedAt, iv, data } = sealed;
    const age = now - savedAt;
    if (age < 0 || age > offlineBoardLifeMs) return 'old';
    const plain = await crypto.subtle.decrypt(boundTo(iv, held.uid, savedAt), await keyOf(half, held), data);
    const board = offlineBoardSchema.parse(JSON.parse(new TextDecoder().decode(plain)));
    return { board, endsAt: savedAt + offlineBoardLifeMs };
  } finally {
    db.close();
  }
}

/** Removes board and local half, whoever they are of. Works without a server. Never throws. */
export async function wipeOfflineBoard(): Promise<void> {
  if (typeof indexedDB === 'undefined') return;
  await deleteDB(offlineDatabase).catch(() => {});
}
