/**
 * The envelope around everything that is encrypted at rest:
 *
 *   bolt1.<alg>.<kid>.<salt>.<iv>.<commit>.<ciphertext‖tag>      (base64url)
 *
 * `g1` is AES-256-GCM under a derived key: HKDF-SHA256(key, salt, info) gives 32 bytes of cipher key and 32 bytes of key
 * commitment. Each process draws its own salt (128 bits) for a key and purpose, and another after `writesMax` writes; the
 * iv (96 bits) is fresh for each write. So a nonce is repeated under one derived key with a chance below 2^-77, where
 * SP 800-38D asks for 2^-32, and a derivation, half the cost of a seal, serves more than one step of a patient's day.
 * Plain GCM does not commit to its key (one ciphertext can be made to open under two keys), hence the commitment, compared
 * in constant time before anything is decrypted. The header is authenticated together with the caller's `aad`, so no part
 * of an envelope can be exchanged.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { cryptFault } from './crypt-failure.ts';

export type SealingKey = { kid: string; key: KeyObject };
/** What an envelope is bound to: `info` separates derived keys by purpose, `aad` names the one place it belongs to. */
export type Binding = { info: string; aad: string };

/** Algorithms this version writes or reads. The id `q1` is kept free for a post-quantum key wrap (ML-KEM-768). */
export const envelopeAlgorithms = { g1: 'AES-256-GCM, HKDF-SHA256, committed' } as const;

const prefix = 'bolt1.';
const [saltBytes, ivBytes, keyBytes, tagBytes] = [16, 12, 32, 16];
const kidShape = /^[A-Za-z0-9~_-]{1,80}$/;
const headerShape = /^bolt1\.[a-z0-9]{2}\.([A-Za-z0-9~_-]{1,80})\./;
const base64urlShape = /^[A-Za-z0-9_-]+$/;

/** Random bytes are drawn in blocks: a draw costs as much as a hash, and each write needs 28 bytes. */
const pool = Buffer.alloc(28 * 256);
let poolAt = pool.length;

