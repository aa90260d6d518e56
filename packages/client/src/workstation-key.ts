/**
 * The key by which an enrolled workstation is known: P-256, made in this browser, and never out of it. WebCrypto
 * keeps the private half where scripts can use but not read it; IndexedDB keeps only the handle.
 */
import { type DBSchema, openDB } from 'idb';

interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKeyPair };
}

const databaseName = 'workflow-bolt-workstation';
const entry = 'workstation';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const open = () =>
  openDB<Schema>(databaseName, 1, { upgrade: (fresh) => void fresh.createObjectStore('keys') });

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export class WorkstationKey {
  readonly #pair: CryptoKeyPair;

  private constructor(pair: CryptoKeyPair) {
    this.#pair = pair;
  }

  /** Null where this browser is no enrolled workstation, or cannot keep a key. */
  static async find(): Promise<WorkstationKey | null> {
    if (typeof indexedDB === 'undefined' || globalThis.crypto?.subtle === undefined) return null;
    const db = await open().catch(() => null);
    const pair = await db?.get('keys', entry).catch(() => undefined);
    db?.close();
    return pair ? new WorkstationKey(pair) : null;
  }

  /** A new key; nothing is kept before `keep`. Throws where the browser has no WebCrypto. */
  static async make(): Promise<WorkstationKey> {
    return new WorkstationKey(await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']));
  }

  /** Forgets the key: this browser is a workstation no longer. */
  static async forget(): Promise<void> {
    const db = await open();
    await db.delete('keys', entry);
    db.close();
  }

  /** From now on `find` finds it, also after a restart of the browser. */
  async keep(): Promise<void> {
    const db = await open();
    await db.put('keys', this.#pair, entry);
    db.close();
  }

  /** The point, 65 bytes, base64url. */
  async publicKey(): Promise<string> {
    return base64url(await crypto.subtle.exportKey('raw', this.#pair.publicKey));
  }

  /** ECDSA with SHA-256 over the UTF-8 of a message, base64url. */
  async sign(message: string): Promise<string> {
    const data = new TextEncoder().encode(message);
    return base64url(
      await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.#pair.privateKey, data),
    );
  }
}
