/** What a witness must not forget, in a folder: its key, the last checkpoint of each log, and what it refused to sign. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReadCheckpoint, readCheckpoint } from '../checkpoint.ts';
import { cosignature, formatNote, type NoteKey, type NoteSignature, noteKey } from '../signed-note.ts';

/** Refused checkpoints that are kept; the first ones tell most. */
const refusedMax = 100;

/** File name of a log: origins hold slashes. Hexadecimal. */
export const originHash = (origin: string): string => hash('sha256', origin, 'hex');

async function readOrNull(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** On the disk before it counts: a crash leaves the former file or this one. */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `${name}.new`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export type Cosigner = { key: NoteKey; cosign: (text: string, seconds: number) => NoteSignature };

export class WitnessFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Keeps other processes out: two of them could sign two histories. Throws while one of them lives. */
  async claim(): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const holder = Number((await readOrNull(join(this.#path, 'process')))?.toString('utf8') ?? 0);
    if (holder > 0 && holder !== process.pid && isAlive(holder))
      throw new Error(`process ${holder} uses this folder`);
    await writeWhole(this.#path, 'process', Buffer.from(String(process.pid)));
  }

  /** The witness's key under this name; made on first use. Throws when the folder holds one of another name. */
  async cosigner(name: string): Promise<Cosigner> {
    for (const part of ['logs', 'refused'])
      await mkdir(join(this.#path, part), { recursive: true, mode: 0o700 });
    const known = await readOrNull(join(this.#path, 'key.json'));
    const kept = known ? (JSON.parse(known.toString('utf8')) as { name: string; privateKey: string }) : null;
    if (kept && kept.name !== name) throw new Error(`this folder belongs to the witness ${kept.name}`);
    const { privateKey } = kept ?? (await this.#newKey(name));
    const secret = createPrivateKey(privateKey);
    const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
    const key = noteKey(name, 4, raw);
    return {
      key,
      cosign: (text, seconds) => cosignature(key, text, seconds, (message) => sign(null, message, secret)),
    };
  }

  async #newKey(name: string): Promise<{ privateKey: string }> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const kept = { name, privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
    await writeWhole(this.#path, 'key.json', Buffer.from(JSON.stringify(kept)));
    return kept;
  }

  /** The last checkpoint of a log that was cosigned, with its signatures; null for none. Throws when it is damaged. */
  async latest(origin: string): Promise<ReadCheckpoint | null> {
    const bytes = await readOrNull(join(this.#path, 'logs', originHash(origin)));
    if (!bytes) return null;
    const checkpoint = readCheckpoint(bytes);
    if (checkpoint?.origin !== origin) throw new Error('the last checkpoint of a log is damaged');
    return checkpoint;
  }

  /** Under the hash of the origin; null for none. */
  async noteOf(hashOfOrigin: string): Promise<Uint8Array | null> {
    return /^[0-9a-f]{64}$/.test(hashOfOrigin) ? readOrNull(join(this.#path, 'logs', hashOfOrigin)) : null;
  }

  async keep({ origin, note }: ReadCheckpoint): Promise<void> {
    await writeWhole(join(this.#path, 'logs'), originHash(origin), formatNote(note));
  }

  /** A signed checkpoint that was not shown to go on from the last one. With another root at one size it is proof of two logs. */
  async keepRefused({ origin, size, note }: ReadCheckpoint): Promise<void> {
    const folder = join(this.#path, 'refused');
    if ((await readdir(folder)).length >= refusedMax) return;
    const bytes = formatNote(note);
    await writeWhole(
      folder,
      `${originHash(origin).slice(0, 16)}-${size}-${hash('sha256', bytes, 'hex').slice(0, 16)}`,
      bytes,
    );
  }
}
