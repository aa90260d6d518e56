/** C2SP signed-note: a text, an empty line, and one line for each signature over the text. Ed25519 only. */
import { createPublicKey, hash, verify } from 'node:crypto';

export type NoteSignature = { name: string; keyHash: string; signature: Uint8Array };
export type SignedNote = { text: string; signatures: NoteSignature[] };
/** A key that may sign: `type` 1 signs the text, 4 cosigns it with a time (tlog-cosignature). */
export type NoteKey = { name: string; keyHash: string; type: 1 | 4; publicKey: Uint8Array };

const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;
const noteMax = 65_536;

/** The first four bytes of a hash over name, type and key: tells keys of one name apart. Hexadecimal. */
export function keyHashOf(name: string, type: 1 | 4, publicKey: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]);
  return hash('sha256', bytes, 'hex').slice(0, 8);
}

/** A key as people hand it on: `name+hash+base64`. */
export function formatKey({ name, keyHash, type, publicKey }: NoteKey): string {
  return `${name}+${keyHash}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;
}

export function noteKey(name: string, type: 1 | 4, publicKey: Uint8Array): NoteKey {
  return { name, type, publicKey, keyHash: keyHashOf(name, type, publicKey) };
}

/** Reads `name+hash+base64`. Throws TypeError when it is none, or when its hash belongs to another key. */
export function parseKey(text: string): NoteKey {
  const [, name = '', keyHash = '', encoded = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const type = bytes[0];
  if (bytes.length !== 33 || (type !== 1 && type !== 4)) throw new TypeError('not an Ed25519 verifier key');
  const key = noteKey(name, type, bytes.subarray(1));
  if (key.keyHash !== keyHash) throw new TypeError('the hash of the verifier key belongs to another key');
  return key;
}

/** Splits a note. Null when it is none: whatever cannot be read has no signature. */
export function parseNote(bytes: Uint8Array): SignedNote | null {
  if (bytes.length > noteMax) return null;
  const whole = Buffer.from(bytes).toString('utf8');
  const split = whole.lastIndexOf('\n\n');
  // Bytes that are no UTF-8 would not survive the way there and back.
  if (split < 0 || Buffer.compare(Buffer.from(whole), bytes) !== 0) return null;
  const signatures = parseSignatures(whole.slice(split + 2));
  return signatures && { text: whole.slice(0, split + 1), signatures };
}

/** Lines of signatures as they stand below a note, and as a witness answers them. Null when one is none. */
export function parseSignatures(lines: string): NoteSignature[] | null {
  if (!lines.endsWith('\n') || lines.length > noteMax) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines.slice(0, -1).split('\n')) {
    const [, name, encoded = ''] = signatureLine.exec(line) ?? [];
    const blob = Buffer.from(encoded, 'base64');
    // Base64 has spare bits: only the one spelling counts, so that no byte of a note can change unseen.
    if (name === undefined || blob.length < 5 || blob.toString('base64') !== encoded) return null;
    signatures.push({ name, keyHash: blob.toString('hex', 0, 4), signature: blob.subarray(4) });
  }
  return signatures;
}

export function formatSignatures(signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, keyHash, signature }) => {
    const blob = Buffer.concat([Buffer.from(keyHash, 'hex'), signature]);
    return `\u2014 ${name} ${blob.toString('base64')}\n`;
  });
  return lines.join('');
}

export function formatNote({ text, signatures }: SignedNote): Uint8Array {
  return Buffer.from(`${text}\n${formatSignatures(signatures)}`);
}

/** The DER header of an Ed25519 public key. */
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 over a message, under 32 raw bytes of a public key. */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiHeader, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

/** What a witness signs: when it saw the checkpoint, and the checkpoint. */
export function cosignedMessage(text: string, seconds: number): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/** A witness's signature over a checkpoint's text: the time, eight bytes, before Ed25519 over both. */
export function cosignature(
  { name, keyHash }: NoteKey,
  text: string,
  seconds: number,
  sign: (message: Uint8Array) => Uint8Array,
): NoteSignature {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  return { name, keyHash, signature: Buffer.concat([time, sign(cosignedMessage(text, seconds))]) };
}

/** Whether this key signed the note's text; for a witness also when, epoch ms. */
export function verifyNote(note: SignedNote, key: NoteKey): { isSigned: boolean; at: number | null } {
  for (const { name, keyHash, signature } of note.signatures) {
    if (name !== key.name || keyHash !== key.keyHash) continue;
    if (key.type === 1)
      return { isSigned: isSignedBy(key.publicKey, Buffer.from(note.text), signature), at: null };
    if (signature.length !== 72) return { isSigned: false, at: null };
    const seconds = Number(Buffer.from(signature).readBigUInt64BE(0));
    const isGood = isSignedBy(key.publicKey, cosignedMessage(note.text, seconds), signature.subarray(8));
    return { isSigned: isGood, at: isGood ? seconds * 1_000 : null };
  }
  return { isSigned: false, at: null };
}
