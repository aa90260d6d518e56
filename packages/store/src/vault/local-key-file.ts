/**
 * Top keys in one file of this machine: for development and for a clinic that has no key service. Whoever reads the
 * file reads everything, so it is made for this user only and refused when others may read it.
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  Fault,
  type KeyFile,
  type KeyPurpose,
  type KeyState,
  keyFileSchema,
  keyPurposes,
  type StoredKey,
} from '@workflow-bolt/contracts';
import { cryptFault } from './crypt-failure.ts';
import { kidOf, openBytes, sealBytes, sealingKey } from './envelope.ts';
import { replaceAlone } from './key-file-lock.ts';
import type { KeyProvider, KeyProviderStatus } from './key-provider.ts';

/** Bits of a file's mode that let anyone but its owner in. */
const othersMask = 0o077;
/** A raw Ed25519 key is the last 32 bytes of its SPKI form. */
const rawKeyBytes = 32;

function newSecret(purpose: KeyPurpose): Buffer {
  if (purpose !== 'audit-sign') return randomBytes(32);
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

function newKey(purpose: KeyPurpose): StoredKey {
  const kid = `${purpose}-${randomBytes(5).toString('hex')}`;
  const secret = newSecret(purpose).toString('base64');
  return { purpose, kid, state: 'active', createdAt: Date.now(), secret };
}

const textOf = (file: KeyFile): string => `${JSON.stringify(file, null, 2)}\n`;

/** Written aside and moved into place whole: a power cut leaves none, or a whole one. */
async function writeAside(path: string, file: KeyFile): Promise<string> {
  const half = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(half, 'wx', 0o600);
  try {
    await handle.writeFile(textOf(file));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return half;
}

async function readKeyFile(path: string): Promise<KeyFile | null> {
  try {
    const { mode } = await stat(path);
    if ((mode & othersMask) !== 0 && process.platform !== 'win32') {
      throw new Fault('keys_unavailable', {
        reason: 'the key file may be read by others; set its mode to 600',
      });
    }
    return keyFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof Fault) throw error;
    // The parser's message quotes what it read: the keys themselves.
    throw new Fault('keys_unavailable', { reason: 'the key file cannot be read' });
  }
}

/** Makes the file where there is none. Two processes that start together end with the same one. */
async function createKeyFile(path: string): Promise<KeyFile> {
  const file: KeyFile = { format: 1, keys: keyPurposes.map(newKey) };
  const half = await writeAside(path, file);
  try {
    await link(half, path);
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const present = await readKeyFile(path);
    if (!present) throw new Fault('keys_unavailable', { reason: 'the key file cannot be read' });
    return present;
  } finally {
    await rm(half, { force: true });
  }
}

export class LocalKeyFile implements KeyProvider {
  readonly #path: string;
  #file: KeyFile;
  /** Which writing of the file this is; another process may have rotated since. */
  #writing = '';

  private constructor(path: string, file: KeyFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens the file, making it on first use. Throws Fault `keys_unavailable`. */
  static async open(path: string): Promise<LocalKeyFile> {
    return new LocalKeyFile(path, (await readKeyFile(path)) ?? (await createKeyFile(path)));
  }

  async wrap(purpose: KeyPurpose, plain: Uint8Array, aad: string): Promise<string> {
    await this.#refresh();
    const { kid, secret } = this.#active(purpose);
    return sealBytes(sealingKey(kid, secret), { info: purpose, aad }, plain);
  }

  async unwrap(purpose: KeyPurpose, wrapped: string, aad: string): Promise<Uint8Array> {
    await this.#refresh();
    const { kid, secret } = this.#find(purpose, kidOf(wrapped));
    return openBytes(sealingKey(kid, secret), { info: purpose, aad }, wrapped);
  }

  async mac(purpose: KeyPurpose, data: Uint8Array): Promise<Uint8Array> {
    return createHmac('sha256', this.#active(purpose).secret).update(data).digest();
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    return sign(null, data, this.#signingKey());
  }

  async publicKey(): Promise<Uint8Array> {
    const spki = createPublicKey(this.#signingKey()).export({ format: 'der', type: 'spki' });
    return spki.subarray(spki.length - rawKeyBytes);
  }

  wrappedBy(wrapped: string): string {
    return kidOf(wrapped);
  }

  async status(): Promise<KeyProviderStatus> {
    await this.#reread();
    const keys = this.#file.keys.map(({ secret: _secret, ...info }) => info);
    return { kind: 'local-file', keys };
  }

  /** Makes a new active key for a purpose; the former ones only open what they sealed. Answers the new key's id. */
  async rotate(purpose: KeyPurpose): Promise<string> {
    const added = newKey(purpose);
    await this.#replace((keys) => [
      ...keys.map((key): StoredKey => {
        const isFormer = key.purpose === purpose && key.state === 'active';
        return isFormer ? { ...key, state: 'decrypt-only' } : key;
      }),
      added,
    ]);
    return added.kid;
  }

  /** Switches a former key off or on again. Throws RangeError for the active one: nothing could be sealed any more. */
  async setState(kid: string, state: Exclude<KeyState, 'active'>): Promise<void> {
    if (this.#file.keys.find((key) => key.kid === kid)?.state === 'active')
      throw new RangeError('rotate before the active key is switched off');
    await this.#replace((keys) => keys.map((key) => (key.kid === kid ? { ...key, state } : key)));
  }

  /** The second of two at once would otherwise write over a key that is in use. */
  async #replace(change: (keys: StoredKey[]) => StoredKey[]): Promise<void> {
    let file = this.#file;
    await replaceAlone(this.#path, async () => {
      await this.#reread();
      file = { format: 1, keys: change(this.#file.keys) };
      return textOf(file);
    });
    this.#file = file;
  }

  /** A key that was added or switched off elsewhere counts here at once; a file that is gone is served from memory. */
  async #refresh(): Promise<void> {
    const now = await stat(this.#path).catch(() => null);
    const writing = now && `${now.ino} ${now.mtimeMs}`;
    if (writing === null || writing === this.#writing) return;
    await this.#reread();
    this.#writing = writing;
  }

  async #reread(): Promise<void> {
    this.#file = (await readKeyFile(this.#path)) ?? this.#file;
  }

  #active(purpose: KeyPurpose): { kid: string; secret: Buffer } {
    const key = this.#file.keys.find((row) => row.purpose === purpose && row.state === 'active');
    if (!key) throw new Fault('keys_unavailable', { reason: `no active key for ${purpose}` });
    return { kid: key.kid, secret: Buffer.from(key.secret, 'base64') };
  }

  #find(purpose: KeyPurpose, kid: string): { kid: string; secret: Buffer } {
    const key = this.#file.keys.find((row) => row.purpose === purpose && row.kid === kid);
    if (!key) throw cryptFault('unknown_key');
    if (key.state === 'disabled') throw cryptFault('disabled_key');
    return { kid, secret: Buffer.from(key.secret, 'base64') };
  }

  #signingKey(): KeyObject {
    return createPrivateKey({ key: this.#active('audit-sign').secret, format: 'der', type: 'pkcs8' });
  }
}
