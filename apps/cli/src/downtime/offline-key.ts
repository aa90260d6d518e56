/** The clinic's offline key: an X25519 pair whose private half lies in a passphrase-protected PKCS#8 file, and nowhere else. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';

export type OfflineKey = { privateKey: KeyObject; publicKey: string; kid: string };

/** 32 signs that nobody takes for one another on paper: no l, o, 0 or 1. */
const signs = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Five groups of five: 125 bits. The file's own key stretching (PBKDF2) is not what keeps it shut. */
export function drawPassphrase(): string {
  const drawn = [...randomBytes(25)].map((byte) => signs[byte & 31]).join('');
  return (drawn.match(/.{5}/g) ?? []).join('-');
}

/** A passphrase that a person chose is to be long: nothing else stands before the names of a day. */
export const passphraseMin = 20;

const failed = (code: string, message: string, hint: string, cause?: unknown): CliFailure =>
  new CliFailure(code, exitCodes.usage, message, hint, cause);

const systemCodeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unreadable';

async function described(privateKey: KeyObject): Promise<OfflineKey> {
  const { x = '' } = privateKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'X25519', x });
  return { privateKey, publicKey: x, kid };
}

/** Makes a pair and writes its private half for this user only. Never replaces a file. Throws CliFailure. */
export async function makeOfflineKey(path: string, passphrase: string): Promise<OfflineKey> {
  const { privateKey } = generateKeyPairSync('x25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const hint = 'Choose another file: a key that is there may be the only one that opens older rosters.';
    throw failed('key-file', `${path} cannot be written (${systemCodeOf(error)}).`, hint, error);
  }
  return described(privateKey);
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const hint = 'Give the file of the offline key: --key.';
    throw failed('key-file', `${path} cannot be read (${systemCodeOf(error)}).`, hint, error);
  }
}

/** Opens the private half. Throws CliFailure: not a key, not this passphrase, not this kind of key. */
export async function openOfflineKey(path: string, passphrase: string): Promise<OfflineKey> {
  const pem = readPem(path);
  const key = decrypted(pem, passphrase, path);
  if (key.asymmetricKeyType !== 'x25519')
    throw failed('key-kind', `${path} holds another kind of key.`, 'Give the file that keygen wrote.');
  return described(key);
}

function decrypted(key: string, passphrase: string, path: string): KeyObject {
  try {
    return createPrivateKey({ key, format: 'pem', passphrase });
  } catch (error) {
    const hint = 'The passphrase is on the paper beside the key: five groups of five signs with hyphens.';
    throw failed('passphrase', `${path} does not open with this passphrase.`, hint, error);
  }
}