function draw(length: number): Buffer {
  if (poolAt + length > pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const drawn = Buffer.from(pool.subarray(poolAt, poolAt + length));
  pool.fill(0, poolAt, poolAt + length);
  poolAt += length;
  return drawn;
}

/** A 256-bit key of these bytes. Throws RangeError on another length. */
export function sealingKey(kid: string, bytes: Uint8Array): SealingKey {
  if (bytes.length !== keyBytes) throw new RangeError('a sealing key has 32 bytes');
  if (!kidShape.test(kid)) throw new RangeError('a key id has a wrong form');
  return { kid, key: createSecretKey(bytes) };
}

/** What a salt makes of a key for one purpose. */
type Derived = { salt: Buffer; cipherKey: KeyObject; commit: Buffer };

/** The cipher key as a KeyObject: handing raw bytes to a cipher costs Node three times as much as making one. */
function derive(key: KeyObject, salt: Buffer, info: string): Derived {
  const okm = Buffer.from(hkdfSync('sha256', key, salt, `bolt1|${info}`, 2 * keyBytes));
  return { salt, cipherKey: createSecretKey(okm.subarray(0, keyBytes)), commit: okm.subarray(keyBytes) };
}

/** Writes under one salt; with a 96-bit iv a repetition among so many is out of the question. */
export const writesMax = 1_024;
type Drawn = Derived & { saltText: string; commitText: string; numWrites: number };
/** What this process has drawn to write with, by key and purpose; it goes when the key goes. */
const drawn = new WeakMap<KeyObject, Map<string, Drawn>>();

function forWriting(key: KeyObject, info: string): Drawn {
  const ofKey = drawn.get(key) ?? new Map<string, Drawn>();
  drawn.set(key, ofKey);
  const known = ofKey.get(info);
  if (known && known.numWrites < writesMax) {
    known.numWrites += 1;
    return known;
  }
  const derived = derive(key, draw(saltBytes), info);
  const [saltText, commitText] = [derived.salt.toString('base64url'), derived.commit.toString('base64url')];
  const fresh = { ...derived, saltText, commitText, numWrites: 1 };
  ofKey.set(info, fresh);
  return fresh;
}

/** What was written here a moment ago is often read here next. */
function forReading(key: KeyObject, salt: Buffer, info: string): Derived {
  const known = drawn.get(key)?.get(info);
  return known?.salt.equals(salt) ? known : derive(key, salt, info);
}

/** Seals bytes under a key, for one place only. */
export function sealBytes({ kid, key }: SealingKey, { info, aad }: Binding, plain: Uint8Array): string {
  const { cipherKey, saltText, commitText } = forWriting(key, info);
  const iv = draw(ivBytes);
  const header = `${prefix}g1.${kid}`;
  const cipher = createCipheriv('aes-256-gcm', cipherKey, iv);
  cipher.setAAD(Buffer.from(`${header}|${aad}`));
  const ciphertext = cipher.update(plain);
  cipher.final();
  const body = Buffer.concat([ciphertext, cipher.getAuthTag()]);
  return `${header}.${saltText}.${iv.toString('base64url')}.${commitText}.${body.toString('base64url')}`;
}

type Parsed = { header: string; kid: string; salt: Buffer; iv: Buffer; commit: Buffer; body: Buffer };

/** The bits of a last character that stand for nothing must be zero: an envelope has exactly one spelling. */
const lastOfTwo = /[AQgw]$/;
const lastOfThree = /[AEIMQUYcgkosw048]$/;

/** Decoding base64url forgives what is not in its alphabet; this does not. */
function decoded(text: string | undefined): Buffer {
  if (text === undefined || !base64urlShape.test(text)) throw cryptFault('malformed');
  const rest = text.length % 4;
  const isWhole =
    rest === 0 || (rest === 2 && lastOfTwo.test(text)) || (rest === 3 && lastOfThree.test(text));
  if (!isWhole) throw cryptFault('malformed');
  return Buffer.from(text, 'base64url');
}

function parse(envelope: string): Parsed {
  const [version, alg = '', kid = '', ...rest] = envelope.split('.');
  if (version !== 'bolt1' || rest.length !== 4 || !kidShape.test(kid)) throw cryptFault('malformed');
  if (!Object.hasOwn(envelopeAlgorithms, alg)) throw cryptFault('unknown_algorithm');
  const [salt, iv, commit, body] = rest.map(decoded);
  const isWhole =
    salt?.length === saltBytes && iv?.length === ivBytes && commit?.length === keyBytes && body !== undefined;
  if (!isWhole || body.length < tagBytes) throw cryptFault('malformed');
  return { header: `${prefix}${alg}.${kid}`, kid, salt, iv, commit, body };
}

/** The id of the key that an envelope names. Throws Fault `phi_unreadable`. */
export function kidOf(envelope: string): string {
  const [, kid] = headerShape.exec(envelope) ?? [];
  if (kid === undefined) throw cryptFault('malformed');
  return kid;
}

/** Opens an envelope whole or not at all. Throws Fault `phi_unreadable`. */
export function openBytes({ kid, key }: SealingKey, { info, aad }: Binding, envelope: string): Buffer {
  const { header, salt, iv, body, ...named } = parse(envelope);
  if (named.kid !== kid) throw cryptFault('wrong_key');
  const { cipherKey, commit } = forReading(key, salt, info);
  if (!timingSafeEqual(commit, named.commit)) throw cryptFault('wrong_key');
  const decipher = createDecipheriv('aes-256-gcm', cipherKey, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(`${header}|${aad}`));
  decipher.setAuthTag(body.subarray(body.length - tagBytes));
  const plain = decipher.update(body.subarray(0, body.length - tagBytes));
  try {
    // GCM holds nothing back: this only checks the tag.
    decipher.final();
    return plain;
  } catch {
    throw cryptFault('tampered');
  }
}
