/** A log in memory, sealed the plainest way there is: nothing of what seals it in the product is used here. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  bundleName,
  CompactRange,
  checkpointName,
  checkpointNameOf,
  checkpointText,
  encodeBundle,
  formatNote,
  fullRoot,
  type LogReader,
  leafHash,
  levelCount,
  type NoteKey,
  noteKey,
  tileName,
  tileWidth,
  widthOf,
} from '../src/index.ts';
import type { VerifyOptions } from '../src/verify-log.ts';

export const origin = 'audit.example.org/c.oak';
const startAt = Date.parse('2026-05-04T08:00:00Z');

export type Signer = { key: NoteKey; sign: (message: Uint8Array) => Uint8Array };

function rawKey(publicKey: KeyObject): Uint8Array {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
}

export function newSigner(name = origin, type: 1 | 4 = 1): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: noteKey(name, type, rawKey(publicKey)), sign: (message) => sign(null, message, privateKey) };
}

export type SampleEntry = Record<string, unknown>;

/** The n-th sound entry, counted from 0: every third belongs to a board, the others to the security events. */
export function sampleEntry(n: number): SampleEntry {
  const isBoard = n % 3 === 0;
  const src = isBoard ? 'board:2026-05-04' : 'security';
  const sn = isBoard ? n / 3 + 1 : n - Math.floor(n / 3);
  const ts = startAt + n * 1_000;
  const common = { v: 1, id: `${src}/${ts}-0`, src, sn, ts, sat: ts + 2_000, sub: 'read', out: 0 };
  if (!isBoard) return { ...common, inst: 'p-1', iseq: sn, pat: [`pt-${n}`] };
  return { ...common, sub: 'update', cmd: 'moveVisit', q: sn, pat: [`pt-${n}`] };
}
export const sampleEntries = (count: number): SampleEntry[] =>
  Array.from({ length: count }, (_, n) => sampleEntry(n));

export const entryBytes = (entry: SampleEntry): Uint8Array => Buffer.from(JSON.stringify(entry));

/** What a witness adds to a checkpoint's text, written down here once more from the specification. */
export function cosigned(text: string, { key, sign: signed }: Signer, at: number) {
  const seconds = Math.floor(at / 1_000);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  return { name: key.name, keyHash: key.keyHash, signature: Buffer.concat([time, signed(message)]) };
}

export function signCheckpoint(
  entries: readonly SampleEntry[],
  signer: Signer,
  witness?: Signer,
  at = startAt,
): Buffer {
  const range = new CompactRange();
  for (const entry of entries) range.append(leafHash(entryBytes(entry)));
  const text = checkpointText({ origin, size: range.size, root: range.root() });
  const { name, keyHash } = signer.key;
  const signatures = [{ name, keyHash, signature: signer.sign(Buffer.from(text)) }];
  if (witness) {
    signatures.push(cosigned(text, witness, at));
  }
  return Buffer.from(formatNote({ text, signatures }));
}

/** All pieces of a log; `sizes` are where checkpoints were signed, the last one is the log's own. */
export class SampleLog implements LogReader {
  readonly pieces = new Map<string, Uint8Array>();

  constructor(entries: readonly SampleEntry[], signer: Signer, sizes: readonly number[] = [entries.length]) {
    for (const size of sizes) this.#seal(entries.slice(0, size), signer);
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.pieces.get(name) ?? null;
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.pieces.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  #seal(entries: readonly SampleEntry[], signer: Signer): void {
    const bytes = entries.map(entryBytes);
    for (let i = 0; i * tileWidth < bytes.length; i += 1) {
      const width = widthOf(i, bytes.length);
      const part = bytes.slice(i * tileWidth, i * tileWidth + width);
      this.pieces.set(bundleName(i, width), encodeBundle(part));
    }
    let row: readonly Uint8Array[] = bytes.map(leafHash);
    for (let level = 0; levelCount(level, bytes.length) > 0; level += 1) {
      const above: Uint8Array[] = [];
      for (let i = 0; i * tileWidth < row.length; i += 1) {
        const hashes = row.slice(i * tileWidth, (i + 1) * tileWidth);
        this.pieces.set(tileName(level, i, hashes.length), Buffer.concat(hashes));
        if (hashes.length === tileWidth) above.push(fullRoot(hashes));
      }
      row = above;
    }
    const checkpoint = signCheckpoint(entries, signer);
    this.pieces.set(checkpointName, checkpoint);
    this.pieces.set(checkpointNameOf(entries.length), checkpoint);
  }
}

export function sampleOptions(signer: Signer, more: Partial<VerifyOptions> = {}): VerifyOptions {
  return {
    key: signer.key,
    witnesses: [],
    witnessMaxMs: null,
    since: null,
    isIncremental: false,
    retainFrom: null,
    ageMaxMs: null,
    backlogMaxMs: null,
    silenceMaxMs: null,
    skewMs: 300_000,
    now: startAt + 86_400_000,
    ...more,
  };
}
